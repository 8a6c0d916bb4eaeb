"""How each machine stands at a moment, and who has it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.rules import fleet as rules
from coopfarm.equipment.rules.jobs import HOLDS
from coopfarm.members.models import Member
from coopfarm.store.base import same_row

# Reserved is what begins within this long.
SOON: Final = timedelta(hours=2)
_BEFORE: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Standing:
    """A machine's state with what it comes from: until when, and whose booking."""

    state: str = "available"
    until: datetime | None = None
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to ask about a machine: who has it `now`, or had it `before`."""

    name: str
    phone: str
    when: str


def standings(
    session: Session, machines: Sequence[Machine], now: datetime
) -> Mapping[UUID, Standing]:
    """How these machines stand, by their ids."""
    found = {one.id: Standing(rules.standing(one.state, None, is_late=False)) for one in machines}
    for time, booking in _holding(session, list(found), now):
        before = found[time.machine_id]
        if before.state in ("broken", "retired", "out", "due"):
            continue
        is_out = booking is not None and booking.state == "out"
        held_as = "out" if is_out else ("upkeep" if time.kind == "upkeep" else "reserved")
        ends_at = booking.ends_at if booking is not None else time.ends_at
        if held_as == "upkeep" and time.starts_at > now:
            continue
        if before.state == "available" or held_as == "out":
            state = rules.standing("in_service", held_as, is_late=is_out and ends_at <= now)
            found[time.machine_id] = Standing(state, ends_at, booking)
    return found


def _holding(
    session: Session, machine_ids: Collection[UUID], now: datetime
) -> Sequence[tuple[MachineTime, Booking | None]]:
    """What holds these machines now, or soon; what is out holds them however late it is."""
    at_once = and_(MachineTime.starts_at < now + SOON, MachineTime.ends_at > now)
    query = (
        select(MachineTime, Booking)
        .outerjoin(Booking, same_row(Booking, MachineTime.subject_id, MachineTime))
        .where(
            MachineTime.machine_id.in_(machine_ids),
            or_(Booking.state == "out", and_(MachineTime.is_live, at_once)),
        )
        .order_by(MachineTime.starts_at)
    )
    return [(time, booking) for time, booking in session.execute(query)]


def whom_to_call(
    session: Session, machine_id: UUID, member_id: UUID, now: datetime, *, latin: bool = False
) -> Sequence[Call]:
    """Who has a machine now and who had it before, where both they and the asker show numbers.

    The asker is left out; at most one of each is told.
    """
    asker = session.scalar(select(Member).where(Member.id == member_id))
    if asker is None or not asker.shares_phone:
        return ()
    query = (
        select(Booking, Member)
        .join(MachineTime, _is_of(machine_id))
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .where(
            Booking.state.in_((*HOLDS, "returned", "settled")),
            Booking.starts_at <= now,
            or_(Booking.ends_at > now - _BEFORE, Booking.state == "out"),
        )
        .order_by(Booking.starts_at.desc())
    )
    found: dict[str, Call] = {}
    for booking, member in session.execute(query):
        has_it = booking.state == "out" or (booking.state == "confirmed" and booking.ends_at > now)
        when = "now" if has_it else "before"
        if when not in found:
            phone = member.phone if member.shares_phone and member.id != member_id else None
            found[when] = Call(member.called(latin=latin), phone or "", when)
    return [call for call in found.values() if call.phone]


def _is_of(machine_id: UUID) -> ColumnElement[bool]:
    return and_(
        MachineTime.cooperative_id == Booking.cooperative_id,
        MachineTime.subject_id == Booking.id,
        MachineTime.machine_id == machine_id,
    )
