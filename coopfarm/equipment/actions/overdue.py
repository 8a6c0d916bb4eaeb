"""A machine that is not back: the steps of the ladder, each taken once, by itself or by the office.

No function here commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import entering
from coopfarm.equipment.models import Booking, OverdueStep
from coopfarm.equipment.queries import bookings, life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import overdue as rules
from coopfarm.equipment.rules.policy import Policy
from coopfarm.equipment.rules.work import Cost
from coopfarm.members.actions import telling
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

_ONCE = "overdue_steps"


@dataclass(frozen=True, slots=True)
class Step:
    """A step a person takes: why, and how many hours of work it asks for, if that is the step."""

    step: str
    note: str
    hours: float = 0.0


def remind(session: Session, now: datetime) -> int:
    """Remind by short message whoever is due for it and was not yet; how many."""
    due = [one.booking.id for one in _to_remind(session, now)]
    found = life.kept(session, life.in_state(session, due, ("out",), skip=True))
    taken = life.steps(session, due)
    # Whoever held these bookings before has taken the step, and it is seen only now.
    left = [one for one in found if rules.BY_ITSELF not in taken[one.booking.id]]
    for one in left:
        _write(session, one.booking, Step(rules.BY_ITSELF, ""), now)
        said = rules.REMINDER(machine=one.machine.named, ends=one.booking.ends_at)
        telling.tell(session, telling.Notice(one.booking.member_id, said))
    return len(left)


def is_due(session: Session, now: datetime) -> bool:
    return bool(_to_remind(session, now))


def _to_remind(session: Session, now: datetime) -> list[Kept]:
    found = life.kept(session, life.beyond(session, now))
    taken = life.steps(session, [one.booking.id for one in found])
    policies = life.policies(session) if found else None
    return [
        one
        for one in found
        if policies and _is_reminder_due(one, one.policy(policies), taken[one.booking.id], now)
    ]


def _is_reminder_due(
    what: Kept, policy: Policy, taken: Mapping[str, OverdueStep], now: datetime
) -> bool:
    step = rules.next_step(what.booking.ends_at, policy, taken)
    return step is not None and step.step == rules.BY_ITSELF and step.at <= now


def take(session: Session, booking_id: UUID, step: Step, whose: Whose) -> OverdueStep:
    """Take a step of the ladder by hand. Asked for hours of work, the member owes them.

    Raises NotOverdue, StepTaken, StepNotDue, StepReasonMissing and NotYourBooking.
    """
    if not step.note:
        raise rules.StepReasonMissing(field="note")
    booking = bookings.booking(session, booking_id, for_update=True)
    if booking.state != "out" or booking.ends_at > whose.now:
        raise rules.NotOverdue
    what = life.one(session, booking_id)
    there = life.steps(session, [booking_id])[booking_id].get(step.step)
    if there is not None:
        raise rules.StepTaken(at=there.at)
    _check_due(session, what, step.step, whose.now)
    row = _write(session, booking, step, whose)
    if step.step == "hours":
        booked.charge(session, booking, Cost(0.0, step.hours), "overdue", whose)
    return row


def undo(session: Session, booking_id: UUID, step: str, reason: str, whose: Whose) -> None:
    """Take a step back; the hours it asked for are given back. Raises as `take` does."""
    if not reason:
        raise rules.StepReasonMissing(field="note")
    booking = bookings.booking(session, booking_id, for_update=True)
    row = life.steps(session, [booking_id])[booking_id].get(step)
    if row is None:
        raise rules.NotOverdue
    if step == "hours":
        owed = life.charged_hours(session, booking_id, "overdue")
        booked.charge(session, booking, Cost(0.0, -owed), "overdue", whose)
        entering.correct(session, booking, Cost(0.0, -owed), whose)
    session.delete(row)
    session.flush()
    _note(session, "overdue.undo", booking, Step(step, reason), whose)


def _check_due(session: Session, what: Kept, step: str, now: datetime) -> None:
    hours = rules.ladder(what.policy(life.policies(session))).get(step)
    at = None if hours is None else rules.due_at(what.booking.ends_at, hours)
    if at is None or hours is None:
        raise rules.NotOverdue
    if at > now:
        raise rules.StepNotDue(hours=hours, at=at)


def _write(session: Session, booking: Booking, step: Step, whose: Whose | datetime) -> OverdueStep:
    by_id, at = (None, whose) if isinstance(whose, datetime) else (whose.by_id, whose.now)
    row = OverdueStep(booking_id=booking.id, step=step.step, at=at, by_id=by_id, note=step.note)
    session.add(row)
    with kept_by(_ONCE, rules.StepTaken(at=at)):
        session.flush()
    _note(session, f"overdue.{step.step}", booking, step, whose)
    return row


def _note(
    session: Session, verb: str, booking: Booking, step: Step, whose: Whose | datetime
) -> None:
    """Write the act down; with a moment alone it was nobody's, and came by itself."""
    by_id, at = (None, whose) if isinstance(whose, datetime) else (whose.by_id, whose.now)
    audit.record(
        session,
        verb,
        booking,
        actor_id=by_id,
        at=at,
        after={"step": step.step, "note": step.note}
        | ({"hours": step.hours} if step.hours else {}),
        on_behalf_of=booking.member_id,
    )
