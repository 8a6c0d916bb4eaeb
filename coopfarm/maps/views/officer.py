"""The officer's map over every cooperative one serves, and the same as a list."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import shapely
from flask import make_response
from flask.typing import ResponseReturnValue
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Missing
from coopfarm.maps.queries import keys, layers, listing
from coopfarm.maps.queries.areas import Area, at
from coopfarm.maps.rules.layers import Drawn, Layer, number_of
from coopfarm.maps.views import asking, words
from coopfarm.maps.views.door import bp
from coopfarm.maps.views.water import OFFICE
from coopfarm.pests.rules import catalogue
from coopfarm.planning.need import crops
from coopfarm.web import pages, request, written

ROWS_A_PAGE: Final = 50
SLIDES: Final = timedelta(days=60)
_SAMPLE: Final = 400  # things of a layer that tell where its land lies
# So finely the map's beginning is told: no finer than whoever looks may know where plots lie.
_FINE_DEG, _COARSE_DEG = 0.001, 0.01
_NAMED_BY: Final = ("code", "name")


@dataclass(frozen=True, slots=True)
class Row:
    """A thing in the list: its cells in words, in the order of the columns."""

    home: int
    number: int
    cells: Sequence[str]


@bp.get("/map/land")
@request.allowed(*OFFICE)
def officer() -> ResponseReturnValue:
    """The land of every cooperative one serves, layer by layer, and the same as a list"""
    areas, on, layer = asking.mine(), asking.day(), layers.layer(asking.name())
    crop = request.asked("crop")
    fields = layer.seen(names=all(area.roles & layers.NAMES for area in areas))
    has_crops = any(field.name == "crop" for field in layer.fields)
    found, page, shown = _listed(areas, on, layer, crop if has_crops else "")
    return pages.show(
        "maps/officer.html",
        areas=areas,
        layers=layers.known().values(),
        chosen=layer,
        fields=fields,
        rows=[_row(area, one, [field.name for field in fields]) for area, one in shown],
        found=found,
        page=page,
        pages=_pages(found),
        day=on,
        first=on - SLIDES,
        slides=SLIDES.days,
        crop=crop,
        crops=sorted(crops.CROPS),
        pest=asking.pest(),
        pests=[(code, pages.say(catalogue.named(code))) for code in catalogue.PESTS],
        bounds=_bounds(areas, on),
        may_take_out=bool(request.me().roles & keys.READS),
    )


@bp.get("/map/land/<layer>/<int:home>/<int:number>")
@request.allowed(*OFFICE)
def thing(layer: str, home: int, number: int) -> ResponseReturnValue:
    """What is said of one thing that was tapped on the map"""
    wanted = layers.layer(layer)
    for area in asking.mine():
        if area.cooperative_id != home or number >> 48:
            continue
        after = UUID(int=max(0, (number << 80) - 1))
        asked = replace(asking.of(area, asking.day()), after=after, most=1)
        with at(request.session(), home):
            found = layers.drawn(request.session(), layer, asked)
        if found and number_of(found[0].id) == number:
            names = bool(area.roles & layers.NAMES)
            return make_response(_told(found[0], wanted, names=names))
    raise Missing


def _told(one: Drawn, layer: Layer, *, names: bool) -> dict[str, object]:
    told = {
        pages.say(field.words()): words.of(field.name, one.facts.get(field.name))
        for field in layer.seen(names=names)
        if field.name not in _NAMED_BY
    }
    said = [f"{what}: {value}" for what, value in told.items() if value]
    name = " · ".join(str(one.facts[key]) for key in _NAMED_BY if one.facts.get(key))
    return {"name": name, "says": said}


def _listed(
    areas: Sequence[Area], on: date, layer: Layer, crop: str
) -> tuple[int, int, list[tuple[Area, Drawn]]]:
    """How many rows there are in all cooperatives, which page is shown, and what is on it."""
    page = written.page()
    found, shown = _part(areas, on, layer, crop, (page - 1) * ROWS_A_PAGE)
    if page > _pages(found):
        page = _pages(found)
        found, shown = _part(areas, on, layer, crop, (page - 1) * ROWS_A_PAGE)
    return found, page, shown


def _part(
    areas: Sequence[Area], on: date, layer: Layer, crop: str, first: int
) -> tuple[int, list[tuple[Area, Drawn]]]:
    found, shown = 0, list[tuple[Area, Drawn]]()
    for area in areas:
        start, most = max(0, first - found), ROWS_A_PAGE - len(shown)
        with at(request.session(), area.cooperative_id):
            asked = asking.of(area, on)
            part = listing.listed(
                request.session(), layer.name, asked, crop, first=start, most=most
            )
        shown += [(area, one) for one in part.rows]
        found += part.found
    return found, shown


def _pages(found: int) -> int:
    return max(1, -(-found // ROWS_A_PAGE))


def _row(area: Area, one: Drawn, names: Sequence[str]) -> Row:
    cells = [words.of(name, one.facts.get(name)) for name in names]
    return Row(area.cooperative_id, number_of(one.id), cells)


def _bounds(areas: Sequence[Area], on: date) -> str:
    """What the map begins with, about: west, south, east, north, or nothing without land."""
    shapes = [shape for area in areas for shape in _sample(area, on)]
    if not shapes:
        return ""
    is_exact = all(asking.of(area, on).sees_boundaries for area in areas)
    step = _FINE_DEG if is_exact else _COARSE_DEG
    west, south, east, north = shapely.total_bounds(shapes)
    low = (math.floor(side / step) * step for side in (west, south))
    high = (math.ceil(side / step) * step for side in (east, north))
    return ",".join(f"{side:.3f}" for side in (*low, *high))


def _sample(area: Area, on: date) -> Iterator[BaseGeometry]:
    asked = replace(asking.of(area, on), most=_SAMPLE)
    session = request.session()
    with at(session, area.cooperative_id):
        found = [one for name in layers.known() for one in layers.drawn(session, name, asked)]
        found += layers.cells(session, asked)
    yield from (one.shape for one in found if one.shape is not None)
