"""The land for programs: read it, and change it as of the edition that was read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from flask import Response, url_for
from marshmallow import Schema

from coopfarm.land.actions import drawing, drawing_back, editing
from coopfarm.land.actions.drawn_rows import Act
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet, Plot
from coopfarm.land.queries import calendar, network, plots
from coopfarm.land.queries import drawing as drawn
from coopfarm.land.rules.editing import ChangedMeanwhile
from coopfarm.land.rules.wishes import Decision, Kind, NakkaWish
from coopfarm.land.schemas import answers
from coopfarm.land.schemas import drawing as shapes
from coopfarm.members.rules import sight
from coopfarm.members.schemas import CalendarSchema
from coopfarm.web import request, words, written
from coopfarm.web.openapi import Door, answer

EDITORS: Final = ("manager", "water_master")
OFFICE: Final = (*EDITORS, "officer")

api = Door("land_api", __name__, "Canals, outlets and plots")


@api.get("/plots")
@request.allowed(*OFFICE)
@api.takes(answers.PlotsAskedSchema, location="query")
@api.gives(200, answers.PlotsSchema, "ETag")
def list_plots(asked: Mapping[str, Any]) -> Response:
    """Plots by code, a hundred at a time."""
    session, page = request.session(), asked["page"]
    found = plots.search(session, asked["words"], outlet_id=asked["outlet_id"], page=page)
    seen = [_seen(plot) for plot in found.plots]
    told = {"plots": seen, "total": found.total, "page": found.page, "pages": found.pages}
    return answer(answers.PlotsSchema(), told)


@api.get("/plots/<uuid:plot_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.PlotSchema, "ETag")
def show_plot(plot_id: UUID) -> Response:
    """One plot with its boundary, for who may see it."""
    return _plot(plots.plot(request.session(), plot_id))


@api.get("/plots/<uuid:plot_id>/calendar")
@request.allowed(*OFFICE)
@api.gives(200, CalendarSchema, "ETag")
def show_plot_calendar(plot_id: UUID) -> Response:
    """What is to happen on a plot in the next four weeks."""
    session = request.session()
    found = plots.plot(session, plot_id)
    return answer(
        CalendarSchema(), {"times": calendar.of_plots(session, [found.id], request.ahead())}
    )


@api.patch("/plots/<uuid:plot_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(answers.PlotEditSchema)
@api.gives(200, answers.PlotSchema, "ETag")
def change_plot(sent: Mapping[str, Any], plot_id: UUID, edition: int) -> Response:
    """Change a plot."""
    changed = _changed(editing.change_plot, plot_id, sent, edition)
    return _plot(changed)


@api.get("/canals")
@request.allowed(*OFFICE)
@api.gives(200, answers.CanalsSchema, "ETag")
def list_canals() -> Response:
    """Every canal; `feeds_from_id` makes them a tree."""
    return answer(answers.CanalsSchema(), {"canals": network.canals(request.session())})


@api.get("/canals/<uuid:canal_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.CanalSchema, "ETag")
def show_canal(canal_id: UUID) -> Response:
    """One canal with its line."""
    return _tagged(answers.CanalSchema(), network.canal(request.session(), canal_id))


@api.post("/canals")
@request.allowed(*EDITORS)
@api.takes(shapes.CanalDrawSchema)
@api.gives(201, answers.CanalSchema, "ETag", "Location")
def draw_canal(sent: Mapping[str, Any]) -> Response:
    """Draw a canal; its head goes onto the canal that feeds it."""
    session = request.session()
    note = drawing.draw_canal(session, shapes.new_canal(sent), _act())
    where = url_for("land_api.show_canal", canal_id=note.subject_id)
    return _tagged(answers.CanalSchema(), network.canal(session, note.subject_id), made_at=where)


@api.post("/canals/preview")
@request.allowed(*EDITORS)
@api.takes(shapes.CanalDrawSchema)
@api.gives(200, shapes.DecisionSchema)
def preview_canal(sent: Mapping[str, Any]) -> Response:
    """What drawing this canal would do; nothing is kept."""
    return _looked(drawing.preview_canal(request.session(), shapes.new_canal(sent)))


@api.patch("/canals/<uuid:canal_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(shapes.CanalEditSchema)
@api.gives(200, answers.CanalSchema, "ETag")
def change_canal(sent: Mapping[str, Any], canal_id: UUID, edition: int) -> Response:
    """Change or draw anew a canal; the canals stay a tree."""
    session, schema = request.session(), answers.CanalSchema()
    canal = network.canal(session, canal_id)
    wish = shapes.changed_canal(sent, drawn.canal_as_wished(canal))
    with _both_versions(schema, canal):
        drawing.redraw_canal(session, canal_id, wish, _act(), edition=edition)
    return _tagged(schema, canal)


@api.post("/canals/<uuid:row_id>/removal")
@request.allowed(*EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_canal(row_id: UUID, edition: int) -> Response:
    """Delete a canal that nothing hangs on."""
    return _removed("canals", row_id, edition)


@api.get("/outlets")
@request.allowed(*OFFICE)
@api.gives(200, answers.OutletsSchema, "ETag")
def list_outlets() -> Response:
    """Every outlet, along its canal from the head."""
    return answer(answers.OutletsSchema(), {"outlets": network.outlets(request.session())})


@api.get("/outlets/<uuid:outlet_id>")
@request.allowed(*OFFICE)
@api.gives(200, answers.OutletSchema, "ETag")
def show_outlet(outlet_id: UUID) -> Response:
    """One outlet with its place and its watercourse."""
    return _tagged(answers.OutletSchema(), network.outlet(request.session(), outlet_id))


@api.post("/outlets")
@request.allowed(*EDITORS)
@api.takes(shapes.OutletDrawSchema)
@api.gives(201, answers.OutletSchema, "ETag", "Location")
def draw_outlet(sent: Mapping[str, Any]) -> Response:
    """Draw an outlet; it goes onto its canal."""
    session = request.session()
    note = drawing.draw_outlet(session, shapes.new_outlet(sent), _act())
    where = url_for("land_api.show_outlet", outlet_id=note.subject_id)
    outlet = network.outlet(session, note.subject_id)
    return _tagged(answers.OutletSchema(), outlet, made_at=where)


@api.post("/outlets/preview")
@request.allowed(*EDITORS)
@api.takes(shapes.OutletDrawSchema)
@api.gives(200, shapes.DecisionSchema)
def preview_outlet(sent: Mapping[str, Any]) -> Response:
    """What drawing this outlet would do; nothing is kept."""
    return _looked(drawing.preview_outlet(request.session(), shapes.new_outlet(sent)))


@api.patch("/outlets/<uuid:outlet_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(shapes.OutletEditSchema)
@api.gives(200, answers.OutletSchema, "ETag")
def change_outlet(sent: Mapping[str, Any], outlet_id: UUID, edition: int) -> Response:
    """Change or draw anew an outlet."""
    session, schema = request.session(), answers.OutletSchema()
    outlet = network.outlet(session, outlet_id)
    wish = shapes.changed_outlet(sent, drawn.outlet_as_wished(outlet))
    with _both_versions(schema, outlet):
        drawing.redraw_outlet(session, outlet_id, wish, _act(), edition=edition)
    return _tagged(schema, outlet)


@api.post("/outlets/<uuid:row_id>/removal")
@request.allowed(*EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_outlet(row_id: UUID, edition: int) -> Response:
    """Delete an outlet that nothing hangs on."""
    return _removed("outlets", row_id, edition)


@api.get("/outlets/<uuid:outlet_id>/nakkas")
@request.allowed(*OFFICE)
@api.gives(200, shapes.NakkasSchema, "ETag")
def list_nakkas(outlet_id: UUID) -> Response:
    """The nakkas of an outlet, from the gate down."""
    outlet = network.outlet(request.session(), outlet_id)
    found = drawn.nakkas_of(request.session(), outlet.id)
    return answer(shapes.NakkasSchema(), {"nakkas": found})


@api.post("/outlets/<uuid:outlet_id>/nakkas")
@request.allowed(*EDITORS)
@api.takes(shapes.NakkaDrawSchema)
@api.gives(201, shapes.NakkaSchema, "ETag")
def draw_nakka(sent: Mapping[str, Any], outlet_id: UUID) -> Response:
    """Draw a nakka; it goes onto the watercourse of its outlet."""
    session = request.session()
    outlet = network.outlet(session, outlet_id)
    note = drawing.draw_nakka(session, _nakka(sent, outlet.id), _act())
    nakka = drawn.nakka(session, note.subject_id)
    return answer(shapes.NakkaSchema(), nakka, 201, edition=nakka.edition)


@api.patch("/nakkas/<uuid:nakka_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(shapes.NakkaDrawSchema)
@api.gives(200, shapes.NakkaSchema, "ETag")
def change_nakka(sent: Mapping[str, Any], nakka_id: UUID, edition: int) -> Response:
    """Draw a nakka anew."""
    session, schema = request.session(), shapes.NakkaSchema()
    nakka = drawn.nakka(session, nakka_id)
    with _both_versions(schema, nakka):
        wish = _nakka(sent, nakka.outlet_id)
        drawing.redraw_nakka(session, nakka_id, wish, _act(), edition=edition)
    return _tagged(schema, nakka)


@api.post("/nakkas/<uuid:row_id>/removal")
@request.allowed(*EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_nakka(row_id: UUID, edition: int) -> Response:
    """Delete a nakka that no plot takes its water by."""
    return _removed("nakkas", row_id, edition)


@api.get("/drawings")
@request.allowed(*EDITORS)
@api.gives(200, shapes.DrawingsSchema, "ETag")
def list_drawings() -> Response:
    """The last acts of drawing, the newest first."""
    found = [_told(note) for note in drawn.latest(request.session())]
    return answer(shapes.DrawingsSchema(), {"drawings": found})


@api.post("/drawings/<uuid:drawing_id>/undo")
@request.allowed(*EDITORS)
@api.gives(200, shapes.DrawingSchema)
def take_back(drawing_id: UUID) -> Response:
    """Put back what an act of drawing changed, while nothing was changed upon it."""
    note = drawing_back.take_back(request.session(), drawing_id, _act())
    return answer(shapes.DrawingSchema(), _told(note))


def _plot(plot: Plot) -> Response:
    return answer(answers.PlotSchema(), _seen(plot), edition=plot.edition)


def _seen(plot: Plot) -> answers.SeenPlot:
    me, concerned = request.me(), (plot.holder_id, plot.worker_id, plot.payer_id)
    return answers.SeenPlot(plot, sight.sees_boundary(me.roles, me.member_id, concerned))


def _changed(change: Any, row_id: UUID, sent: Mapping[str, Any], edition: int) -> Any:
    who, now = request.me().member_id, request.now()
    try:
        return change(request.session(), row_id, sent, edition=edition, actor_id=who, now=now)
    except ChangedMeanwhile as refusal:
        raise request.Stale from refusal


@contextmanager
def _both_versions(schema: Schema, row: Canal | Outlet | Nakka) -> Iterator[None]:
    """Whoever changes an old edition is told so with the one that is stored."""
    try:
        yield
    except ChangedMeanwhile as refusal:
        stale = request.Stale()
        stale.alternatives = [schema.dump(row)]
        raise stale from refusal


def _act() -> Act:
    return Act(request.me().member_id, request.now())


def _nakka(sent: Mapping[str, Any], outlet_id: UUID) -> NakkaWish:
    if len(sent["place"]) != 1:
        raise written.FieldMissing(field="place")
    return NakkaWish(sent["label"].strip(), outlet_id, sent["place"][0], sent["tolerance_m"])


def _looked(decision: Decision) -> Response:
    says = [words.say(said) for said in decision.says]
    request.keep_nothing()
    return answer(shapes.DecisionSchema(), shapes.as_decided(decision, says))


def _removed(kind: Kind, row_id: UUID, edition: int) -> Response:
    try:
        note = drawing_back.remove(request.session(), kind, row_id, _act(), edition=edition)
    except ChangedMeanwhile as refusal:
        raise request.Stale from refusal
    return answer(shapes.DrawingSchema(), _told(note))


def _told(note: Drawing) -> dict[str, Any]:
    names = ("id", "verb", "kind", "subject_id", "label", "made_at", "undone_at")
    facts = {name: getattr(note, name) for name in names}
    return {**facts, "says": [words.say(said) for said in note.says]}


def _tagged(schema: Schema, row: Canal | Outlet | Nakka, *, made_at: str | None = None) -> Response:
    """The row as of its edition; 201 with where it is when it was made now."""
    status = 201 if made_at else 200
    return answer(schema, row, status, location=made_at, edition=row.edition)
