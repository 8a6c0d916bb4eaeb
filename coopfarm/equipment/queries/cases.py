"""Everything that a booking is judged by, gathered in a few questions to the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.queries import at_hand, fleet, groups, times, upkeep
from coopfarm.equipment.queries.at_hand import Hold, Known, Standing
from coopfarm.equipment.rules.jobs import OFFICE, OPEN
from coopfarm.equipment.rules.on_plot import HARVESTS
from coopfarm.equipment.rules.policy import Asked, Has, Policy
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.upkeep import Asked as AskedOfMachine
from coopfarm.equipment.rules.upkeep import Need, past_due
from coopfarm.equipment.rules.work import Rig, Spot
from coopfarm.kernel.calendar import locks
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.land.models import Plot, PlotTime

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


class OnPlot(NamedTuple):
    """What is to happen on a plot, or keeps others off it."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Case:
    """What is wanted, by whom, and all that it is held against."""

    wanted: Wanted
    whose: Whose
    rigs: tuple[Rig, ...]
    plot: Plot | None
    spot: Spot | None
    taken: Mapping[UUID, Sequence[Taken]]
    plot_times: Sequence[OnPlot | PlotTime]
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
    # The booking whose machine the member keeps beyond its time, until it is back.
    kept_id: UUID | None = None

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
    place = at_hand.standing(session, whose.member_id, wanted.plot_id)
    hold = Hold.WAITING if for_update else Hold.NOTHING
    known = at_hand.machines(session, wanted.machine_ids, hold)
    if place is None or known is None:
        raise Missing
    return _gathered(session, wanted, whose, (place, known), is_near=is_near)


def gather_at_once(session: Session, wanted: Wanted, whose: Whose) -> Case | None:
    """The near case with its member and machine held; nothing where others hold either.

    Nothing for several machines either: some of them would be held out of their order.
    """
    if len(wanted.machine_ids) > 1:
        return None
    place = at_hand.standing(session, whose.member_id, wanted.plot_id, Hold.AT_ONCE)
    if place is None:
        return None
    known = at_hand.machines(session, wanted.machine_ids, Hold.AT_ONCE)
    if known is None:
        return None
    return _gathered(session, wanted, whose, (place, known), is_near=True)


def _gathered(
    session: Session,
    wanted: Wanted,
    whose: Whose,
    at: tuple[Standing, Known],
    *,
    is_near: bool,
) -> Case:
    place, known = at
    needs = upkeep.needs(session, wanted.machine_ids) if known.has_plans else {}
    # Work that is left until an upkeep is counted over all that is booked before.
    is_near = is_near and not needs
    span = _span(wanted, whose, is_near=is_near)
    has = _of_member(session, wanted, whose, known.policy)
    return Case(
        wanted=wanted,
        whose=whose,
        rigs=known.rigs,
        plot=place.plot,
        spot=times.spot_of(place.plot.boundary) if place.plot else None,
        taken=times.taken(session, wanted.machine_ids, span, but=wanted.but, latin=whose.latin),
        plot_times=_on_plot(session, place.plot, span, wanted),
        policy_id=known.policy_id,
        policy=known.policy,
        booked=has[""].booked,
        open_bookings=has[""].open_bookings,
        of_category=has,
        roles=None if whose.by_id == whose.member_id else groups.of(session, whose.member_id),
        is_near=is_near,
        needs=needs,
        kept_id=place.kept_id,
    )


def again(session: Session, case: Case) -> Case:
    """The case as it is now, its machines held: what others may have done since it was gathered.

    The plot, the rules, roles and upkeep stay as they were read in this same act. Raises Missing.
    """
    wanted, whose = case.wanted, case.whose
    rows = fleet.machines_by_id(session, wanted.machine_ids, for_update=True)
    held = {row.id: fleet.rig(row) for row in rows}
    span = _span(wanted, whose, is_near=case.is_near)
    has = _of_member(session, wanted, whose, case.policy)
    return replace(
        case,
        rigs=tuple(held[rig.id] for rig in case.rigs),
        taken=times.taken(session, wanted.machine_ids, span, but=wanted.but, latin=whose.latin),
        plot_times=_on_plot(session, case.plot, span, wanted),
        booked=has[""].booked,
        open_bookings=has[""].open_bookings,
        of_category=has,
    )


def far(session: Session, case: Case, ahead: timedelta = AHEAD) -> Case:
    """The case with all that other hours are looked for in, as it is by now."""
    wanted, whose = case.wanted, case.whose
    whole = _span(wanted, whose, is_near=False)
    span = Interval(whole.start, whole.end - AHEAD + ahead + AROUND)
    return replace(
        case,
        taken=times.taken(session, wanted.machine_ids, span, but=wanted.but, latin=whose.latin),
        plot_times=_on_plot(session, case.plot, span, wanted),
        is_near=False,
    )


def _span(wanted: Wanted, whose: Whose, *, is_near: bool) -> Interval:
    during = wanted.during
    if is_near:
        return Interval(during.start - AROUND, during.end + AROUND)
    return Interval(min(whose.now, during.start) - AROUND, max(whose.now, during.end) + AHEAD)


_ON_PLOT: Final = (
    select(PlotTime.kind, PlotTime.starts_at, PlotTime.ends_at, PlotTime.what)
    .where(
        PlotTime.plot_id == bindparam("plot_id"),
        PlotTime.starts_at < bindparam("ends"),
        PlotTime.ends_at > bindparam("starts"),
        or_(PlotTime.is_hard, PlotTime.kind.in_(bindparam("locks", expanding=True))),
        PlotTime.id != bindparam("but"),
    )
    .order_by(PlotTime.starts_at, PlotTime.id)
)


def _on_plot(
    session: Session, plot: Plot | None, span: Interval, wanted: Wanted
) -> Sequence[OnPlot]:
    if plot is None:
        return ()
    asked = {
        "plot_id": plot.id,
        "starts": span.start,
        "ends": span.end,
        "but": wanted.but or times.NOBODY,
        "locks": sorted(locks(harvests=wanted.job in HARVESTS)),
    }
    return [OnPlot(*row) for row in session.execute(_ON_PLOT, asked)]


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
