"""The waiting list: entries, who is in line for a machine, and what gives them their place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import (
    Booking,
    Machine,
    MachineTime,
    Round,
    SeasonShare,
    Waiting,
)
from coopfarm.equipment.rules.waiting import LOOKED_BACK, Claim
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.store.base import same_row

LIVE = ("waiting", "offered")
_SHARED_OUT = ("published", "appealed", "final")
_USED = ("out", "returned", "settled")


@dataclass(frozen=True, slots=True)
class Waits:
    """An entry with its machine."""

    entry: Waiting
    machine: Machine


def entry(session: Session, entry_id: UUID, *, for_update: bool = False) -> Waiting:
    """One entry as it is now. Raises Missing."""
    query = select(Waiting).where(Waiting.id == entry_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def is_anyone_waiting(session: Session, machine_ids: Collection[UUID]) -> bool:
    query = select(Waiting.id).where(
        Waiting.machine_id.in_(machine_ids), Waiting.state == "waiting"
    )
    return session.scalars(query.limit(1)).first() is not None


def in_line(session: Session, machine_id: UUID, *, for_update: bool = False) -> Sequence[Waiting]:
    """Who waits for a machine and has no offer; their order is `rules.waiting`'s."""
    query = select(Waiting).where(Waiting.machine_id == machine_id, Waiting.state == "waiting")
    query = query.order_by(Waiting.id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def of_member(session: Session, member_id: UUID, since: datetime) -> Sequence[Waits]:
    """A member's entries that live, and those that ended after `since`; the newest first."""
    query = (
        select(Waiting, Machine)
        .join(Machine, same_row(Machine, Waiting.machine_id, Waiting))
        .where(
            Waiting.member_id == member_id,
            Waiting.state.in_(LIVE) | (Waiting.state_since > since),
        )
        .order_by(Waiting.state.in_(LIVE).desc(), Waiting.made_at.desc(), Waiting.id)
    )
    return [Waits(*row) for row in session.execute(query)]


def overlapping(session: Session, wanted: Waiting) -> Waiting | None:
    """Another live entry of the same member for the same machine in the same time."""
    query = select(Waiting).where(
        Waiting.member_id == wanted.member_id,
        Waiting.machine_id == wanted.machine_id,
        Waiting.state.in_(LIVE),
        Waiting.earliest_at < wanted.latest_at,
        Waiting.latest_at > wanted.earliest_at,
    )
    return session.scalars(query.limit(1)).first()


def lapsing(session: Session, now: datetime) -> Sequence[Waiting]:
    """Entries whose offer was not answered in time, and those whose span is over; not held."""
    query = select(Waiting).where(
        ((Waiting.state == "offered") & (Waiting.held_until <= now))
        | ((Waiting.state == "waiting") & (Waiting.latest_at <= now))
    )
    return session.scalars(query.order_by(Waiting.id)).all()


def still(session: Session, ids: Collection[UUID], now: datetime) -> Sequence[Waiting]:
    """Those of `lapsing` of which it is still so, held: whoever comes second finds none."""
    query = select(Waiting).where(
        Waiting.id.in_(ids),
        ((Waiting.state == "offered") & (Waiting.held_until <= now))
        | ((Waiting.state == "waiting") & (Waiting.latest_at <= now)),
    )
    query = query.order_by(Waiting.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def held_in(session: Session, machine_ids: Collection[UUID], during: Interval) -> Sequence[Waiting]:
    """For whom something is held on these machines in these hours; their rows are held too."""
    query = (
        select(Waiting)
        .join(
            MachineTime,
            (MachineTime.cooperative_id == Waiting.cooperative_id)
            & (MachineTime.subject_id == Waiting.id),
        )
        .where(
            MachineTime.machine_id.in_(machine_ids),
            MachineTime.kind == "hold",
            MachineTime.starts_at < during.end,
            MachineTime.ends_at > during.start,
        )
    )
    return session.scalars(query.with_for_update(of=Waiting)).unique().all()


def holds(session: Session, ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """Until when each of these entries has the first word."""
    if not ids:
        return {}
    query = select(Waiting.id, Waiting.held_until).where(Waiting.id.in_(ids))
    return {found: until for found, until in session.execute(query) if until is not None}


def claims(session: Session, entries: Sequence[Waiting], now: datetime) -> list[Claim]:
    """What gives these entries of one machine their place in the line."""
    if not entries:
        return []
    members = {one.member_id for one in entries}
    owed = _owed_days(session, entries[0].machine_id, members)
    used = _used_hours(session, entries[0].machine_id, members, now)
    return [
        Claim(
            id=one.id,
            owed_days=round(owed.get(one.member_id, 0.0), 2),
            used_hours=round(used.get(one.member_id, 0.0), 2),
            # No capability writes labour down yet.
            labour_hours=0.0,
            since=one.made_at,
        )
        for one in entries
    ]


def _owed_days(
    session: Session, machine_id: UUID, members: Collection[UUID]
) -> Mapping[UUID, float]:
    """What the last season of the machine's category left owing to each, in machine-days."""
    category = select(Machine.category).where(Machine.id == machine_id).scalar_subquery()
    query = (
        select(SeasonShare.member_id, SeasonShare.carried_out)
        .join(Round, same_row(Round, SeasonShare.round_id, SeasonShare))
        .where(
            SeasonShare.member_id.in_(members),
            Round.category == category,
            Round.state.in_(_SHARED_OUT),
        )
        .order_by(Round.number)
    )
    return dict(iter(session.execute(query)))


def _used_hours(
    session: Session, machine_id: UUID, members: Collection[UUID], now: datetime
) -> Mapping[UUID, float]:
    """For how long each had the machine of late."""
    query = (
        select(Booking.member_id, Booking.starts_at, Booking.ends_at)
        .join(
            MachineTime,
            (MachineTime.cooperative_id == Booking.cooperative_id)
            & (MachineTime.subject_id == Booking.id),
        )
        .where(
            MachineTime.machine_id == machine_id,
            Booking.member_id.in_(members),
            Booking.state.in_(_USED),
            Booking.starts_at > now - LOOKED_BACK,
        )
    )
    found: dict[UUID, float] = {}
    for member_id, starts_at, ends_at in session.execute(query):
        hours = (ends_at - starts_at) / timedelta(hours=1)
        found[member_id] = found.get(member_id, 0.0) + hours
    return found


# The moments from which on there may be something to do: see `actions.due`.
OFFER_ENDS = (
    select(func.min(Waiting.held_until)).where(Waiting.state == "offered").scalar_subquery()
)
SPAN_ENDS = select(func.min(Waiting.latest_at)).where(Waiting.state == "waiting").scalar_subquery()
