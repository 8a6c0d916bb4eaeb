"""OGC API Features at a secret address: the layers of the map for QGIS and its like."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Response, g, url_for
from flask import request as http
from flask_babel import force_locale, gettext

from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.maps.actions.keys import token_hash
from coopfarm.maps.queries import keys, layers
from coopfarm.maps.queries.areas import Area, areas, at
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules import ogc as rules
from coopfarm.maps.rules.layers import Drawn, Field, Layer, NoSuchLayer
from coopfarm.maps.rules.ogc import Query, QueryUnusable
from coopfarm.maps.schemas import features
from coopfarm.maps.schemas import ogc as schemas
from coopfarm.maps.schemas.ogc import Document
from coopfarm.maps.views import asking
from coopfarm.maps.views.door import bp
from coopfarm.members import queries as members
from coopfarm.members.rules import sight
from coopfarm.web import pages, request

_ASKED_OF_ITEMS = frozenset({"limit", "bbox", "datetime", "after"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose land is read at this address, and what stands before its paths."""

    base: str
    areas: Sequence[Area]

    @property
    def sees_names(self) -> bool:
        return all(area.roles & layers.NAMES for area in self.areas)

    def fields(self, layer: Layer) -> Sequence[Field]:
        return layer.seen(names=self.sees_names)


Page = Callable[..., Document]


def _answered(
    media_type: str, known: frozenset[str] = frozenset()
) -> Callable[[Page], Callable[..., Response]]:
    """Answer as the standard has it: to who holds the secret, and 400 where no sense is in it."""

    def dress(page: Page) -> Callable[..., Response]:
        @wraps(page)
        def answer(secret: str, **values: object) -> Response:
            try:
                rules.check_known(http.args, known)
                desk = _desk(secret)
                with force_locale(g.get("locale") or "en"):
                    return _sent(page(desk, **values), media_type)
            except QueryUnusable as refusal:
                return _refused(refusal, 400)
            except (Missing, NoSuchLayer) as refusal:
                return _refused(refusal, 404)

        return answer

    return dress


def _sent(document: Document, media_type: str, status: int = 200) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, status=status, content_type=media_type)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _refused(refusal: Refusal, status: int) -> Response:
    said = {"code": refusal.code, "description": pages.say(refusal.sentence)}
    return _sent(said, schemas.JSON, status)


def _desk(secret: str) -> Desk:
    """Who reads here, in their language. Raises Missing where the secret opens nothing."""
    session = request.session()
    found = keys.holder(session, token_hash(secret))
    if found is None:
        raise Missing
    here, account_id = found
    if sight.reads_numbers(here.roles):
        session.names_of = here.member_id
    member = members.member(session, here.member_id)
    locale = member.locale or members.cooperative(session, here.cooperative_id).locale
    g.locale = str(Locale.parse(locale))
    base = f"{http.host_url.rstrip('/')}{url_for('maps.ogc_landing', secret=secret)}"
    return Desk(base, areas(session, here, account_id))


@bp.get("/ogc/<secret>", strict_slashes=False)
@request.open_to_all
@_answered(schemas.JSON)
def ogc_landing(desk: Desk) -> Document:
    """The landing page of the map for other programs, at a secret address"""
    return schemas.landing(desk.base, _title(desk))


@bp.get("/ogc/<secret>/conformance")
@request.open_to_all
@_answered(schemas.JSON)
def ogc_conformance(_desk: Desk) -> Document:
    """Which classes of the standard the map for other programs keeps"""
    return schemas.conformance()


@bp.get("/ogc/<secret>/api")
@request.open_to_all
@_answered(schemas.OPENAPI)
def ogc_api(desk: Desk) -> Document:
    """The map for other programs in OpenAPI 3.0"""
    known = [(layer, desk.fields(layer)) for layer in layers.known().values()]
    return schemas.openapi(desk.base, _title(desk), known)


@bp.get("/ogc/<secret>/collections")
@request.open_to_all
@_answered(schemas.JSON)
def ogc_collections(desk: Desk) -> Document:
    """The layers of the map for other programs"""
    found = [_collection(desk, layer) for layer in layers.known().values()]
    return schemas.collections(desk.base, found)


@bp.get("/ogc/<secret>/collections/<name>")
@request.open_to_all
@_answered(schemas.JSON)
def ogc_collection(desk: Desk, name: str) -> Document:
    """One layer of the map for other programs"""
    return _collection(desk, layers.layer(name))


@bp.get("/ogc/<secret>/collections/<name>/items")
@request.open_to_all
@_answered(schemas.GEOJSON, _ASKED_OF_ITEMS)
def ogc_items(desk: Desk, name: str) -> Document:
    """Things of a layer, a page at a time, for other programs"""
    layer, query = layers.layer(name), _query()
    found = _first(_items(desk, layer, query), query.limit + 1)
    shown, fields = found[: query.limit], desk.fields(layer)
    path = f"{desk.base}/collections/{name}/items"
    onward = None
    if len(found) > query.limit:
        area, last = shown[-1]
        asked = {**http.args, "after": f"{area.cooperative_id}.{last.id}"}
        onward = f"{path}?{urlencode(asked)}"
    here = f"{path}?{urlencode(http.args)}" if http.args else path
    told = [features.feature(one, fields) for _, one in shown]
    return schemas.items(told, request.now().strftime("%Y-%m-%dT%H:%M:%SZ"), here, onward)


@bp.get("/ogc/<secret>/collections/<name>/items/<item>")
@request.open_to_all
@_answered(schemas.GEOJSON)
def ogc_item(desk: Desk, name: str, item: str) -> Document:
    """One thing of a layer for other programs"""
    layer = layers.layer(name)
    try:
        before = UUID(int=UUID(item).int - 1)
    except ValueError as error:
        raise Missing from error
    for area in desk.areas:
        asked = replace(asking.of(area, _today(area)), after=before, most=1)
        for one in _drawn(area, name, asked):
            if str(one.id) == item:
                whole = f"{desk.base}/collections/{name}"
                told = features.feature(one, desk.fields(layer))
                return schemas.item(told, f"{whole}/items/{item}", whole)
    raise Missing


def _query() -> Query:
    asked = http.args
    return Query(
        limit=rules.limit(asked["limit"]) if "limit" in asked else rules.ITEMS,
        where=rules.bbox(asked["bbox"]) if "bbox" in asked else (),
        when=rules.span(asked["datetime"]) if "datetime" in asked else None,
        since=rules.place(asked["after"]) if "after" in asked else None,
    )


def _items(desk: Desk, layer: Layer, query: Query) -> Iterator[tuple[Area, Drawn]]:
    """What is asked for, cooperative by cooperative and in the order of its ids in each."""
    homes = sorted(desk.areas, key=lambda area: area.cooperative_id)
    for area in homes:
        after = None
        if query.since is not None:
            if area.cooperative_id < query.since.cooperative_id:
                continue
            if area.cooperative_id == query.since.cooperative_id:
                after = query.since.after
        one_box = query.where[0] if len(query.where) == 1 else None
        asked = asking.of(area, _today(area), one_box)
        yield from ((area, one) for one in _of(area, layer, replace(asked, after=after), query))


def _of(area: Area, layer: Layer, asked: Asked, query: Query) -> Iterator[Drawn]:
    """What is asked for of one cooperative, read a page at a time."""
    while True:
        found = _drawn(area, layer.name, replace(asked, most=query.limit + 1))
        yield from (one for one in found if query.takes(one, layer.time))
        if len(found) <= query.limit:
            return
        asked = replace(asked, after=found[-1].id)


def _drawn(area: Area, name: str, asked: Asked) -> Sequence[Drawn]:
    session = request.session()
    with at(session, area.cooperative_id):
        return layers.drawn(session, name, asked)


def _first(found: Iterator[tuple[Area, Drawn]], most: int) -> Sequence[tuple[Area, Drawn]]:
    return [one for one, _ in zip(found, range(most), strict=False)]


def _collection(desk: Desk, layer: Layer) -> Document:
    return schemas.collection(desk.base, layer, pages.say(layer.words()), None)


def _title(desk: Desk) -> str:
    names = " · ".join(area.name for area in desk.areas)
    return str(gettext("Land of %(names)s", names=names))


def _today(area: Area) -> date:
    return request.now().astimezone(ZoneInfo(area.timezone)).date()
