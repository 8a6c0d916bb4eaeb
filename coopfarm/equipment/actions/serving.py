"""What is freed is held for the first in line whom it fits.

Whoever changes the line of a machine holds the machine's row first. No function here commits.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import offers
from coopfarm.equipment.models import MachineTime, Waiting
from coopfarm.equipment.queries import cases, fleet, life
from coopfarm.equipment.queries import waiting as known
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.rules import slots
from coopfarm.equipment.rules import waiting as rules
from coopfarm.kernel.interval import Interval
from coopfarm.members import queries as members
from coopfarm.members.actions import telling
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

_MAY_BOOK: Final = ("accepted", "active", "leaving")


def call(session: Session, machine_ids: Iterable[UUID], now: datetime) -> None:
    """Hold what is free on these machines for the first in line whom it fits.

    To be called by whatever frees a machine: with nothing freed it changes nothing.
    """
    ids = sorted(set(machine_ids))
    if not known.is_anyone_waiting(session, ids):
        return
    fleet.machines_by_id(session, ids, for_update=True)
    for machine_id in ids:
        serve(session, machine_id, now)


def serve(session: Session, machine_id: UUID, now: datetime) -> None:
    """Put the line of a machine, whose row is held, in order; offer from its head on."""
    entries = {one.id: one for one in known.in_line(session, machine_id, for_update=True)}
    for entry_id in _in_order(session, entries.values(), now):
        entry = entries[entry_id]
        slot = _fitting(session, entry, now)
        if slot is not None:
            _offer(session, entry, slot, now)
            del entries[entry_id]
    _in_order(session, entries.values(), now)


def _in_order(session: Session, entries: Collection[Waiting], now: datetime) -> list[UUID]:
    """The ids of the entries in their order, each with its place and the reason stored."""
    if not entries:
        return []
    by_id = {one.id: one for one in entries}
    day = now.astimezone(_zone(session, next(iter(entries)))).date()
    line = rules.in_line(known.claims(session, [*entries], now), day)
    for claim, rank in line:
        if by_id[claim.id].rank != rank.as_json():
            by_id[claim.id].rank = rank.as_json()
    session.flush()
    return [claim.id for claim, _ in line]


def _zone(session: Session, entry: Waiting) -> ZoneInfo:
    return ZoneInfo(members.cooperative(session, entry.cooperative_id).timezone)


def _fitting(session: Session, entry: Waiting, now: datetime) -> Interval | None:
    """The first slot within the wish that the machine, the plot and the rules allow."""
    member = members.member(session, entry.member_id)
    if member.state not in _MAY_BOOK:
        return None
    roles = members.roles(cast(TenantSession, session), member)
    whose = Whose(member.id, member.id, roles, now, _zone(session, entry))
    case = cases.gather(session, wish(entry), whose)
    if booked.never(case) is not None:
        return None
    frame = slots.Frame(
        earliest=max(entry.earliest_at, rules.earliest_offer(now)),
        latest=entry.latest_at,
        zone=whose.zone,
        hours=case.policy.hours(whose.roles),
    )
    fitting = offers.fitting(case, case.rigs, timedelta(minutes=entry.minutes), frame)
    return next(fitting, None)


def _offer(session: Session, entry: Waiting, slot: Interval, now: datetime) -> None:
    """Hold a slot for an entry, and say so."""
    machine = fleet.machine(session, entry.machine_id)
    hours = life.policies(session).of(machine.category).value("hold_hours", rules.HOLD_HOURS)
    until = rules.held_until(slot, now, hours)
    if until is None:
        return
    entry.state, entry.state_since = "offered", now
    entry.offer_starts_at, entry.offer_ends_at, entry.held_until = slot.start, slot.end, until
    whole = slots.stretch(fleet.rig(machine), slot)
    session.add(
        MachineTime(
            machine_id=machine.id,
            subject_id=entry.id,
            kind="hold",
            starts_at=whole.start,
            ends_at=whole.end,
        )
    )
    session.flush()
    write_down(session, "waiting.offer", entry, None, now)
    said = rules.OFFERED(machine=machine.named, starts=slot.start, until=until)
    telling.tell(session, telling.Notice(entry.member_id, said, good_until=until))


def take_offers_back(
    session: Session, machine_ids: Collection[UUID], during: Interval, now: datetime
) -> None:
    """Nothing is held in these hours any more; whom it was held for waits again."""
    for entry in known.held_in(session, machine_ids, during):
        let_go(session, entry)
        entry.state, entry.state_since, entry.held_until = "waiting", now, None
        entry.offer_starts_at = entry.offer_ends_at = None
        session.flush()
        write_down(session, "waiting.take-back", entry, None, now)


def let_go(session: Session, entry: Waiting) -> None:
    """What was held is free again; the audit keeps what it was."""
    held = delete(MachineTime).where(MachineTime.subject_id == entry.id, MachineTime.kind == "hold")
    session.execute(held.execution_options(synchronize_session="fetch"))


def wish(entry: Waiting) -> Wanted:
    """An entry as a booking would be asked for; what is held for it is not in its own way."""
    during = Interval(
        entry.offer_starts_at or entry.earliest_at,
        entry.offer_ends_at or entry.earliest_at + timedelta(minutes=entry.minutes),
    )
    return Wanted((entry.machine_id,), entry.job, during, entry.plot_id, but=entry.id)


def write_down(
    session: Session,
    verb: str,
    entry: Waiting,
    whose: Whose | None,
    now: datetime | None = None,
) -> None:
    """Write the act down; without `whose` it was nobody's, and came by itself."""
    by_id = whose.by_id if whose else None
    audit.record(
        session,
        verb,
        entry,
        actor_id=by_id,
        at=now or (whose.now if whose else entry.state_since),
        after=_told(entry),
        on_behalf_of=None if by_id == entry.member_id else entry.member_id,
    )


def _told(entry: Waiting) -> dict[str, object]:
    offer = (entry.offer_starts_at, entry.offer_ends_at, entry.held_until)
    starts, ends, until = (at.isoformat() if at else None for at in offer)
    return {
        "machine": str(entry.machine_id),
        "job": entry.job,
        "state": entry.state,
        "rank": entry.rank,
        **({"from": starts, "to": ends, "until": until} if starts else {}),
    }
