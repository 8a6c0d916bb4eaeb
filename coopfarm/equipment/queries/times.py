"""When machines are taken, by whom, and where they are then."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from shapely import MultiPolygon
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, MachineTime
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
    )
    found: dict[UUID, list[Taken]] = {one: [] for one in machine_ids}
    for time, name, boundary in session.execute(query):
        found[time.machine_id].append(Taken(time.during, spot_of(boundary), name or ""))
    return found


def spot_of(boundary: MultiPolygon | None) -> Spot | None:
    """The middle of a plot, to which the road is reckoned."""
    if boundary is None:
        return None
    middle = boundary.centroid
    return Spot(middle.x, middle.y)


def of_member(session: Session, member_id: UUID, during: Interval) -> Sequence[Booking]:
    """A member's bookings that touch a stretch of time."""
    query = select(Booking).where(
        Booking.member_id == member_id,
        Booking.starts_at < during.end,
        Booking.ends_at > during.start,
    )
    return session.scalars(query.order_by(Booking.starts_at)).all()
