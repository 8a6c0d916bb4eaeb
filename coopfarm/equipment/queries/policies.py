"""The rules of booking: what is in force, what was, the draft, and what it would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachinePolicy, MachineTime
from coopfarm.equipment.queries import groups, times
from coopfarm.equipment.queries.cases import LONGEST_PERIOD, by_category
from coopfarm.equipment.rules.policy import EVERYTHING_GOES, Asked, Line, Policy, policy_of
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.members.models import Member
from coopfarm.store.base import same_row

_OPEN: Final = ("requested", "confirmed")


@dataclass(frozen=True, slots=True)
class Effect:
    """A booking that is made already and that a draft would not let through; it stays."""

    booking: Booking
    member: Member
    machine: str
    refusals: tuple[Refusal, ...]


def in_force(session: Session) -> Mapping[str, MachinePolicy]:
    """The version in force by category; "" is for all machines."""
    found = session.scalars(select(MachinePolicy).where(MachinePolicy.state == "in_force"))
    return {row.category: row for row in found}


def lines_of(row: MachinePolicy | None) -> tuple[Line, ...]:
    return policy_of(row.version, row.category, row.lines).lines if row else ()


def versions(session: Session, category: str) -> Sequence[MachinePolicy]:
    """Every version that is or was in force, the newest first."""
    query = (
        select(MachinePolicy)
        .where(MachinePolicy.category == category, MachinePolicy.state != "draft")
        .order_by(MachinePolicy.version.desc())
    )
    return session.scalars(query).all()


def version(session: Session, policy_id: UUID) -> MachinePolicy:
    """A version that is or was in force. Raises Missing."""
    query = select(MachinePolicy).where(
        MachinePolicy.id == policy_id, MachinePolicy.state != "draft"
    )
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def draft(session: Session, category: str) -> MachinePolicy | None:
    query = select(MachinePolicy).where(
        MachinePolicy.category == category, MachinePolicy.state == "draft"
    )
    return session.scalars(query.order_by(MachinePolicy.version.desc())).first()


def held(session: Session, category: str) -> Mapping[str, MachinePolicy]:
    """The draft and the version in force, held until the act ends, by their states."""
    query = (
        select(MachinePolicy)
        .where(MachinePolicy.category == category, MachinePolicy.state.in_(("draft", "in_force")))
        .order_by(MachinePolicy.version)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Whoever waited for the lock may find a row in another state than the one it was asked for.
    return {row.state: row for row in session.scalars(query)}


def newest(session: Session, category: str, *, but: UUID | None = None) -> int:
    """The highest number a version of the category has; 0 where there is none."""
    query = select(func.max(MachinePolicy.version)).where(MachinePolicy.category == category)
    return session.scalar(query if but is None else query.where(MachinePolicy.id != but)) or 0


def drafts(session: Session) -> frozenset[str]:
    """The categories that have a draft."""
    query = select(MachinePolicy.category).where(MachinePolicy.state == "draft")
    return frozenset(session.scalars(query))


def effects(session: Session, draft: Policy, *, now: datetime, zone: ZoneInfo) -> Sequence[Effect]:
    """The bookings to come that `draft` would not let through and the present rules do.

    Each is held against the rules as on the day it was made: with the notice it had, and with
    the bookings its member had then.
    """
    present = in_force(session)
    concerned = [
        (booking, member, machine)
        for booking, member, machine in _to_come(session, now)
        if _rules_of(present, machine.category, draft.category) == draft.category
    ]
    row = present.get(draft.category) or present.get("")
    now_held = policy_of(row.version, row.category, row.lines) if row else EVERYTHING_GOES
    roles = groups.of_each(session, {member.id for _, member, _ in concerned})
    theirs = _counted(session, [*roles], now) if draft.is_counting or now_held.is_counting else []
    found: dict[UUID, Effect] = {}
    for booking, member, machine in concerned:
        earlier = [
            one
            for one in theirs
            if one.member_id == member.id and (one.made_at, one.id) < (booking.made_at, booking.id)
        ]
        has = by_category(earlier, (draft, now_held))
        asked = Asked(
            machine=machine.name,
            during=booking.during,
            now=booking.made_at,
            zone=zone,
            roles=roles[member.id],
            booked=has[""].booked,
            open_bookings=has[""].open_bookings,
            of_category=has,
        )
        refused = draft.check(asked).refused
        if booking.id not in found and refused and not now_held.check(asked).refused:
            found[booking.id] = Effect(booking, member, machine.name, refused)
    return [*found.values()]


def _rules_of(present: Mapping[str, MachinePolicy], category: str, drafted: str) -> str:
    """By the rules of which category a machine would be booked, with the draft in force."""
    return category if category in present or category == drafted else ""


def _to_come(session: Session, now: datetime) -> Sequence[tuple[Booking, Member, Machine]]:
    query = (
        select(Booking, Member, Machine)
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .join(MachineTime, times.same_row_as_subject())
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(Booking.state.in_(_OPEN), Booking.starts_at > now)
        .order_by(Booking.starts_at, Booking.id, Machine.name)
    )
    return [(booking, member, machine) for booking, member, machine in session.execute(query)]


def _counted(
    session: Session, member_ids: Sequence[UUID], now: datetime
) -> Sequence[times.Counted]:
    span = Interval(now - LONGEST_PERIOD, now + LONGEST_PERIOD * 2)
    return times.counted(session, member_ids, span)
