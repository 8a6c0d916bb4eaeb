"""Rotas, their slots, and swaps that wait for an answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Member
from coopfarm.parties.models import Rota, RotaMember, Slot, SlotSwap
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Turn:
    """A slot with who has it."""

    slot: Slot
    member: Member | None


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap with both slots."""

    swap: SlotSwap
    slot: Slot
    other: Slot


def rotas(session: Session) -> Sequence[Rota]:
    """Every rota, the newest first."""
    return session.scalars(select(Rota).order_by(Rota.made_at.desc(), Rota.name)).all()


def rota(session: Session, rota_id: UUID, *, for_update: bool = False) -> Rota:
    """Raises Missing."""
    query = select(Rota).where(Rota.id == rota_id)
    found = session.scalar(query.with_for_update(key_share=True) if for_update else query)
    if found is None:
        raise Missing
    return found


def members(session: Session, rota_id: UUID) -> Sequence[Member]:
    """Who takes turns, by number."""
    query = (
        select(Member)
        .join(RotaMember, same_row(Member, RotaMember.member_id, RotaMember))
        .where(RotaMember.rota_id == rota_id)
    )
    return session.scalars(query.order_by(Member.number)).all()


def turns(session: Session, rota_id: UUID) -> Sequence[Turn]:
    """The slots of a rota in order, with who has them."""
    query = (
        select(Slot, Member)
        .outerjoin(Member, same_row(Member, Slot.member_id, Slot))
        .where(Slot.rota_id == rota_id)
    )
    rows = session.execute(query.order_by(Slot.starts_at, Slot.id))
    return [Turn(slot, member) for slot, member in rows]


def slot(session: Session, slot_id: UUID) -> Slot:
    """Raises Missing."""
    found = session.scalar(select(Slot).where(Slot.id == slot_id))
    if found is None:
        raise Missing
    return found


def slots_of_member(session: Session, member_id: UUID, since: datetime) -> Sequence[Slot]:
    """A member's slots that end after a moment, the earliest first."""
    query = select(Slot).where(Slot.member_id == member_id, Slot.ends_at > since)
    return session.scalars(query.order_by(Slot.starts_at)).all()


def swap(session: Session, swap_id: UUID) -> SlotSwap:
    """Raises Missing."""
    found = session.scalar(select(SlotSwap).where(SlotSwap.id == swap_id))
    if found is None:
        raise Missing
    return found


def open_swaps(session: Session, slot_ids: Collection[UUID]) -> Sequence[Swap]:
    """Swaps of these slots that wait for an answer."""
    query = select(SlotSwap).where(
        SlotSwap.state == "open",
        or_(SlotSwap.slot_id.in_(slot_ids), SlotSwap.other_slot_id.in_(slot_ids)),
    )
    found = session.scalars(query.order_by(SlotSwap.made_at)).all() if slot_ids else ()
    return [
        Swap(one, slot(session, one.slot_id), slot(session, one.other_slot_id)) for one in found
    ]
