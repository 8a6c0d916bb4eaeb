"""Everything that a booking is judged by, gathered in a few questions to the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.equipment.queries import fleet, groups, times, upkeep
from coopfarm.equipment.rules.jobs import OFFICE, OPEN
from coopfarm.equipment.rules.policy import Asked, Has, Policy
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.upkeep import Asked as AskedOfMachine
from coopfarm.equipment.rules.upkeep import Need, past_due
from coopfarm.equipment.rules.work import Rig, Spot
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Refusal
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar, plots

# How far ahead another slot is looked for, and how far around a booking the road matters.
AHEAD: Final = timedelta(days=28)
AROUND: Final = timedelta(days=2)
LONGEST_PERIOD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be booked: machines, the job, where and from when to when.

    `but` is the booking that is to be moved: it does not stand in its own way.
    """

    machine_ids: tuple[UUID, ...]
    job: str
    during: Interval
    plot_id: UUID | None = None
    note: str = ""
    override_reason: str = ""
    but: UUID | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom it is booked, who books it, and when that is."""

    member_id: UUID
    by_id: UUID
    roles: frozenset[str]
    now: datetime
    zone: ZoneInfo
    latin: bool = False

    @property
    def is_office(self) -> bool:
        return bool(self.roles & set(OFFICE))


@dataclass(frozen=True, slots=True)
class Case:
    """What is wanted, by whom, and all that it is held against."""

    wanted: Wanted
    whose: Whose
    rigs: tuple[Rig, ...]
    plot: Plot | None
    spot: Spot | None
    taken: Mapping[UUID, Sequence[Taken]]
    plot_times: Sequence[PlotTime]
    policy_id: UUID | None
    policy: Policy
    booked: tuple[Interval, ...]
    open_bookings: int
    of_category: Mapping[str, Has] = field(default_factory=dict)
    # Of the member it is for, where somebody else books.
    roles: frozenset[str] | None = None
    # Whether only what lies around these hours was read: enough to judge, and not to offer others.
    is_near: bool = False
    needs: Mapping[UUID, Sequence[Need]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.rigs[0].name

    def asked(self, during: Interval) -> Asked:
        """The same for other hours, as the policy is asked."""
        return Asked(
            machine=self.name,
            during=during,
            now=self.whose.now,
            zone=self.whose.zone,
            roles=self.whose.roles if self.roles is None else self.roles,
            open_bookings=self.open_bookings,
            booked=self.booked,
            of_category=self.of_category,
        )

    def past_due(self, rig: Rig, during: Interval) -> Refusal | None:
        """Why a machine would go beyond its upkeep in these hours, or nothing."""
        whose, needs = self.whose, self.needs.get(rig.id, ())
        job = AskedOfMachine(rig, during, self.taken[rig.id], whose.now, whose.zone)
        return past_due(needs, job)


def gather(
    session: Session,
    wanted: Wanted,
    whose: Whose,
    *,
    for_update: bool = False,
    is_near: bool = False,
) -> Case:
    """All that judges a booking; the machines are held where it is `for_update`. Raises Missing."""
    rigs = _rigs(session, wanted, for_update=for_update)
    plot = plots.plot(session, wanted.plot_id) if wanted.plot_id else None
    needs = upkeep.needs(session, wanted.machine_ids)
    # Work that is left until an upkeep is counted over all that is booked before.
    is_near = is_near and not any(needs.values())
    span = _span(wanted, whose, is_near=is_near)
    policy_id, policy = fleet.rules_for(session, rigs)
    has = _of_member(session, wanted, whose, policy)
    return Case(
        wanted=wanted,
        whose=whose,
        rigs=rigs,
        plot=plot,
        spot=times.spot_of(plot.boundary) if plot else None,
        taken=_taken(session, wanted, whose, span),
        plot_times=_on_plot(session, plot, span, wanted.but),
        policy_id=policy_id,
        policy=policy,
        booked=has[""].booked,
        open_bookings=has[""].open_bookings,
        of_category=has,
        roles=None if whose.by_id == whose.member_id else groups.of(session, whose.member_id),
        is_near=is_near,
        needs=needs,
    )


def again(session: Session, case: Case) -> Case:
    """The case as it is now, its machines held: what others may have done since it was gathered.

    The plot, the rules, roles and upkeep stay as they were read in this same act. Raises Missing.
    """
    wanted, whose = case.wanted, case.whose
    rigs = _rigs(session, wanted, for_update=True)
    span = _span(wanted, whose, is_near=case.is_near)
    has = _of_member(session, wanted, whose, case.policy)
    return replace(
        case,
        rigs=rigs,
        taken=_taken(session, wanted, whose, span),
        plot_times=_on_plot(session, case.plot, span, wanted.but),
        booked=has[""].booked,
        open_bookings=has[""].open_bookings,
        of_category=has,
    )


def far(session: Session, case: Case) -> Case:
    """The case with all that other hours are looked for in."""
    if not case.is_near:
        return case
    wanted, whose = case.wanted, case.whose
    span = _span(wanted, whose, is_near=False)
    return replace(
        case,
        taken=_taken(session, wanted, whose, span),
        plot_times=_on_plot(session, case.plot, span, wanted.but),
        is_near=False,
    )


def _rigs(session: Session, wanted: Wanted, *, for_update: bool) -> tuple[Rig, ...]:
    """The machines, the one that was named first at their head."""
    rows = fleet.machines_by_id(session, wanted.machine_ids, for_update=for_update)
    return tuple(
        sorted((fleet.rig(row) for row in rows), key=lambda rig: rig.id != wanted.machine_ids[0])
    )


def _span(wanted: Wanted, whose: Whose, *, is_near: bool) -> Interval:
    during = wanted.during
    if is_near:
        return Interval(during.start - AROUND, during.end + AROUND)
    return Interval(min(whose.now, during.start) - AROUND, max(whose.now, during.end) + AHEAD)


def _taken(
    session: Session, wanted: Wanted, whose: Whose, span: Interval
) -> Mapping[UUID, Sequence[Taken]]:
    but = () if wanted.but is None else (wanted.but,)
    return times.taken(session, wanted.machine_ids, span, but=but, latin=whose.latin)


def _on_plot(
    session: Session, plot: Plot | None, span: Interval, but: UUID | None
) -> Sequence[PlotTime]:
    if plot is None:
        return ()
    found = calendar.of_plots(session, [plot.id], span, only_hard=True)
    return [time for time in found if time.id != but]


def _of_member(session: Session, wanted: Wanted, whose: Whose, policy: Policy) -> Mapping[str, Has]:
    """The member's bookings that count, of every machine under "" and by category."""
    if not policy.is_counting:
        return {"": Has()}
    span = Interval(whose.now - LONGEST_PERIOD, whose.now + LONGEST_PERIOD * 2)
    found = [one for one in times.counted(session, [whose.member_id], span) if one.id != wanted.but]
    return by_category(found, (policy, *policy.also))


def by_category(found: Sequence[times.Counted], policies: Sequence[Policy]) -> Mapping[str, Has]:
    """What a member has, as the rules of each category count it."""
    return {
        category: Has(
            tuple(one.during for one in found if one.is_of(category)),
            sum(one.state in OPEN for one in found if one.is_of(category)),
        )
        for category in {"", *(policy.category for policy in policies)}
    }
