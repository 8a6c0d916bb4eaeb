"""A round becomes final: each shared machine-day a booking, never twice. Nothing commits here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import kept_days, rounds
from coopfarm.equipment.models import Booking, MachineTime, Round
from coopfarm.equipment.queries import fleet
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.queries.rounds import Shared
from coopfarm.equipment.rules import rounds as rules
from coopfarm.kernel.refusal import Refusal
from coopfarm.kernel.words import Sentence


def make_final(session: Session, round_id: UUID, whose: Whose) -> Round:
    """Book every shared day for its member, and give the days that nobody got free.

    What cannot be booked stays in the member's share with the reason. Raises RoundMovedOn and
    AppealsOpen.
    """
    found = rounds.in_state(session, round_id, ("published", "appealed"))
    shares = known.shares(session, round_id)
    waiting = sum(bool(one.share.appeal and not one.share.appeal_answer) for one in shares)
    if waiting:
        raise rules.AppealsOpen(count=waiting)
    for one in sorted(shares, key=lambda one: one.member.id):
        booked.hold_member(session, one.member.id)
    held = known.kept(session, [*kept_days.subjects(found)])
    if held:
        fleet.machines_by_id(session, {one.machine_id for one in held}, for_update=True)
    made = list(_book_all(session, found, shares, held, whose))
    kept_days.release(session, [one for one in held if one.is_live], whose.now)
    rounds.move(found, "final")
    found.final_at = whose.now
    rounds.write_down(session, "round.final", found, whose, {"bookings": len(made)})
    return found


def _book_all(
    session: Session,
    found: Round,
    shares: Sequence[Shared],
    held: Sequence[MachineTime],
    whose: Whose,
) -> Iterator[Booking]:
    hours = kept_days.hours_of(found, whose.zone)
    for one in shares:
        for text in sorted(one.share.days):
            day = date.fromisoformat(text)
            name = kept_days.subject(found.id, day)
            free = [time for time in held if time.subject_id == name and time.is_live]
            wanted = [
                Wanted(
                    (time.machine_id,), found.job, hours.on(day), plot_id, one.wish.note, found.name
                )
                for plot_id in dict.fromkeys((one.wish.plot_id, None))
                for time in free
            ]
            booking = _book_one(session, wanted, free, replace(whose, member_id=one.member.id))
            if isinstance(booking, Booking):
                booking.reasons = [
                    *booking.reasons,
                    rules.BOOKED_BY_ROUND(number=found.number).as_json(),
                ]
                yield booking
            else:
                said = _not_booked(day, booking)
                one.share.reasons = [*one.share.reasons, said.as_json()]


def _book_one(
    session: Session,
    wanted: Sequence[Wanted],
    free: Sequence[MachineTime],
    whose: Whose,
) -> Booking | Refusal | None:
    """The first that can be had, of these machines with the plot and then without it."""
    refused: Refusal | None = None
    times = {time.machine_id: time for time in free}
    for wish in wanted:
        time = times[wish.machine_ids[0]]
        time.is_live = False
        session.flush()
        try:
            return booked.book(session, wish, whose)
        except Refusal as refusal:
            # Refused is refused before a row is written: the day is still the round's.
            refused = refused or refusal
            time.is_live = True
            session.flush()
    return refused


def _not_booked(day: date, refusal: Refusal | None) -> Sentence:
    if refusal is None:
        return rules.NOT_BOOKED(day=day)
    return rules.NOT_BOOKED_RULE(day=day, why=str(refusal.sentence))
