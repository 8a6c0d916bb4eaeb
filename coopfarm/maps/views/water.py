"""The map and its list, which say the same; the map's shapes as GeoJSON."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import make_response, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from shapely import Point

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.rules import coarse
from coopfarm.maps.queries import land as queries
from coopfarm.maps.queries.land import MapPlot, Shares
from coopfarm.maps.rules import standing as rules
from coopfarm.maps.rules import suppressing
from coopfarm.maps.rules.standing import Place, Standing
from coopfarm.maps.schemas import geojson as schemas
from coopfarm.maps.schemas.geojson import Feature, Property
from coopfarm.maps.views.door import bp
from coopfarm.members.rules import sight
from coopfarm.water.rules import ChoiceUnknown
from coopfarm.web import pages, request, times, tongue, written

OFFICE: Final = ("manager", "water_master", "officer")
DRAWS: Final = frozenset({"manager", "water_master"})
COLOURS: Final = ("water", "satisfaction")
ROWS_A_PAGE: Final = 200
_SAID_OF_A_NEIGHBOURHOOD: Final = 12

STANDINGS: Mapping[Standing, Phrase] = {
    "now": Phrase("standing:now", N_("has the water now")),
    "next": Phrase("standing:next", N_("next at its outlet")),
    "waiting": Phrase("standing:waiting", N_("waiting")),
    "none": Phrase("standing:none", N_("no turn ahead")),
}
# Paint, filling, outline and its dashes: told apart without colour too.
_LOOKS: Mapping[Standing, Mapping[str, Property]] = {
    "now": {"paint": "water", "filling": "full", "weight": 3},
    "next": {"paint": "wheat", "filling": "hatch", "weight": 2.5, "dash": "7 4"},
    "waiting": {"paint": "water", "filling": "light", "weight": 1.5},
    "none": {"paint": "mute", "filling": "none", "weight": 1, "dash": "2 4"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A plot as the map and the list tell of it; satisfaction is None without plan or need."""

    plot: MapPlot
    place: Place
    satisfaction: float | None

    @property
    def step(self) -> int | None:
        return None if self.satisfaction is None else rules.step(self.satisfaction)


@bp.app_template_filter("standing")
def standing_in_words(standing: Standing) -> str:
    return pages.say(STANDINGS[standing]())


@bp.get("/map/")
@request.allowed(*OFFICE)
def show() -> ResponseReturnValue:
    session = request.session()
    wanted = _wanted()
    shares, rows = _rows(drawn=False)
    found = [row for row in rows if _is_wanted(row, wanted)]
    page, shown = _page_of(found)
    return pages.show(
        "maps/show.html",
        colour=_colour(),
        colours=COLOURS,
        wanted=wanted,
        shares=shares,
        rows=shown,
        found=len(found),
        plots=len(rows),
        page=page,
        pages=max(1, -(-len(found) // ROWS_A_PAGE)),
        outlets=queries.outlet_codes(session),
        standings=_counted(rows),
        steps=_counted_steps(rows),
        may_draw=bool(request.me().roles & DRAWS),
        sees_boundaries=sight.sees("plot_boundary", request.me().roles),
    )


@bp.get("/map/data.geojson")
@request.allowed(*OFFICE)
def data() -> ResponseReturnValue:
    """The map's shapes; a browser that has them already is told so in a few bytes."""
    body = schemas.collection(_features(_colour()))
    response = make_response(body)
    response.content_type = "application/json"  # what the server compresses
    response.cache_control.private = response.cache_control.no_cache = True
    response.set_etag(hashlib.sha256(body.encode()).hexdigest())
    return response.make_conditional(http)


def _colour() -> str:
    colour = request.asked("colour") or COLOURS[0]
    if colour not in COLOURS:
        raise ChoiceUnknown(field="colour", given=colour[:20], choices=", ".join(COLOURS))
    return colour


def _wanted() -> rules.Wanted:
    standing = request.asked("standing")
    if standing not in ("", *rules.STANDINGS):
        choices = ", ".join(rules.STANDINGS)
        raise ChoiceUnknown(field="standing", given=standing[:20], choices=choices)
    return rules.Wanted(request.asked("words")[:80], request.asked("outlet"), standing)


def _is_wanted(row: Row, wanted: rules.Wanted) -> bool:
    plot = row.plot
    texts = (plot.code, plot.name, plot.member_name)
    return wanted.takes(row.place.standing, plot.outlet_code, texts)


def _page_of(found: Sequence[Row]) -> tuple[int, Sequence[Row]]:
    """The page asked for, from 1, and its rows; the last page where there are not so many."""
    last = max(1, -(-len(found) // ROWS_A_PAGE))
    page = min(written.page(), last)
    return page, found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]


def _rows(*, drawn: bool) -> tuple[Shares | None, list[Row]]:
    session, now = request.session(), request.now()
    names = sight.sees("name", request.me().roles)
    places = rules.places(queries.turns_ahead(session, now), now)
    shares = queries.shares(session, now)
    of_plot: Mapping[UUID, float | None] = shares.of_plot if shares else {}
    rows = [
        Row(plot, places.get(plot.id, rules.NOWHERE), of_plot.get(plot.id))
        for plot in queries.plots(session, drawn=drawn, names=names, latin=tongue.reads_latin())
    ]
    return shares, rows


def _features(colour: str) -> Iterator[Feature]:
    """Plots below, then watercourses, canals and outlets, as they are to be drawn."""
    session = request.session()
    _, rows = _rows(drawn=True)
    yield from _plots(rows, colour)
    outlets, canals = queries.outlets(session), queries.canals(session)
    for outlet in outlets:
        if outlet.watercourse is not None:
            said = {"name": gettext("Watercourse of outlet %(code)s", code=outlet.code)}
            yield Feature(outlet.watercourse, {"paint": "water", "weight": 1, **said})
    largest = max((canal.capacity_l_s or 0.0 for canal in canals), default=0.0)
    for canal in canals:
        yield from _canal(canal, largest)
    for outlet in outlets:
        if outlet.place is not None:
            yield Feature(outlet.place, _told_of_outlet(outlet, is_labelled=len(outlets) <= 40))


def _plots(rows: Sequence[Row], colour: str) -> Iterator[Feature]:
    """Plots as they lie for who may know it; the others by the neighbourhood they lie in.

    A neighbourhood of few households is left out: see `maps.rules.suppressing`.
    """
    me = request.me()
    neighbourhoods: dict[Point, list[Row]] = {}
    for row in rows:
        shape = row.plot.boundary
        if shape is None:
            continue
        if sight.sees_boundary(me.roles, me.member_id, row.plot.concerned):
            yield Feature(shape, {**_told_of_plot(row), **_look(row, colour)})
        else:
            neighbourhoods.setdefault(coarse.cell(shape), []).append(row)
    shown = suppressing.shown(
        (place, row.plot.household) for place, found in neighbourhoods.items() for row in found
    )
    for place in shown:
        yield Feature(place, _told_of_neighbourhood(neighbourhoods[place]))


def _told_of_neighbourhood(rows: Sequence[Row]) -> Mapping[str, Property]:
    """Who has the water around here, as many as can be read."""
    said = [
        " · ".join(filter(None, (row.plot.code, row.plot.member_name)))
        + f": {pages.say(STANDINGS[row.place.standing]())}"
        for row in sorted(rows, key=lambda row: rules.STANDINGS.index(row.place.standing))
    ]
    told = gettext("Plots about here: %(count)s", count=tongue.number(len(rows), 0))
    more = len(said) - _SAID_OF_A_NEIGHBOURHOOD
    if more > 0:
        last = gettext("and %(count)s more", count=tongue.number(more, 0))
        said = [*said[:_SAID_OF_A_NEIGHBOURHOOD], last]
    standing = min((row.place.standing for row in rows), key=rules.STANDINGS.index)
    return {**_LOOKS[standing], "radius": 10, "name": told, "says": said}


def _look(row: Row, colour: str) -> Mapping[str, Property]:
    if colour == "water":
        return _LOOKS[row.place.standing]
    return _LOOKS["none"] if row.step is None else {"paint": f"step-{row.step}"}


def _told_of_plot(row: Row) -> dict[str, Property]:
    plot = row.plot
    said = [pages.say(STANDINGS[row.place.standing]())]
    if row.place.turn is not None:
        said.append(_turn_in_words(row.place.turn))
    if row.satisfaction is not None:
        said.append(gettext("%(percent)s %% of the need", percent=_percent(row.satisfaction)))
    return {
        "name": " · ".join(filter(None, (plot.code, plot.name, plot.member_name))),
        "says": said,
        "url": url_for("land.plot", plot_id=plot.id),
        "url_name": gettext("Open the plot"),
    }


def _canal(canal: queries.DrawnCanal, largest_l_s: float) -> Iterator[Feature]:
    said: dict[str, Property] = {
        "paint": "water",
        "weight": rules.width_px(canal.capacity_l_s, largest_l_s),
        "name": gettext("Canal %(name)s", name=canal.name or canal.code),
    }
    if canal.capacity_l_s:
        carries = tongue.number(canal.capacity_l_s)
        said["says"] = [gettext("carries up to %(flow)s l/s", flow=carries)]
    yield Feature(canal.line, said)
    middle, degrees = rules.arrow(canal.line, against_line=canal.flows_against_line)
    yield Feature(middle, {"arrow": degrees})


def _told_of_outlet(outlet: queries.DrawnOutlet, *, is_labelled: bool) -> Mapping[str, Property]:
    said: dict[str, Property] = {
        "paint": "ink",
        "name": gettext("Outlet %(name)s", name=outlet.name or outlet.code),
    }
    if is_labelled:
        said["label"] = outlet.code
    if outlet.canal_code:
        said["says"] = [gettext("on canal %(code)s", code=outlet.canal_code)]
    return said


def _turn_in_words(turn: rules.TurnAhead) -> str:
    """`night between Thursday and Friday 27 November, 01:40–02:55`."""
    return f"{times.when(turn.during.start)}–{times.clock(turn.during.end)}"


def _percent(ratio: float) -> str:
    return tongue.number(100 * ratio, 0)


def _counted(rows: Sequence[Row]) -> Mapping[Standing, int]:
    found = Counter(row.place.standing for row in rows)
    return {standing: found[standing] for standing in rules.STANDINGS}


def _counted_steps(rows: Sequence[Row]) -> Mapping[int | None, int]:
    """How many plots reach each fifth of the need; under None those of which nothing is known."""
    found = Counter(row.step for row in rows)
    return {step: found[step] for step in (*rules.STEPS, None)}
