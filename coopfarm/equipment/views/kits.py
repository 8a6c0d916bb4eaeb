"""The sets of machines that are booked as one."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import fleet as actions
from coopfarm.equipment.queries import fleet as known
from coopfarm.equipment.rules.jobs import JOBS
from coopfarm.equipment.views import asking, fleet, machine_form
from coopfarm.equipment.views.door import bp
from coopfarm.equipment.views.fleet import EDITORS, READERS
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, words

KIT_MADE = Phrase("done-kit-made", N_("The set “%(kit)s” can be booked."))
KIT_DROPPED = Phrase("done-kit-dropped", N_("The set “%(kit)s” is gone; its machines stay."))


@bp.get("/machines/kits")
@request.allowed(*READERS)
def kits() -> ResponseReturnValue:
    """The sets that are booked as one"""
    return _kits_page({}, [], {})


@bp.post("/machines/kits")
@request.allowed(*EDITORS)
def make_kit() -> ResponseReturnValue:
    """Make a set of machines"""
    form = request.form()
    chosen = form.getlist("machine_ids")
    try:
        name, job = form.get("name", "").strip(), form.get("job", "")
        ids = [machine_form.identity(text, "machine_ids") for text in chosen]
        kit = actions.make_kit(request.session(), name, job, ids, fleet.who())
    except (Invalid, Conflict) as refusal:
        return _kits_page(form, chosen, machine_form.problem(refusal)), problems.status_of(refusal)
    return pages.done(KIT_MADE(kit=kit.name), "equipment.kits")


@bp.post("/machines/kits/<uuid:kit_id>/drop")
@request.allowed(*EDITORS)
def drop_kit(kit_id: UUID) -> ResponseReturnValue:
    """Take a set apart"""
    kit = actions.drop_kit(request.session(), kit_id, fleet.who())
    return pages.done(KIT_DROPPED(kit=kit.name), "equipment.kits")


def _kits_page(sent: Mapping[str, str], chosen: Sequence[str], errors: Mapping[str, str]) -> str:
    session = request.session()
    every = known.machines(session)
    return pages.show(
        "equipment/kits.html",
        kits=known.kits(session),
        machines=every,
        names={one.id: asking.machine_name(one) for one in every},
        jobs=[(code, words.say(phrase())) for code, phrase in JOBS.items()],
        sent=sent,
        chosen=set(chosen),
        errors=errors,
        may_edit=fleet.may_edit(),
    )
