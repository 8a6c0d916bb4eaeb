"""When machines are taken, by whom, and where they are then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shapely import MultiPolygon
from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime, Waiting
from coopfarm.equipment.rules.jobs import COUNTS
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.work import Spot
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row

NOBODY: Final = UUID(int=0)


def same_row_as_subject() -> ColumnElement[bool]:
    """The stretches of machines that are for a booking."""
    return and_(
        MachineTime.cooperative_id == Booking.cooperative_id,
        MachineTime.subject_id == Booking.id,
    )


# Built once, and columns alone: asked again under a lock, they tell what others did meanwhile.
_TAKEN: Final = {
    latin: select(
        MachineTime.machine_id,
        MachineTime.kind,
        MachineTime.starts_at,
        MachineTime.ends_at,
        called(latin=latin),
        Plot.boundary,
        Waiting.held_until,
    )
    .outerjoin(Booking, same_row_as_subject())
    .outerjoin(Member, same_row(Member, Booking.member_id, Booking))
    .outerjoin(Plot, same_row(Plot, Booking.plot_id, Booking))
    .outerjoin(Waiting, same_row(Waiting, MachineTime.subject_id, MachineTime))
    .where(
        MachineTime.machine_id.in_(bindparam("machine_ids", expanding=True)),
        MachineTime.is_live,
        MachineTime.starts_at < bindparam("ends"),
        MachineTime.ends_at > bindparam("starts"),
        MachineTime.subject_id != bindparam("but"),
    )
    .order_by(MachineTime.starts_at)
    for latin in (True, False)
}


def taken(
    session: Session,
    machine_ids: Collection[UUID],
    during: Interval,
    *,
    but: UUID | None = None,
    latin: bool = False,
) -> Mapping[UUID, Sequence[Taken]]:
    """What these machines have to do in a stretch of time, in its order; `but` is left out."""
    asked = {
        "machine_ids": [*machine_ids],
        "starts": during.start,
        "ends": during.end,
        "but": but or NOBODY,
    }
    found: dict[UUID, list[Taken]] = {one: [] for one in machine_ids}
    for row in session.execute(_TAKEN[latin], asked):
        machine_id, kind, starts, ends, name, boundary, until = row
        is_shared = kind == "hold" and until is None
        one = Taken(Interval(starts, ends), spot_of(boundary), name or "", until, is_shared)
        found[machine_id].append(one)
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


_COUNTED: Final = (
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
        Booking.member_id.in_(bindparam("member_ids", expanding=True)),
        Booking.state.in_(COUNTS),
        Booking.starts_at < bindparam("ends"),
        Booking.ends_at > bindparam("starts"),
    )
    .order_by(Booking.starts_at, Booking.id)
)


def counted(session: Session, member_ids: Collection[UUID], during: Interval) -> Sequence[Counted]:
    """The bookings of these members that count and touch a stretch of time.

    As rows, never from what the session has read before: they are asked for under a lock.
    """
    asked = {"member_ids": [*member_ids], "starts": during.start, "ends": during.end}
    rows: dict[UUID, list[Any]] = {}
    for row in session.execute(_COUNTED, asked):
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


def of_member(session: Session, member_id: UUID, during: Interval) -> Sequence[Booking]:
    """A member's bookings that touch a stretch of time."""
    query = select(Booking).where(
        Booking.member_id == member_id,
        Booking.starts_at < during.end,
        Booking.ends_at > during.start,
    )
    return session.scalars(query.order_by(Booking.starts_at)).all()
