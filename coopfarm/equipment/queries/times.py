"""When machines are taken, by whom, and where they are then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely import MultiPolygon
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.queries import waiting
from coopfarm.equipment.rules.jobs import COUNTS
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Spot
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row


def taken(
    session: Session,
    machine_ids: Collection[UUID],
    during: Interval,
    *,
    but: Collection[UUID] = (),
    latin: bool = False,
) -> Mapping[UUID, Sequence[Taken]]:
    """What these machines have to do in a stretch of time, in its order; `but` is left out."""
    query = (
        select(MachineTime, called(latin=latin), Plot.boundary)
        .outerjoin(
            Booking,
            and_(
                Booking.cooperative_id == MachineTime.cooperative_id,
                Booking.id == MachineTime.subject_id,
            ),
        )
        .outerjoin(Member, same_row(Member, Booking.member_id, Booking))
        .outerjoin(Plot, same_row(Plot, Booking.plot_id, Booking))
        .where(
            MachineTime.machine_id.in_(machine_ids),
            MachineTime.is_live,
            MachineTime.starts_at < during.end,
            MachineTime.ends_at > during.start,
            MachineTime.subject_id.not_in(but),
        )
        .order_by(MachineTime.starts_at)
        # Asked for again under a lock: what was moved meanwhile is read anew.
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Taken]] = {one: [] for one in machine_ids}
    rows = session.execute(query).all()
    held = waiting.holds(session, [row[0].subject_id for row in rows if row[0].kind == "hold"])
    for time, name, boundary in rows:
        until = held.get(time.subject_id)
        is_shared = time.kind == "hold" and until is None
        one = Taken(time.during, spot_of(boundary), name or "", until, is_shared)
        found[time.machine_id].append(one)
    return found


def spot_of(boundary: MultiPolygon | None) -> Spot | None:
    """The middle of a plot, to which the road is reckoned."""
    if boundary is None:
        return None
    middle = boundary.centroid
    return Spot(middle.x, middle.y)


@dataclass(frozen=True, slots=True)
class Counted:
    """A booking that counts against limits, with the categories of its machines."""

    id: UUID
    member_id: UUID
    during: Interval
    state: str
    made_at: datetime
    categories: frozenset[str]

    def is_of(self, category: str) -> bool:
        """Whether the rules of a category count it; those for all count every booking."""
        return not category or category in self.categories


def counted(session: Session, member_ids: Collection[UUID], during: Interval) -> Sequence[Counted]:
    """The bookings of these members that count and touch a stretch of time.

    As rows, never from what the session has read before: they are asked for under a lock.
    """
    query = (
        select(
            Booking.id,
            Booking.member_id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.state,
            Booking.made_at,
            Machine.category,
        )
        .outerjoin(MachineTime, same_row_as_subject())
        .outerjoin(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(
            Booking.member_id.in_(member_ids),
            Booking.state.in_(COUNTS),
            Booking.starts_at < during.end,
            Booking.ends_at > during.start,
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    rows: dict[UUID, list[Any]] = {}
    for row in session.execute(query):
        rows.setdefault(row.id, []).append(row)
    return [
        Counted(
            id=one.id,
            member_id=one.member_id,
            during=Interval(one.starts_at, one.ends_at),
            state=one.state,
            made_at=one.made_at,
            categories=frozenset(row.category for row in found if row.category),
        )
        for found in rows.values()
        for one in found[:1]
    ]


def same_row_as_subject() -> ColumnElement[bool]:
    """The stretches of machines that are for a booking."""
    return and_(
        MachineTime.cooperative_id == Booking.cooperative_id,
        MachineTime.subject_id == Booking.id,
    )


def of_member(session: Session, member_id: UUID, during: Interval) -> Sequence[Booking]:
    """A member's bookings that touch a stretch of time."""
    query = select(Booking).where(
        Booking.member_id == member_id,
        Booking.starts_at < during.end,
        Booking.ends_at > during.start,
    )
    return session.scalars(query.order_by(Booking.starts_at)).all()
