"""Drawing canals, outlets and nakkas: the pages, and what their buttons do."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.actions import drawing_back as back
from coopfarm.land.queries import drawing as queries
from coopfarm.land.queries import network
from coopfarm.land.rules.wishes import Kind
from coopfarm.land.views import desk_pages, door, drawn_points
from coopfarm.land.views.desks import CanalDesk, NakkaDesk, OutletDesk
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, tongue

TAKEN_BACK = Phrase("done-drawing-taken-back", N_("This is taken back: all is as it was before."))
REMOVED = Phrase("done-drawing-removed", N_("%(label)s is deleted."))


@bp.app_template_filter("bearing")
def bearing_in_words(bearing: str) -> str:
    return pages.say(drawn_points.BEARING_WORDS[bearing]())


@bp.get("/draw")
@request.allowed(*EDITORS)
def drawing() -> ResponseReturnValue:
    session = request.session()
    latest = queries.latest(session)
    makers = members_by_id(session, [note.made_by for note in latest])
    latin = tongue.reads_latin()
    return pages.show(
        "land/draw.html",
        canals=network.canals(session),
        outlets=network.outlets(session),
        latest=latest,
        names={row_id: member.called(latin=latin) for row_id, member in makers.items()},
    )


@bp.get("/draw/canal")
@request.allowed(*EDITORS)
def draw_new_canal() -> ResponseReturnValue:
    return desk_pages.show(CanalDesk())


@bp.post("/draw/canal")
@request.allowed(*EDITORS)
def keep_new_canal() -> ResponseReturnValue:
    return desk_pages.answer(CanalDesk())


@bp.get("/canals/<uuid:canal_id>/draw")
@request.allowed(*EDITORS)
def redraw_canal(canal_id: UUID) -> ResponseReturnValue:
    return desk_pages.show(CanalDesk(network.canal(request.session(), canal_id)))


@bp.post("/canals/<uuid:canal_id>/draw")
@request.allowed(*EDITORS)
def keep_canal(canal_id: UUID) -> ResponseReturnValue:
    return desk_pages.answer(CanalDesk(network.canal(request.session(), canal_id)))


@bp.get("/draw/outlet")
@request.allowed(*EDITORS)
def draw_new_outlet() -> ResponseReturnValue:
    return desk_pages.show(OutletDesk())


@bp.post("/draw/outlet")
@request.allowed(*EDITORS)
def keep_new_outlet() -> ResponseReturnValue:
    return desk_pages.answer(OutletDesk())


@bp.get("/outlets/<uuid:outlet_id>/draw")
@request.allowed(*EDITORS)
def redraw_outlet(outlet_id: UUID) -> ResponseReturnValue:
    return desk_pages.show(OutletDesk(network.outlet(request.session(), outlet_id)))


@bp.post("/outlets/<uuid:outlet_id>/draw")
@request.allowed(*EDITORS)
def keep_outlet(outlet_id: UUID) -> ResponseReturnValue:
    return desk_pages.answer(OutletDesk(network.outlet(request.session(), outlet_id)))


@bp.get("/outlets/<uuid:outlet_id>/draw/nakka")
@request.allowed(*EDITORS)
def draw_new_nakka(outlet_id: UUID) -> ResponseReturnValue:
    return desk_pages.show(NakkaDesk(network.outlet(request.session(), outlet_id)))


@bp.post("/outlets/<uuid:outlet_id>/draw/nakka")
@request.allowed(*EDITORS)
def keep_new_nakka(outlet_id: UUID) -> ResponseReturnValue:
    return desk_pages.answer(NakkaDesk(network.outlet(request.session(), outlet_id)))


@bp.get("/nakkas/<uuid:nakka_id>/draw")
@request.allowed(*EDITORS)
def redraw_nakka(nakka_id: UUID) -> ResponseReturnValue:
    return desk_pages.show(_nakka_desk(nakka_id))


@bp.post("/nakkas/<uuid:nakka_id>/draw")
@request.allowed(*EDITORS)
def keep_nakka(nakka_id: UUID) -> ResponseReturnValue:
    return desk_pages.answer(_nakka_desk(nakka_id))


@bp.get("/drawings/<uuid:drawing_id>")
@request.allowed(*EDITORS)
def drawn(drawing_id: UUID) -> ResponseReturnValue:
    """What was drawn and what was snapped to what, with the way back."""
    note = queries.drawing(request.session(), drawing_id)
    found = queries.rows_of(request.session(), note.kind, [note.subject_id])
    return pages.show("land/drawn.html", note=note, row=found.get(note.subject_id))


@bp.post("/drawings/<uuid:drawing_id>/undo")
@request.allowed(*EDITORS)
def take_back(drawing_id: UUID) -> ResponseReturnValue:
    note = back.take_back(request.session(), drawing_id, desk_pages.act())
    return pages.done(TAKEN_BACK(), "land.drawn", drawing_id=note.id)


@bp.post("/canals/<uuid:row_id>/remove")
@request.allowed(*EDITORS)
def remove_canal(row_id: UUID) -> ResponseReturnValue:
    return _remove("canals", row_id)


@bp.post("/outlets/<uuid:row_id>/remove")
@request.allowed(*EDITORS)
def remove_outlet(row_id: UUID) -> ResponseReturnValue:
    return _remove("outlets", row_id)


@bp.post("/nakkas/<uuid:row_id>/remove")
@request.allowed(*EDITORS)
def remove_nakka(row_id: UUID) -> ResponseReturnValue:
    return _remove("nakkas", row_id)


def _nakka_desk(nakka_id: UUID) -> NakkaDesk:
    nakka = queries.nakka(request.session(), nakka_id)
    return NakkaDesk(network.outlet(request.session(), nakka.outlet_id), nakka)


def _remove(kind: Kind, row_id: UUID) -> ResponseReturnValue:
    note = back.remove(request.session(), kind, row_id, desk_pages.act(), edition=door.edition())
    return pages.done(REMOVED(label=note.label), "land.drawn", drawing_id=note.id)
