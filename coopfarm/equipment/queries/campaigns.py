"""Campaigns, their stops, and the plots they may go to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Campaign, Machine, Stop
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Visited:
    """A stop with its plot, whose it is, the machine that comes, and its booking."""

    stop: Stop
    plot: Plot
    member: Member | None
    machine: Machine | None
    booking: Booking | None

    @property
    def is_done(self) -> bool:
        """Whether the machine was here and was brought back, or handed on."""
        return self.booking is not None and self.booking.state in ("returned", "settled")


def campaigns(session: Session) -> Sequence[Campaign]:
    """Every campaign, the latest first."""
    return session.scalars(select(Campaign).order_by(Campaign.number.desc())).all()


def campaign(session: Session, campaign_id: UUID, *, for_update: bool = False) -> Campaign:
    """One campaign. Raises Missing."""
    query = select(Campaign).where(Campaign.id == campaign_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(Campaign.number))) or 0) + 1


def shown_to(session: Session, member_id: UUID) -> Sequence[Campaign]:
    """The campaigns that were published and have plots of a member in them, the latest first."""
    mine = select(Stop.campaign_id).where(Stop.member_id == member_id)
    query = select(Campaign).where(Campaign.id.in_(mine), Campaign.state.in_(("published", "done")))
    return session.scalars(query.order_by(Campaign.number.desc())).all()


def stops(session: Session, campaign_id: UUID) -> Sequence[Visited]:
    """The stops by machine and time; those that are left out at the end."""
    query = (
        select(Stop, Plot, Member, Machine, Booking)
        .join(Plot, same_row(Plot, Stop.plot_id, Stop))
        .outerjoin(Member, same_row(Member, Stop.member_id, Stop))
        .outerjoin(Machine, same_row(Machine, Stop.machine_id, Stop))
        .outerjoin(Booking, same_row(Booking, Stop.booking_id, Stop))
        .where(Stop.campaign_id == campaign_id)
        .order_by(Stop.starts_at.is_(None), Machine.name, Stop.starts_at, Plot.code)
    )
    return [Visited(*row) for row in session.execute(query)]


def stop_of_booking(session: Session, booking_id: UUID) -> Stop | None:
    return session.scalar(select(Stop).where(Stop.booking_id == booking_id))


def plots_for(session: Session, codes: Collection[str], crop: str) -> Sequence[Plot]:
    """The drawn plots somebody holds or works that are named, or that bear a crop; by code."""
    query = select(Plot).where(
        or_(Plot.code.in_(codes), Plot.crop == crop if crop else Plot.code.in_(codes)),
        Plot.boundary.is_not(None),
        or_(Plot.holder_id.is_not(None), Plot.worker_id.is_not(None)),
    )
    return session.scalars(query.order_by(Plot.code)).all()


def crops(session: Session) -> Sequence[str]:
    """What stands on the plots."""
    query = select(Plot.crop).where(Plot.crop.is_not(None)).distinct().order_by(Plot.crop)
    return [one for one in session.scalars(query) if one]
