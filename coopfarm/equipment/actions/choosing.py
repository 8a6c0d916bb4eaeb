"""What can be had for a job on a plot: when, for how long, at what cost, or why not.

Nothing is written here: the same rules as of a booking, asked before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import offers
from coopfarm.equipment.models import MachinePolicy
from coopfarm.equipment.queries import choices as known
from coopfarm.equipment.queries import fleet, groups, times
from coopfarm.equipment.queries.cases import (
    AHEAD,
    AROUND,
    LONGEST_PERIOD,
    Case,
    Wanted,
    Whose,
    by_category,
)
from coopfarm.equipment.queries.choices import Choice
from coopfarm.equipment.rules import on_plot, slots
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.choosing import (
    BY_DAYLIGHT,
    LONGEST_BY_DAYLIGHT_MINUTES,
    DayTooShort,
)
from coopfarm.equipment.rules.work import Cost, Rig, cost_of, minutes_for, rate_of
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Refusal
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar

# Where neither the land nor the machine says how long it takes.
USUAL_MINUTES: Final = 120
OFFERED_A_DAY: Final = 3
_A_STEP: Final = timedelta(hours=1)
# What no other hour would mend.
_AT_ANY_HOUR: Final = (no.TooShort, no.TooLong, no.TooManyOpen)


@dataclass(frozen=True, slots=True)
class Ask:
    """The job, where, and on which day; `minutes` where somebody said how long."""

    job: str
    plot: Plot | None
    on: date | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice with the hours it can be had at on the day; or why not, and when next.

    `held` is what nobody has yet on the day and yet cannot be booked, each with its reason.
    """

    choice: Choice
    minutes: int
    cost: Cost
    slots: tuple[Interval, ...]
    refusal: Refusal | None = None
    following: Interval | None = None
    held: tuple[Refusal, ...] = ()

    @property
    def machine_ids(self) -> tuple[UUID, ...]:
        return tuple(machine.id for machine in self.choice.machines)


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything for a job on one day: what can be had, the soonest first, and what cannot."""

    on: date
    can: Sequence[Offered]
    cannot: Sequence[Offered]


def offered(session: Session, ask: Ask, whose: Whose) -> Answer:
    """What a member can have for a job on a day; on the soonest day, where none is named."""
    cases = _cases(session, ask, whose)
    today = whose.now.astimezone(whose.zone).date()
    on = ask.on or _soonest(cases, whose) or today
    told = [_on_day(choice, case, on) for choice, case in cases]
    can = [one for one in told if one.slots]
    can.sort(key=lambda one: (one.choice.is_part, one.slots[0].start, one.cost.money))
    return Answer(on, can, [one for one in told if not one.slots])


def _soonest(cases: Sequence[tuple[Choice, Case]], whose: Whose) -> date | None:
    firsts = [found for _, case in cases if (found := _following(case, whose.now))]
    return min(firsts).start.astimezone(whose.zone).date() if firsts else None


def _cases(session: Session, ask: Ask, whose: Whose) -> list[tuple[Choice, Case]]:
    """Each choice with all that judges it, gathered at once for all of them."""
    found = known.choices(session, ask.job, latin=whose.latin)
    machines = {machine.id: machine for choice in found for machine in choice.machines}
    rows = fleet.rules_in_force(session, {one.category for one in machines.values()})
    asked = Interval(whose.now - LONGEST_PERIOD, whose.now + 2 * LONGEST_PERIOD)
    span, plot = _span(ask, whose), ask.plot
    gathered = _Gathered(
        ask,
        whose,
        times.taken(session, machines, span, latin=whose.latin),
        calendar.in_the_way(session, [plot.id], span, harvests=ask.job in on_plot.HARVESTS)
        if plot
        else (),
        times.counted(session, [whose.member_id], asked),
        None if whose.by_id == whose.member_id else groups.of(session, whose.member_id),
    )
    return [(choice, gathered.case(choice, rows)) for choice in found]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What all choices have in common."""

    ask: Ask
    whose: Whose
    taken: Mapping[UUID, Sequence[slots.Taken]]
    plot_times: Sequence[PlotTime]
    mine: Sequence[times.Counted]
    roles: frozenset[str] | None

    def case(self, choice: Choice, rows: Mapping[str, MachinePolicy]) -> Case:
        rigs = tuple(fleet.rig(machine) for machine in choice.machines)
        policy_id, policy = fleet.rules_of(rows, rigs)
        has = by_category(self.mine, (policy, *policy.also))
        plot, now = self.ask.plot, self.whose.now
        during = Interval(now, now + timedelta(minutes=_minutes(self.ask, rigs)))
        ids = tuple(rig.id for rig in rigs)
        return Case(
            wanted=Wanted(ids, self.ask.job, during, plot.id if plot else None),
            whose=self.whose,
            rigs=rigs,
            plot=plot,
            spot=times.spot_of(plot.boundary) if plot else None,
            taken=self.taken,
            plot_times=self.plot_times,
            policy_id=policy_id,
            policy=policy,
            booked=has[""].booked,
            open_bookings=has[""].open_bookings,
            of_category=has,
            roles=self.roles,
        )


def _span(ask: Ask, whose: Whose) -> Interval:
    starts = whose.now if ask.on is None else max(whose.now, _midnight(ask.on, whose))
    return Interval(starts - AROUND, starts + AHEAD + AROUND)


def _midnight(on: date, whose: Whose) -> datetime:
    return datetime.combine(on, time(), whose.zone).astimezone(whose.now.tzinfo)


def _minutes(ask: Ask, rigs: tuple[Rig, ...]) -> int:
    if ask.minutes:
        return ask.minutes
    area_m2 = ask.plot.net_area_m2 if ask.plot else None
    return (minutes_for(area_m2, rate_of(rigs)) if area_m2 else None) or USUAL_MINUTES


def _on_day(choice: Choice, case: Case, on: date) -> Offered:
    starts = max(case.whose.now, _midnight(on, case.whose))
    ends = _midnight(on + timedelta(days=1), case.whose)
    found = islice(_fitting(case, starts, ends + case.wanted.during.length), OFFERED_A_DAY)
    today = tuple(slot for slot in found if slot.start < ends)
    minutes = round(case.wanted.during.length / timedelta(minutes=1))
    cost = cost_of(case.rigs, minutes, case.plot.net_area_m2 if case.plot else None)
    held = _held(case, Interval(_midnight(on, case.whose), ends))
    if today:
        return Offered(choice, minutes, cost, today, held=held)
    why = _why_not(case, starts, ends)
    following = _following(case, max(ends, case.whose.now))
    rest = tuple(one for one in held if one.facts != why.facts)
    return Offered(choice, minutes, cost, (), why, following, rest)


def _held(case: Case, day: Interval) -> tuple[Refusal, ...]:
    """What is kept free that day, for the next on the waiting list or for a round."""
    return tuple(
        slots.refusal_by(rig, one)
        for rig in case.rigs
        for one in case.taken[rig.id]
        if (one.held_until or one.is_shared) and one.during.overlaps(day)
    )


def _following(case: Case, earliest: datetime) -> Interval | None:
    return next(_fitting(case, earliest, earliest + AHEAD), None)


def _fitting(case: Case, earliest: datetime, latest: datetime) -> Iterator[Interval]:
    length = case.wanted.during.length
    if any(rig.state != "in_service" for rig in case.rigs) or latest <= earliest:
        return
    refused = case.policy.check(case.asked(Interval(earliest, earliest + length))).refused
    if any(isinstance(one, _AT_ANY_HOUR) for one in refused):
        return
    frame = slots.Frame(earliest, latest, case.whose.zone, _hours(case))
    yield from offers.fitting(case, case.rigs, length, frame)


def _hours(case: Case) -> tuple[time, time] | None:
    fits = case.wanted.during.length <= timedelta(minutes=LONGEST_BY_DAYLIGHT_MINUTES)
    return case.policy.hours() or (BY_DAYLIGHT if fits else None)


def _why_not(case: Case, starts: datetime, ends: datetime) -> Refusal:
    """The first thing in the way on a day: what has the machine, else the rule that forbids it.

    A rule that forbids every hour comes before those that another hour would keep.
    """
    for rig in case.rigs:
        if rig.state != "in_service":
            return no.MachineNotInService(machine=rig.name, state=rig.state)
    ruled: list[Refusal] = []
    start = starts
    while start < max(ends, starts + _A_STEP):
        during = Interval(start, start + case.wanted.during.length)
        refused = case.policy.check(case.asked(during)).refused
        ruled += refused
        if not refused and (found := _taken_by(case, during)):
            return found
        start += _A_STEP
    apart = [one for one in ruled if not isinstance(one, no.OutsideHours)]
    always = [one for one in apart if isinstance(one, _AT_ANY_HOUR)]
    return (always or apart or ruled or [_too_short(case, starts)])[0]


def _too_short(case: Case, starts: datetime) -> Refusal:
    minutes = round(case.wanted.during.length / timedelta(minutes=1))
    day = starts.astimezone(case.whose.zone).date()
    return DayTooShort(machine=case.name, day=day, minutes=minutes)


def _taken_by(case: Case, during: Interval) -> Refusal | None:
    for rig in case.rigs:
        if found := slots.clash(rig, during, case.spot, case.taken[rig.id]):
            return found
        if found := case.past_due(rig, during):
            return found
    for busy in case.plot_times:
        if case.plot and Interval(busy.starts_at, busy.ends_at).overlaps(during):
            return on_plot.in_the_way(case.plot.code, busy)
    return None
