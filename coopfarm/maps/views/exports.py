"""The land taken out as a file: asked for with a reason, written down, then fetched."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.words import N_, Phrase
from coopfarm.maps.actions import exporting
from coopfarm.maps.actions.exporting import REASON_LETTERS, Wish
from coopfarm.maps.queries import exports, layers
from coopfarm.maps.queries.areas import Area, at
from coopfarm.maps.rules.layers import Drawn
from coopfarm.maps.schemas import files
from coopfarm.maps.schemas.files import Sheet
from coopfarm.maps.views import asking
from coopfarm.maps.views.door import bp
from coopfarm.water.rules import ChoiceUnknown
from coopfarm.web import pages, request, written

TAKES: Final = ("manager", "officer")
# So long after it was asked for, a file can be fetched.
_FETCHED_WITHIN: Final = timedelta(minutes=15)
_ALL: Final = "all"

FORMATS: Final = {
    "gpkg": Phrase("map-format:gpkg", N_("GeoPackage, for QGIS and to be imported again")),
    "geojson": Phrase("map-format:geojson", N_("GeoJSON, for maps on the web")),
    "csv": Phrase("map-format:csv", N_("CSV, for tables")),
}


@bp.get("/map/exports")
@request.allowed(*TAKES)
def exporting_page() -> ResponseReturnValue:
    """Choose what to take out of the map as a file"""
    return pages.show(
        "maps/exports.html",
        layers=layers.known().values(),
        formats=FORMATS,
        areas=asking.mine(),
        chosen=request.asked("layer"),
        day=asking.day(),
        reason_letters=REASON_LETTERS,
    )


@bp.post("/map/exports")
@request.allowed(*TAKES)
def take_out() -> ResponseReturnValue:
    """Take land out as a file: written down with its reason in each cooperative it is of"""
    exporting.take_out(request.session(), asking.mine(), _wish(), request.now())
    return redirect(url_for("maps.export_file"), 303)


@bp.get("/map/exports/file")
@request.allowed(*TAKES)
def export_file() -> ResponseReturnValue:
    """The file that was asked for last, for a quarter of an hour"""
    since = request.now() - _FETCHED_WITHIN
    asked = exports.last_wish(request.session(), request.me().member_id, since)
    if asked is None:
        return redirect(url_for("maps.exporting_page"), 303)
    on = date.fromisoformat(asked["on"])
    areas = asking.mine() if asked["everywhere"] else asking.mine()[:1]
    sheets = [_sheet(name, areas, on) for name in asked["layers"] if name in layers.known()]
    file = files.written(sheets, asked["form"], f"land-{on}", lambda f: pages.say(f.words()))
    response = make_response(file.content)
    response.content_type = file.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _wish() -> Wish:
    form = request.form()
    reason = form.get("reason", "").strip()[:REASON_LETTERS]
    if not reason:
        raise written.FieldMissing(field="reason")
    if form.get("format") not in files.FORMATS:
        choices = ", ".join(files.FORMATS)
        raise ChoiceUnknown(field="format", given=form.get("format", "")[:20], choices=choices)
    said = form.get("layer", _ALL)
    names = list(layers.known()) if said == _ALL else [layers.layer(said).name]
    on = written.day(form["day"], field="day") if form.get("day") else asking.today()
    return Wish(names, form["format"], on, form.get("everywhere") == "1", reason)


def _sheet(name: str, areas: Sequence[Area], on: date) -> Sheet:
    """A layer over these cooperatives. Names of people only where they may be told in all."""
    session, layer = request.session(), layers.layer(name)
    things: list[Drawn] = []
    sees_names = True
    for area in areas:
        asked = asking.of(area, on)
        sees_names = sees_names and asked.sees_names
        with at(session, area.cooperative_id):
            things += layers.drawn(session, name, asked)
    return Sheet(layer, pages.say(layer.words()), layer.seen(names=sees_names), things)
