"""Everything that a booking is judged by, gathered in a few questions to the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.equipment.queries import fleet, times
from coopfarm.equipment.rules.jobs import COUNTS, OFFICE, OPEN
from coopfarm.equipment.rules.policy import LIMITS, Asked, Policy
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Rig, Spot
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar, plots

# How far ahead another slot is looked for, and how far around a booking the road matters.
AHEAD: Final = timedelta(days=28)
AROUND: Final = timedelta(days=2)
_LONGEST_PERIOD: Final = timedelta(days=400)


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
            roles=self.whose.roles,
            open_bookings=self.open_bookings,
            booked=self.booked,
        )


def gather(session: Session, wanted: Wanted, whose: Whose, *, for_update: bool = False) -> Case:
    """All that judges a booking; the machines are held where it is `for_update`. Raises Missing."""
    rows = fleet.machines_by_id(session, wanted.machine_ids, for_update=for_update)
    rigs = tuple(
        sorted((fleet.rig(row) for row in rows), key=lambda rig: rig.id != wanted.machine_ids[0])
    )
    plot = plots.plot(session, wanted.plot_id) if wanted.plot_id else None
    span = Interval(
        min(whose.now, wanted.during.start) - AROUND, max(whose.now, wanted.during.end) + AHEAD
    )
    but = () if wanted.but is None else (wanted.but,)
    policy_id, policy = fleet.policy(session, rigs[0].category)
    booked, open_bookings = _of_member(session, wanted, whose, policy)
    return Case(
        wanted=wanted,
        whose=whose,
        rigs=rigs,
        plot=plot,
        spot=times.spot_of(plot.boundary) if plot else None,
        taken=times.taken(session, wanted.machine_ids, span, but=but, latin=whose.latin),
        plot_times=_on_plot(session, plot, span, but),
        policy_id=policy_id,
        policy=policy,
        booked=booked,
        open_bookings=open_bookings,
    )


def _on_plot(
    session: Session, plot: Plot | None, span: Interval, but: tuple[UUID, ...]
) -> Sequence[PlotTime]:
    if plot is None:
        return ()
    found = calendar.of_plots(session, [plot.id], span, only_hard=True)
    return [time for time in found if time.id not in but]


def _of_member(
    session: Session, wanted: Wanted, whose: Whose, policy: Policy
) -> tuple[tuple[Interval, ...], int]:
    """The member's bookings that count against quotas, and how many are open now."""
    if not any(line.code in LIMITS for line in policy.lines):
        return (), 0
    span = Interval(whose.now - _LONGEST_PERIOD, whose.now + _LONGEST_PERIOD * 2)
    found = [
        booking
        for booking in times.of_member(session, whose.member_id, span)
        if booking.id != wanted.but
    ]
    counted = tuple(booking.during for booking in found if booking.state in COUNTS)
    return counted, sum(booking.state in OPEN for booking in found)
