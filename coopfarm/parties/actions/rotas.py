"""Rotas are opened; members swap slots, both agreeing. No function here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.ledger import actions as ledger
from coopfarm.ledger.actions import Deed, Line
from coopfarm.members import queries as people
from coopfarm.members.actions import calendar
from coopfarm.parties.models import Rota, RotaMember, Slot, SlotSwap
from coopfarm.parties.queries import rotas as known
from coopfarm.parties.rules import rotas as rules
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.refusals import PartyChoice
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewRota:
    """Days, the hours of each day with their weights, and who takes turns."""

    kind: str
    name: str
    first_day: date
    last_day: date
    hours: tuple[tuple[time, time, int], ...]
    member_ids: tuple[UUID, ...]


def open_rota(session: TenantSession, new: NewRota, who: Who) -> Rota:
    """Open a rota with all its slots, nobody in them. Raises PartyChoice and RotaUnusable."""
    if new.kind not in rules.KINDS:
        raise PartyChoice(field="kind")
    slots = rules.slots_of(new.first_day, new.last_day, new.hours, who.zone)
    if len(set(new.member_ids)) < 2:
        raise rules.RotaUnusable(field="members", days=rules.MOST_DAYS)
    found = Rota(kind=new.kind, name=new.name, made_by=who.member_id, made_at=who.now)
    session.add(found)
    session.flush()
    for member_id in dict.fromkeys(new.member_ids):
        member = people.member(session, member_id)
        session.add(RotaMember(rota_id=found.id, member_id=member.id))
    for during, weight in slots:
        row = Slot(rota_id=found.id, starts_at=during.start, ends_at=during.end, weight=weight)
        session.add(row)
    session.flush()
    audit.record(session, "rota.open", found, actor_id=who.member_id, at=who.now)
    return found


def give(session: Session, slots: Sequence[tuple[Slot, UUID]]) -> None:
    """Give slots to members, and their hours with them. Raises PersonTaken."""
    calendar.erase(session, [slot.id for slot, _ in slots])
    for slot, member_id in slots:
        slot.member_id, slot.state = member_id, "assigned"
        during = Interval(slot.starts_at, slot.ends_at)
        entry = Entry(slot.id, member_id, "rota", during, is_hard=True)
        calendar.write(session, [entry], name=people.member(session, member_id).name)


def tell(session: TenantSession, slot_id: UUID, *, was_done: bool, who: Who) -> Slot:
    """Say whether a turn was done: then its hours are given to the cooperative, once.

    What the office says counts at once; what its member says waits in the ledger as any claim.
    Raises SlotNotYours, SlotTold, SlotAhead, and what the ledger refuses.
    """
    found = known.slot(session, slot_id)
    rota = known.rota(session, found.rota_id, for_update=True)
    session.refresh(found)
    if not who.is_office and not (was_done and found.member_id == who.member_id):
        raise rules.SlotNotYours
    rules.check_told(found.state, found.ends_at, who.now)
    found.state = "done" if was_done else "missed"
    session.flush()
    if was_done and found.member_id is not None:
        minutes = round((found.ends_at - found.starts_at).total_seconds() / 60)
        deed = Deed(
            "labour",
            "rota",
            (Line(found.member_id, minutes), Line("cooperative", -minutes)),
            found.starts_at.astimezone(who.zone).date(),
            {"party": rota.name},
            ("rota-slot", found.id),
        )
        enter = ledger.post if who.is_office else ledger.claim
        enter(session, deed, by_id=who.member_id, now=who.now)
    after = {"state": found.state}
    audit.record(session, "rota.tell", found, actor_id=who.member_id, at=who.now, after=after)
    return found


def ask_swap(session: TenantSession, slot_id: UUID, other_id: UUID, who: Who) -> SlotSwap:
    """Ask somebody to take each other's slot. Raises SwapUneven and SwapOver."""
    mine, theirs = known.slot(session, slot_id), known.slot(session, other_id)
    known.rota(session, mine.rota_id, for_update=True)
    is_even = (
        mine.member_id == who.member_id
        and theirs.member_id not in (None, who.member_id)
        and (mine.rota_id, mine.weight) == (theirs.rota_id, theirs.weight)
        and min(mine.starts_at, theirs.starts_at) > who.now
    )
    if not is_even:
        raise rules.SwapUneven(field="other")
    swap = SlotSwap(
        slot_id=mine.id, other_slot_id=theirs.id, asked_by=who.member_id, made_at=who.now
    )
    session.add(swap)
    for name in ("uq_slot_swaps_open", "slot_swaps.slot_id"):
        with kept_by(name, rules.SwapOver()):
            session.flush()
    audit.record(session, "rota.ask-swap", swap, actor_id=who.member_id, at=who.now)
    return swap


def answer_swap(session: TenantSession, swap_id: UUID, agrees: bool, who: Who) -> SlotSwap:
    """Agree, and the slots change hands; or decline. Raises SwapOver and PersonTaken."""
    swap = known.swap(session, swap_id)
    mine, theirs = known.slot(session, swap.other_slot_id), known.slot(session, swap.slot_id)
    known.rota(session, mine.rota_id, for_update=True)
    for row in (swap, mine, theirs):
        session.refresh(row)
    is_still = mine.member_id == who.member_id and theirs.member_id == swap.asked_by
    if swap.state != "open" or not is_still or min(mine.starts_at, theirs.starts_at) <= who.now:
        raise rules.SwapOver
    swap.state, swap.answered_at = ("agreed" if agrees else "declined"), who.now
    if agrees and swap.asked_by is not None:
        give(session, [(theirs, who.member_id), (mine, swap.asked_by)])
    session.flush()
    audit.record(session, "rota.answer-swap", swap, actor_id=who.member_id, at=who.now)
    return swap
