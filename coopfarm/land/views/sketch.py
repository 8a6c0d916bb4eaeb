"""The map that drawing is done on."""

from collections.abc import Iterator
from uuid import UUID

from flask import make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from shapely import Point

from coopfarm.land.queries import sketch as queries
from coopfarm.land.queries.drawing import course_of
from coopfarm.land.rules import snapping
from coopfarm.land.schemas.sketch import Feature, collection
from coopfarm.land.views import door
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.rules import sight
from coopfarm.web import request


@bp.get("/draw/data.geojson")
@request.allowed(*EDITORS, "officer")
def sketch() -> ResponseReturnValue:
    """Everything drawn; `shown` is drawn thicker and `but` is left out, as the page draws it."""
    shown = door.id_or_none(request.asked("shown"), "shown")
    but = door.id_or_none(request.asked("but"), "but")
    response = make_response(collection(_features(shown, but)))
    response.content_type = "application/json"
    response.cache_control.private = response.cache_control.no_cache = True
    return response


def _features(shown: UUID | None, but: UUID | None) -> Iterator[Feature]:
    session, me = request.session(), request.me()
    for plot in queries.plots(session):
        if sight.sees_boundary(me.roles, me.member_id, plot.concerned):
            yield Feature(plot.boundary, {"paint": "mute", "filling": "none", "weight": 1})
    yield from _outlets(shown, but)
    for canal in queries.canals(session):
        course = course_of(canal)
        if canal.id == but or course is None:
            continue
        yield Feature(
            course.line,
            {
                "paint": "leaf" if canal.id == shown else "water",
                "weight": 6 if canal.id == shown else 3,
                "name": gettext("Canal %(name)s", name=canal.name or canal.code),
            },
        )
        for at, degrees in snapping.arrows(course, 5 if canal.id == shown else 1):
            yield Feature(Point(at), {"arrow": degrees})
    yield from _nakkas(shown, but)


def _nakkas(shown: UUID | None, but: UUID | None) -> Iterator[Feature]:
    for nakka in queries.nakkas(request.session()):
        if nakka.id != but:
            facts = {"label": nakka.label, "code": nakka.outlet_code}
            said = gettext("Nakka %(label)s of outlet %(code)s", **facts)
            is_shown = nakka.id == shown
            paint, radius = ("leaf", 7) if is_shown else ("mute", 3)
            yield Feature(nakka.place, {"paint": paint, "radius": radius, "name": said})


def _outlets(shown: UUID | None, but: UUID | None) -> Iterator[Feature]:
    for outlet in queries.outlets(request.session()):
        if outlet.id == but:
            continue
        is_shown = outlet.id == shown
        if outlet.watercourse is not None:
            said = gettext("Watercourse of outlet %(code)s", code=outlet.code)
            weight = 4 if is_shown else 1.5
            paint = "leaf" if is_shown else "water"
            yield Feature(outlet.watercourse, {"paint": paint, "weight": weight, "name": said})
        if outlet.place is not None:
            name = gettext("Outlet %(name)s", name=outlet.name or outlet.code)
            paint = "leaf" if is_shown else "ink"
            yield Feature(outlet.place, {"paint": paint, "name": name, "label": outlet.code})
