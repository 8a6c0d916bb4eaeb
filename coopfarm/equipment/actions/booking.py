"""A machine is booked: lock, rules, rows, charges and audit in the one transaction of the act.

No function here commits.
"""

import secrets
from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import offers
from coopfarm.equipment.models import Booking, Charge, MachineTime
from coopfarm.equipment.queries import cases, life
from coopfarm.equipment.queries.cases import Case, Wanted, Whose
from coopfarm.equipment.rules import on_plot, slots
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.overdue import OnHold
from coopfarm.equipment.rules.policy import Verdict
from coopfarm.equipment.rules.work import Cost, cost_of
from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.actions import telling
from coopfarm.members.models import Member
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import writes_alone

MOST_MACHINES: Final = 5
GUARD: Final = "machine_times_no_overlap"
# Short enough to be one message or two in any script.
FOR_YOU = Phrase("sms-booked", N_("The office booked %(machine)s for you: %(starts)s."))
FOR_YOU_ASKED = Phrase(
    "sms-booking-asked", N_("%(machine)s is asked for in your name: %(starts)s. Not booked yet.")
)


def book(session: Session, wanted: Wanted, whose: Whose) -> Booking:
    """Book machines for a member, or ask the office where the rules want its word.

    Raises MachineTaken, MachineUnreachable, MachineNotInService, NoSuchJob, PlotUnderWater,
    PlotNotToEnter, PlotNotToHarvest, InThePast, NoMachine, NotYourPlot, ReasonMissing, Missing,
    and what the policy refuses (`rules.policy`). A conflict carries what would be accepted
    instead as its `alternatives`.
    """
    _check_shape(wanted, whose)
    case, verdict = _judged(session, wanted, whose)
    booking = _write(session, case, verdict)
    if whose.by_id != whose.member_id:
        _tell(session, case, booking)
    return booking


def _judged(session: Session, wanted: Wanted, whose: Whose) -> tuple[Case, Verdict]:
    """The case, and what the rules say of it, with everything held that others may want."""
    if writes_alone(session):
        case = cases.gather(session, wanted, whose, is_near=True)
        return case, _judge_anew(session, case)
    at_once = cases.gather_at_once(session, wanted, whose)
    if at_once is not None:
        return at_once, _judge_anew(session, at_once)
    # Who is too late learns it without waiting for the locks of those who were in time.
    case = cases.gather(session, wanted, whose, is_near=True)
    _judge_anew(session, case)
    hold(session, wanted, whose)
    case = cases.again(session, case)
    return case, judge(session, case)


def _tell(session: Session, case: Case, booking: Booking) -> None:
    """For whom somebody else books hears of it."""
    phrase = FOR_YOU_ASKED if booking.state == "requested" else FOR_YOU
    said = phrase(machine=case.name, starts=booking.starts_at)
    telling.tell(session, telling.Notice(booking.member_id, said, good_until=booking.starts_at))


def hold(session: Session, wanted: Wanted, whose: Whose) -> None:
    """Hold the member for the limits; the machines are held after it, in the order of their ids."""
    hold_member(session, whose.member_id)


def hold_member(session: Session, member_id: UUID) -> None:
    session.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))


def judge(session: Session, case: Case) -> Verdict:
    """Hold the case against every rule: what the lines of the policy warn of, where all is well.

    Raises the first refusal, with what would be accepted instead, looked for once it is asked for.
    """
    refusal = in_the_way(case)
    verdict = case.policy.check(case.asked(case.wanted.during))
    is_set_aside = bool(verdict.refused) and case.whose.is_office and case.wanted.override_reason
    if refusal is None and verdict.refused and not is_set_aside:
        refusal = verdict.refused[0]
    if refusal is None:
        return verdict
    if isinstance(refusal, Conflict):
        refusal.alternatives = offers.Instead(session, case)
    raise refusal


def _check_shape(wanted: Wanted, whose: Whose) -> None:
    if not 1 <= len(set(wanted.machine_ids)) <= MOST_MACHINES:
        raise no.NoMachine(field="machine_ids", most=MOST_MACHINES)
    if wanted.during.start < whose.now:
        raise no.InThePast(field="starts_at")


def _judge_anew(session: Session, case: Case) -> Verdict:
    """Who keeps a machine beyond its time books no other one, once the ladder came so far."""
    if case.kept_id is not None and not case.whose.is_office:
        raise OnHold(machine=life.one(session, case.kept_id).machine.named)
    return judge(session, case)


def never(case: Case) -> Refusal | None:
    """What no other hour would change: whose plot it is, and what the machines are and do."""
    whose, plot = case.whose, case.plot
    if plot and not whose.is_office and whose.member_id not in (plot.holder_id, plot.worker_id):
        return no.NotYourPlot(plot=plot.code)
    for rig in case.rigs:
        if rig.state != "in_service":
            return no.MachineNotInService(machine=rig.name, state=rig.state)
    if not any(case.wanted.job in rig.jobs for rig in case.rigs):
        jobs = ", ".join(case.rigs[0].jobs)
        return no.NoSuchJob(field="job", machine=case.name, jobs=jobs)
    return None


def in_the_way(case: Case) -> Refusal | None:
    """What no office can set aside: the machine, the plot, and who may book for it."""
    refusal = never(case)
    if refusal is not None:
        return refusal
    for rig in case.rigs:
        found = slots.clash(rig, case.wanted.during, case.spot, case.taken[rig.id])
        found = found or case.past_due(rig, case.wanted.during)
        if found is not None:
            return found
    return _on_the_plot(case)


def _on_the_plot(case: Case) -> Refusal | None:
    for time in case.plot_times:
        if Interval(time.starts_at, time.ends_at).overlaps(case.wanted.during):
            return on_plot.in_the_way(case.plot.code if case.plot else "", time)
    return None


def _write(session: Session, case: Case, verdict: Verdict) -> Booking:
    wanted, whose = case.wanted, case.whose
    minutes = wanted.during.length.total_seconds() / 60
    area_m2 = case.plot.net_area_m2 if case.plot else None
    cost = cost_of(case.rigs, minutes, area_m2)
    waits = verdict.needs_approval and not whose.is_office
    booking = Booking(
        id=uuid4(),
        member_id=whose.member_id,
        made_by=whose.by_id,
        plot_id=wanted.plot_id,
        job=wanted.job,
        starts_at=wanted.during.start,
        ends_at=wanted.during.end,
        state="requested" if waits else "confirmed",
        area_m2=area_m2,
        cost_money=cost.money,
        cost_hours=cost.hours,
        policy_id=case.policy_id,
        reasons=[*reasons(verdict)],
        override_reason=wanted.override_reason if verdict.refused else "",
        note=wanted.note,
        code=f"{secrets.randbelow(10**6):06}",
        made_at=whose.now,
    )
    session.add(booking)
    _take_machines(session, case, booking)
    _write_down(session, case, booking)
    # The calendars write it all at once: of one flush the rows of `Booking` come before `Charge`s,
    # as the names of their classes do.
    with kept_by(GUARD, beaten(session, case)):
        if not waits:
            confirm(session, booking, cost, whose)
        session.flush()
    return booking


def _write_down(session: Session, case: Case, booking: Booking) -> None:
    whose = case.whose
    audit.record(
        session,
        "booking.request" if booking.state == "requested" else "booking.book",
        booking,
        actor_id=whose.by_id,
        at=whose.now,
        after=told(booking, case.wanted.machine_ids),
        on_behalf_of=whose.member_id if whose.by_id != whose.member_id else None,
    )


def reasons(verdict: Verdict) -> Iterator[dict[str, object]]:
    """What the rules say of a booking that is let through, as it is kept with it."""
    yield from (said.sentence.as_json() for said in verdict.warned)
    for said in verdict.refused:
        yield said.sentence.as_json() | {"set_aside": True}


def _take_machines(session: Session, case: Case, booking: Booking) -> None:
    for rig in case.rigs:
        whole = slots.stretch(rig, booking.during)
        session.add(
            MachineTime(
                machine_id=rig.id,
                subject_id=booking.id,
                kind="booking",
                starts_at=whole.start,
                ends_at=whole.end,
                is_live=booking.state != "requested",
            )
        )


def beaten(session: Session, case: Case) -> no.MachineTaken:
    """What the database says when all else let two bookings through, with what is left."""
    said = taken(case)
    said.alternatives = offers.Instead(session, case)
    return said


def taken(case: Case) -> no.MachineTaken:
    during = case.wanted.during
    return no.MachineTaken(machine=case.name, starts=during.start, ends=during.end, who="")


def confirm(session: Session, booking: Booking, cost: Cost, whose: Whose) -> None:
    """Put a booking that holds into the calendars, and charge for it."""
    _owe(session, booking, cost, "booked", whose)
    enter(session, booking)


def enter(session: Session, booking: Booking) -> None:
    """Write a booking into the calendar of its plot, and of its member."""
    if booking.plot_id is not None:
        entry = Entry(booking.id, booking.plot_id, "booking", booking.during)
        plot_calendar.write(session, [entry])
    person_calendar.write(
        session, [Entry(booking.id, booking.member_id, "booking", booking.during, is_hard=False)]
    )


def charge(session: Session, booking: Booking, cost: Cost, why: str, whose: Whose) -> None:
    """Add lines to what is owed for a booking; one that takes back is negative."""
    _owe(session, booking, cost, why, whose)
    session.flush()


def _owe(session: Session, booking: Booking, cost: Cost, why: str, whose: Whose) -> None:
    for unit, amount in (("money", cost.money), ("hours", cost.hours)):
        if amount:
            session.add(
                Charge(
                    booking_id=booking.id,
                    member_id=booking.member_id,
                    unit=unit,
                    amount=amount,
                    why=why,
                    made_at=whose.now,
                )
            )


def told(booking: Booking, machine_ids: tuple[UUID, ...]) -> dict[str, object]:
    """A booking as the audit keeps it."""
    return {
        "machines": [str(one) for one in machine_ids],
        "job": booking.job,
        "plot_id": str(booking.plot_id) if booking.plot_id else None,
        "from": booking.starts_at.isoformat(),
        "to": booking.ends_at.isoformat(),
        "state": booking.state,
        **({"override": booking.override_reason} if booking.override_reason else {}),
    }
