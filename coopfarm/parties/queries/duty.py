"""What members owe of the work of a period, and what came of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.ledger import queries as ledger
from coopfarm.members.models import Member, PersonTime
from coopfarm.parties.models import Duty, DutyPeriod, Place, WorkParty
from coopfarm.parties.rules.duty import Owed
from coopfarm.store.base import same_row

_OVER = ("done", "credited")


@dataclass(frozen=True, slots=True)
class OfMember:
    """One member's part of a period, and what came of it."""

    member: Member
    duty: Duty
    stands: Owed


def periods(session: Session) -> Sequence[DutyPeriod]:
    """Every period, the newest first."""
    query = select(DutyPeriod).order_by(DutyPeriod.first_day.desc(), DutyPeriod.made_at.desc())
    return session.scalars(query).all()


def period(session: Session, period_id: UUID) -> DutyPeriod:
    """Raises Missing."""
    found = session.scalar(select(DutyPeriod).where(DutyPeriod.id == period_id))
    if found is None:
        raise Missing
    return found


def now_running(session: Session, today: date) -> DutyPeriod | None:
    """The period of a day, the latest made where several are."""
    query = select(DutyPeriod).where(DutyPeriod.first_day <= today, DutyPeriod.last_day >= today)
    return session.scalar(query.order_by(DutyPeriod.made_at.desc()).limit(1))


def measures(
    session: Session, basis: str, first_day: date, last_day: date, zone: ZoneInfo
) -> Mapping[UUID, float]:
    """What the duty follows, by member: minutes of water turns, or square metres.

    Water is that of the period as far as it is planned, and of as many days before it.
    """
    if basis == "area":
        owes = func.coalesce(Plot.payer_id, Plot.holder_id)
        query = select(owes, func.sum(Plot.net_area_m2)).where(owes.is_not(None)).group_by(owes)
        return {row[0]: float(row[1]) for row in session.execute(query)}
    before = first_day - ((last_day - first_day) + timedelta(days=1))
    span = _span(before, last_day, zone)
    found: dict[UUID, float] = defaultdict(float)
    turns = select(PersonTime).where(
        PersonTime.kind == "turn", PersonTime.starts_at < span.end, PersonTime.ends_at > span.start
    )
    for turn in session.scalars(turns):
        length = min(turn.ends_at, span.end) - max(turn.starts_at, span.start)
        found[turn.member_id] += length.total_seconds() / 60
    return found


def of_period(session: Session, found: DutyPeriod, zone: ZoneInfo) -> Sequence[OfMember]:
    """Every member's part, who has most to do first."""
    query = (
        select(Duty, Member)
        .join(Member, same_row(Member, Duty.member_id, Duty))
        .where(Duty.period_id == found.id)
    )
    came = _came_of(session, _span(found.first_day, found.last_day, zone))
    rows = [
        OfMember(member, duty, _stands(duty, came[duty.member_id]))
        for duty, member in session.execute(query)
    ]
    return sorted(rows, key=lambda one: (-one.stands.open, -one.duty.owed_minutes, one.member.name))


def of_member(session: Session, found: DutyPeriod, member_id: UUID, zone: ZoneInfo) -> Owed | None:
    """One member's part of a period; None where they have none."""
    query = select(Duty).where(Duty.period_id == found.id, Duty.member_id == member_id)
    duty = session.scalar(query)
    if duty is None:
        return None
    span = _span(found.first_day, found.last_day, zone)
    return _stands(duty, _came_of(session, span, member_id)[member_id])


def owes_minutes(
    session: Session, members: Sequence[Member], today: date, zone: ZoneInfo
) -> Mapping[UUID, int]:
    """What each still has to do: of the running period, or by the ledger where there is none."""
    found = now_running(session, today)
    if found is None:
        stands = ledger.balances(session, "labour", [one.id for one in members])
        return {one: -minutes for one, minutes in stands.items()}
    owed = {one.member.id: one.stands for one in of_period(session, found, zone)}
    return {one.id: _left(owed.get(one.id)) for one in members}


def _left(stands: Owed | None) -> int:
    """Below 0 for who did more than their part."""
    if stands is None:
        return 0
    return stands.owed - stands.done - stands.substituted - stands.cash - stands.excused


def _stands(duty: Duty, came: Mapping[str, int]) -> Owed:
    return Owed(duty.owed_minutes, **came)


def _came_of(
    session: Session, span: Interval, member_id: UUID | None = None
) -> Mapping[UUID, dict[str, int]]:
    """Minutes done, substituted, paid and excused by member, of the parties of a time."""
    query = (
        select(Place, WorkParty)
        .join(WorkParty, same_row(WorkParty, Place.party_id, Place))
        .where(WorkParty.starts_at >= span.start, WorkParty.starts_at < span.end)
    )
    if member_id is not None:
        query = query.where(Place.member_id == member_id)
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place, party in session.execute(query):
        kind = _counts_as(place, party)
        if kind:
            found[place.member_id][kind] += party.credit_minutes
    return found


def _counts_as(place: Place, party: WorkParty) -> str:
    if place.state == "present" and party.state in _OVER:
        is_own = place.substitute_agreed_at is None and not place.substitute_name
        return "done" if is_own else "substituted"
    if place.state == "cash" and place.paid_at is not None:
        return "cash"
    return "excused" if place.state == "excused" and party.state != "cancelled" else ""


def _span(first_day: date, last_day: date, zone: ZoneInfo) -> Interval:
    starts = datetime.combine(first_day, time(), zone)
    return Interval(starts, datetime.combine(last_day + timedelta(days=1), time(), zone))
