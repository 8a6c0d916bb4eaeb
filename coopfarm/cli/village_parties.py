"""Work parties of Al-Nur (docs/village.md): two ahead, duty, a rota, and hands asked for."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict
from coopfarm.members.models import Member, MemberRole
from coopfarm.parties.actions import asks, calling, duty, joining, rotas
from coopfarm.parties.models import WorkParty
from coopfarm.parties.planner import asking, turns
from coopfarm.parties.rules.crew import NewParty, Who
from coopfarm.parties.rules.policy import Terms
from coopfarm.parties.rules.tasks import LEADING
from coopfarm.store.tenancy import TenantSession

_A_WEEK = 7


def call(session: TenantSession, now: datetime) -> int:
    """Call the work parties of the village and ask members to the first; how many there are."""
    told = files.whole("parties.json")
    zone = ZoneInfo(files.whole("cooperative.json")["timezone"])
    manager = session.scalars(
        select(MemberRole.member_id).where(MemberRole.role == "manager")
    ).one()
    office = Who(manager, is_office=True, now=now, zone=zone)
    members = {member.number: member.id for member in session.scalars(select(Member))}
    terms = Terms(rate_hundredths=told["rules"]["rate_hundredths"])
    calling.set_terms(session, terms, told["rules"]["reason"], office)
    has = {number: frozenset(skills) for number, skills in told["skills"].items()}
    has |= {number: has.get(number, frozenset()) | {LEADING} for number in told["leaders"]}
    for number, skills in has.items():
        calling.set_skills(session, members[number], skills, office)
    _spread(session, told["duty"], office)
    for row in told["parties"]:
        _party(session, row, members, office)
    _others(session, told, members, office)
    return len(told["parties"])


def _spread(session: TenantSession, row: Row, office: Who) -> None:
    first = office.now.astimezone(office.zone).date() - timedelta(days=row["days_back"])
    last = first + timedelta(days=row["days"] - 1)
    new = duty.NewPeriod(files.called(row), first, last, row["hours"], row["basis"])
    duty.spread(session, new, office)


def _party(session: TenantSession, row: Row, members: dict[str, UUID], office: Who) -> None:
    found = calling.call(session, _new(row, office), office)
    for number in row["members"]:
        _join(session, found, members[number], office)
    if row["asked"]:
        plan = asking.draft(session, office)
        asking.ask(session, plan.id, office)


def _join(session: TenantSession, found: WorkParty, member_id: UUID, office: Who) -> None:
    """Whoever has booked a machine for these hours stays with it."""
    who = Who(member_id, is_office=False, now=office.now, zone=office.zone)
    try:
        with session.begin_nested():
            joining.join(session, found.id, who)
    except Conflict:
        return


def _new(row: Row, office: Who) -> NewParty:
    """On the next such day of the week, from the day after tomorrow on."""
    day = office.now.astimezone(office.zone).date() + timedelta(days=2)
    day += timedelta(days=(row["weekday"] - day.weekday()) % _A_WEEK)
    starts = datetime.combine(day, time.fromisoformat(row["starts"]), office.zone)
    return NewParty(
        task=row["task"],
        title=files.called(row),
        during=Interval(starts, starts + timedelta(hours=row["hours"])),
        cut_off_at=starts - timedelta(hours=11),
        places=row["places"],
        credit_minutes=row["hours"] * 60,
        skills=row["skills"],
        meeting_place=row["meeting_place"],
        tools=row["tools"],
    )


def _others(session: TenantSession, told: Row, members: dict[str, UUID], office: Who) -> None:
    row = told["rota"]
    first = office.now.astimezone(office.zone).date() + timedelta(days=1)
    new = rotas.NewRota(
        row["kind"],
        files.called(row),
        first,
        first + timedelta(days=row["days"] - 1),
        tuple(
            (time.fromisoformat(a), time.fromisoformat(b), weight) for a, b, weight in row["hours"]
        ),
        tuple(members[number] for number in row["members"]),
    )
    turns.share_out(session, rotas.open_rota(session, new, office).id, office)
    for one in told["asks"]:
        who = Who(members[one["member"]], is_office=False, now=office.now, zone=office.zone)
        told_ask = asks.NewAsk(
            one["kind"], one["said"], one["hours"] * 60, one["urgency"], one["skill"]
        )
        asks.post(session, told_ask, who)
