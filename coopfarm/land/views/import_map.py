"""The map beside a page of the import: the file's features over the land that is there."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import shapely
from flask import make_response
from flask import request as http
from flask.typing import ResponseReturnValue
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.queries import drawn, uploads
from coopfarm.land.rules import choices, kept, landings
from coopfarm.land.rules.importing import Reading, Report
from coopfarm.land.schemas import import_map as schemas
from coopfarm.land.schemas.import_map import Drawn
from coopfarm.land.schemas.kept_readings import KeptReading
from coopfarm.land.views import import_pages, import_reading, import_report
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.rules import sight
from coopfarm.web import request

# Land farther than this many times the file's own size from it is not drawn behind it.
ROUND_ABOUT = 0.5
LEAST_DEG = 0.002


@bp.get("/import/<uuid:upload_id>/map.json")
@request.allowed(*EDITORS)
def import_map(upload_id: UUID) -> ResponseReturnValue:
    """What the page draws; a browser that has it already is told so in a few bytes."""
    upload = uploads.upload(request.session(), upload_id)
    kept.check_waiting(upload.filename, upload.imported_at)
    found = import_reading.now_read(upload)
    shown = _systems(found) if request.asked("step") == choices.SYSTEM else _features(found)
    body = schemas.as_json(shown).encode()
    response = make_response(body)
    response.content_type = "application/json"  # what the server compresses
    response.cache_control.private = response.cache_control.no_cache = True
    response.set_etag(hashlib.sha256(body).hexdigest())
    return response.make_conditional(http)


def _systems(found: KeptReading) -> Iterator[Drawn]:
    """The box where the file would lie under each system, and the cooperative's own land."""
    yield from _land(None)
    home = drawn.home(request.session(), request.me().timezone)
    if home.known_by == drawn.CITY and home.shape is not None:
        yield Drawn(home.shape, "land")
    for landing in landings.landings(found.systems, home.shape):
        if landing.bounds is not None:
            place = f"system-{landing.crs.partition(':')[2]}"
            yield Drawn(shapely.box(*landing.bounds), "system", place, landing.name)


def _features(found: KeptReading) -> Iterator[Drawn]:
    """The land behind, the file's features by what becomes of each, and what they were above."""
    report = import_pages.report_of(found)
    if found.reading is None or isinstance(report, Invalid):
        return
    codes = import_report.codes_of(found.reading, report)
    outlines = _outlines(found.reading, codes)
    drawn_anew = {codes[number] for number in outlines} if report.kind == "plots" else set()
    yield from _land(_around(list(outlines.values())), drawn_anew)
    state = import_report.states(found.reading, report)
    for number, shape in outlines.items():
        yield Drawn(shape, state[number], f"feature-{number}", codes[number])
    yield from _before(report)


def _outlines(reading: Reading, codes: Mapping[int, str]) -> Mapping[int, BaseGeometry]:
    """Each feature as it is drawn in the file; one that is not, as it is stored."""
    stored = {}
    if reading.kind == "plots" and any(record.outline is None for record in reading.records):
        stored = {plot.code: plot.boundary for plot in _stored()}
    found = {}
    for record in reading.records:
        shape = record.outline if record.outline is not None else record.shape
        if shape is None or shape.is_empty:
            shape = stored.get(codes[record.number])
        if shape is not None:
            found[record.number] = shape
    return found


def _before(report: Report) -> Iterator[Drawn]:
    """The shape that each changed row has now, where the file draws it anew."""
    for change in report.changes:
        values: Mapping[str, Any] = change.before or {}
        for name in import_report.SHAPES:
            if name == "boundary" and not _sees_boundaries():
                continue
            if name in change.after and values.get(name) is not None:
                yield Drawn(values[name], "before", f"feature-{change.number}", change.code)


def _land(near: BaseGeometry | None, drawn_anew: Collection[str] = ()) -> Iterator[Drawn]:
    """The plots and canals that are there, `near` a box where one is given.

    Plots that are drawn anew above are left out.
    """
    session = request.session()
    for plot in _stored():
        if plot.code in drawn_anew:
            continue
        if near is None or near.intersects(plot.boundary):
            yield Drawn(plot.boundary, "land", name=plot.code)
    for line in drawn.canals(session):
        if near is None or near.intersects(line):
            yield Drawn(line, "canal")


def _stored() -> Sequence[drawn.DrawnPlot]:
    """The plots that are there, for who may see where exactly they lie."""
    return drawn.plots(request.session()) if _sees_boundaries() else ()


def _sees_boundaries() -> bool:
    return sight.sees("plot_boundary", request.me().roles)


def _around(shapes: list[BaseGeometry]) -> BaseGeometry | None:
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    more = max(ROUND_ABOUT * max(east - west, north - south), LEAST_DEG)
    return shapely.box(west - more, south - more, east + more, north + more)
