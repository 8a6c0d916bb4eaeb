"""Rounds of the season: their wishes, what came of them, and what is owed from those before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, MachineTime, Round, SeasonShare, Wish
from coopfarm.equipment.rules.rounds import SHOWN_TO_ALL
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish with who states it."""

    wish: Wish
    member: Member
    plot: Plot | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What a member got, with who it is and what they had wished for."""

    share: SeasonShare
    member: Member
    wish: Wish


def rounds(session: Session) -> Sequence[Round]:
    """Every round, the latest first."""
    return session.scalars(select(Round).order_by(Round.number.desc())).all()


def a_round(session: Session, round_id: UUID, *, for_update: bool = False) -> Round:
    """One round. Raises Missing."""
    query = select(Round).where(Round.id == round_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(Round.number))) or 0) + 1


def wishes(session: Session, round_id: UUID) -> Sequence[Wished]:
    """The wishes of a round, by the members' numbers."""
    query = (
        select(Wish, Member, Plot)
        .join(Member, same_row(Member, Wish.member_id, Wish))
        .outerjoin(Plot, same_row(Plot, Wish.plot_id, Wish))
        .where(Wish.round_id == round_id)
        .order_by(Member.number)
    )
    return [Wished(*row) for row in session.execute(query)]


def wish_of(session: Session, round_id: UUID, member_id: UUID) -> Wish | None:
    query = select(Wish).where(Wish.round_id == round_id, Wish.member_id == member_id)
    return session.scalar(query)


def count_wishes(session: Session) -> Mapping[UUID, int]:
    """How many wishes each round has."""
    query = select(Wish.round_id, func.count(Wish.id)).group_by(Wish.round_id)
    return {row[0]: row[1] for row in session.execute(query)}


def shares(session: Session, round_id: UUID) -> Sequence[Shared]:
    """What came of a round, by the members' numbers."""
    query = (
        select(SeasonShare, Member, Wish)
        .join(Member, same_row(Member, SeasonShare.member_id, SeasonShare))
        .join(
            Wish,
            (Wish.cooperative_id == SeasonShare.cooperative_id)
            & (Wish.round_id == SeasonShare.round_id)
            & (Wish.member_id == SeasonShare.member_id),
        )
        .where(SeasonShare.round_id == round_id)
        .order_by(Member.number)
    )
    return [Shared(*row) for row in session.execute(query)]


def share_of(
    session: Session, round_id: UUID, member_id: UUID, *, for_update: bool = False
) -> SeasonShare | None:
    query = select(SeasonShare).where(
        SeasonShare.round_id == round_id, SeasonShare.member_id == member_id
    )
    return session.scalar(query.with_for_update() if for_update else query)


def carried(session: Session, category: str, before: int) -> Mapping[UUID, float]:
    """What the last round of a category that each took part in left owing, in machine-days."""
    query = (
        select(SeasonShare.member_id, SeasonShare.carried_out)
        .join(Round, same_row(Round, SeasonShare.round_id, SeasonShare))
        .where(Round.category == category, Round.number < before, Round.state.in_(SHOWN_TO_ALL))
        .order_by(Round.number)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def kept(session: Session, subject_ids: Sequence[UUID]) -> Sequence[MachineTime]:
    """The machine-days that are still kept under these names."""
    query = select(MachineTime).where(
        MachineTime.subject_id.in_(subject_ids), MachineTime.is_live, MachineTime.kind == "hold"
    )
    return session.scalars(query.order_by(MachineTime.starts_at, MachineTime.machine_id)).all()


def bookings_of(session: Session, ids: Sequence[UUID]) -> Sequence[Booking]:
    """These bookings by their beginning."""
    return session.scalars(
        select(Booking).where(Booking.id.in_(ids)).order_by(Booking.starts_at)
    ).all()
