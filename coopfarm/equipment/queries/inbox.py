"""What waits for the office's word, and whom an approval would refuse."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.queries import fleet, times
from coopfarm.equipment.queries.cases import AROUND
from coopfarm.equipment.rules import on_plot, slots
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Rig, Spot
from coopfarm.kernel.calendar import PRE_HARVEST
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Refusal
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar
from coopfarm.members.models import Member
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Ask:
    """A booking that is asked for, with whose, of what, and where."""

    booking: Booking
    member: Member
    plot: Plot | None
    rigs: tuple[Rig, ...]

    @property
    def spot(self) -> Spot | None:
        return times.spot_of(self.plot.boundary) if self.plot else None

    def refuses(self, other: "Ask") -> bool:
        """Whether approving this leaves no room for the other: cleaning and the road count."""
        return other.booking.id != self.booking.id and any(
            slots.clash(rig, other.booking.during, other.spot, [self._takes(rig)])
            for rig in other.rigs
            if rig in self.rigs
        )

    def _takes(self, rig: Rig) -> Taken:
        return Taken(slots.stretch(rig, self.booking.during), self.spot, "")


@dataclass(frozen=True, slots=True)
class Pending:
    """One line of the inbox: the request, its rivals, and why it cannot be approved, if so."""

    ask: Ask
    rivals: tuple[Ask, ...]
    in_the_way: Refusal | None


def waiting(session: Session) -> int:
    """How many requests wait for the office."""
    query = select(func.count()).select_from(Booking).where(Booking.state == "requested")
    return session.scalar(query) or 0


def pending(session: Session, *, now: datetime, latin: bool = False) -> Sequence[Pending]:
    """Everything that waits, the oldest first."""
    found = asks(session)
    if not found:
        return []
    span = Interval(
        min(now, *(one.booking.starts_at for one in found)) - AROUND,
        max(now, *(one.booking.ends_at for one in found)) + AROUND,
    )
    taken = times.taken(session, {rig.id for one in found for rig in one.rigs}, span, latin=latin)
    plots = {one.plot.id for one in found if one.plot}
    on_plots = calendar.in_the_way(session, plots, span, harvests=True)
    return [
        Pending(
            one,
            tuple(other for other in found if one.refuses(other)),
            _in_the_way(one, taken, on_plots, now),
        )
        for one in found
    ]


def rivals_of(session: Session, booking: Booking) -> Sequence[Ask]:
    """The requests that an approval of this one would refuse, itself not among them."""
    machine_ids = select(MachineTime.machine_id).where(MachineTime.subject_id == booking.id)
    around = Interval(booking.starts_at - AROUND, booking.ends_at + AROUND)
    near = session.scalars(
        select(MachineTime.subject_id).where(
            MachineTime.machine_id.in_(machine_ids),
            MachineTime.starts_at < around.end,
            MachineTime.ends_at > around.start,
        )
    )
    found = asks(session, only={*near} | {booking.id})
    this = next((one for one in found if one.booking.id == booking.id), None)
    return [one for one in found if this is not None and this.refuses(one)]


def asks(session: Session, *, only: Collection[UUID] | None = None) -> Sequence[Ask]:
    """The requests that wait, the oldest first; of `only` these, where they are named."""
    query = (
        select(Booking, Member, Plot)
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .outerjoin(Plot, same_row(Plot, Booking.plot_id, Booking))
        .where(Booking.state == "requested")
        .order_by(Booking.made_at, Booking.id)
    )
    if only is not None:
        query = query.where(Booking.id.in_(only))
    found = session.execute(query).all()
    rigs = _rigs(session, [booking.id for booking, _, _ in found])
    return [Ask(booking, member, plot, rigs.get(booking.id, ())) for booking, member, plot in found]


def _rigs(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Rig, ...]]:
    """The machines of bookings; what drives comes before what it pulls."""
    query = (
        select(MachineTime.subject_id, Machine)
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(MachineTime.subject_id.in_(ids))
        .order_by(Machine.kind.desc(), Machine.name, Machine.id)
    )
    found: dict[UUID, tuple[Rig, ...]] = {}
    for booking_id, row in session.execute(query):
        found[booking_id] = (*found.get(booking_id, ()), fleet.rig(row))
    return found


def _in_the_way(
    ask: Ask,
    taken: Mapping[UUID, Sequence[Taken]],
    on_plots: Sequence[PlotTime],
    now: datetime,
) -> Refusal | None:
    """What the clock, the machines and the plot say; the rules are asked when it is approved."""
    during = ask.booking.during
    if during.start <= now:
        return no.RequestTooLate()
    for rig in ask.rigs:
        if rig.state != "in_service":
            return no.MachineNotInService(machine=rig.name, state=rig.state)
        found = slots.clash(rig, during, ask.spot, taken[rig.id])
        if found is not None:
            return found
    for time in on_plots:
        if time.kind == PRE_HARVEST and ask.booking.job not in on_plot.HARVESTS:
            continue
        of_plot = ask.plot is not None and time.plot_id == ask.plot.id
        if of_plot and Interval(time.starts_at, time.ends_at).overlaps(during):
            return on_plot.in_the_way(ask.plot.code if ask.plot else "", time)
    return None
