"""Not returned: who has which machine beyond its time, and the next step of the ladder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import overdue as actions
from coopfarm.equipment.models import OverdueStep
from coopfarm.equipment.queries import life
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import overdue as rules
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, words, written

_TAKEN = Phrase("overdue-step-done", N_("Written down. The next step is shown when it is due."))
_UNDONE = Phrase("overdue-step-undone", N_("The step is taken back, with your reason."))


@dataclass(frozen=True, slots=True)
class Late:
    """One booking beyond its time: the steps taken, and the next with the moment it is due."""

    what: Kept
    taken: Mapping[str, OverdueStep]
    next: rules.Due | None
    is_due: bool
    since: datetime


@bp.app_template_filter("overdue_step")
def step_in_words(step: str) -> str:
    return words.say(rules.STEPS[step]())


@bp.get("/machines/overdue")
@request.allowed(*OFFICE)
def not_returned() -> ResponseReturnValue:
    """Machines that are not back, the longest first, with the step that is due"""
    return _page()


@bp.post("/machines/overdue/<uuid:booking_id>/steps")
@request.allowed(*OFFICE)
def take_step(booking_id: UUID) -> ResponseReturnValue:
    """Write down a step of the ladder that was taken"""
    form = request.form()
    try:
        hours = form.get("hours", "").strip()
        step = actions.Step(
            form.get("step", "")[:10],
            form.get("note", "").strip()[:300],
            written.number(hours, field="hours") if hours else 0.0,
        )
        actions.take(request.session(), booking_id, step, asking.whose())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(booking_id, refusal), problems.status_of(refusal)
    return pages.done(_TAKEN(), "equipment.not_returned")


@bp.post("/machines/overdue/<uuid:booking_id>/undo")
@request.allowed(*OFFICE)
def undo_step(booking_id: UUID) -> ResponseReturnValue:
    """Take a step back, with a reason"""
    form = request.form()
    step, reason = form.get("step", "")[:10], form.get("note", "").strip()[:300]
    try:
        actions.undo(request.session(), booking_id, step, reason, asking.whose())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(booking_id, refusal), problems.status_of(refusal)
    return pages.done(_UNDONE(), "equipment.not_returned")


def _page(booking_id: UUID | None = None, refusal: Refusal | None = None) -> str:
    session, now = request.session(), request.now()
    found = life.kept(session, life.beyond(session, now))
    taken = life.steps(session, [one.booking.id for one in found])
    policies = life.policies(session)
    return pages.show(
        "equipment/overdue.html",
        late=[_late(one, taken[one.booking.id], policies, now) for one in found],
        wrong=booking_id,
        error=words.say(refusal.sentence) if refusal else "",
    )


def _late(
    what: Kept, taken: Mapping[str, OverdueStep], policies: life.Policies, now: datetime
) -> Late:
    following = rules.next_step(what.booking.ends_at, what.policy(policies), taken)
    is_due = following is not None and following.at <= now
    return Late(what, taken, following, is_due, what.booking.ends_at)
