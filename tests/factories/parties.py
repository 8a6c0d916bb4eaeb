"""Work parties for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.members.models import Member
from coopfarm.parties.actions import calling
from coopfarm.parties.models import MemberSkill, WorkParty
from coopfarm.parties.rules.crew import NewParty, Who
from coopfarm.store.tenancy import TenantSession

ZONE = ZoneInfo("Africa/Cairo")
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
# Thursday, 07:00 to 11:00 in Cairo.
STARTS = datetime(2026, 7, 2, 4, tzinfo=UTC)


def as_office(member_id: UUID, now: datetime = NOW) -> Who:
    return Who(member_id, is_office=True, now=now, zone=ZONE)


def as_member(member_id: UUID, now: datetime = NOW) -> Who:
    return Who(member_id, is_office=False, now=now, zone=ZONE)


def new_party(starts_at: datetime = STARTS, **more: Any) -> NewParty:
    """Clean the east canal: four hours, three places."""
    told = {
        "task": "canal_cleaning",
        "title": "Clean the east canal",
        "during": Interval(starts_at, starts_at + timedelta(hours=4)),
        "cut_off_at": starts_at - timedelta(hours=11),
        "places": 3,
        "credit_minutes": 240,
        "skills": {},
        "tools": "shovel",
    }
    return NewParty(**(told | more))


def make_party(session: TenantSession, by: Member, **more: Any) -> WorkParty:
    return calling.call(session, new_party(**more), as_office(by.id))


def lets_lead(session: TenantSession, member_id: UUID) -> None:
    session.add(MemberSkill(member_id=member_id, skill="leading"))
    session.flush()
