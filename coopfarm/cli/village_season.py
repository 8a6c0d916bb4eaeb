"""The season of Al-Nur (docs/village.md): a round that is published, one that is open, a draft."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.equipment.actions import rounds as actions
from coopfarm.equipment.actions.kept_days import Hours
from coopfarm.equipment.planner import campaigns, rounds
from coopfarm.equipment.planner.campaign_problem import Named, NewCampaign
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules.rounds import OwnWish
from coopfarm.land.models import Plot
from coopfarm.members.models import Member, MemberRole
from coopfarm.store.tenancy import TenantSession

_OFFICE = frozenset({"manager"})


class Shared(NamedTuple):
    """How much of the season there is."""

    rounds: int
    campaigns: int


class _Village(NamedTuple):
    """Who shares, and when that is."""

    members: dict[str, UUID]
    office: Whose
    hours: Hours

    def day(self, ahead: int) -> datetime:
        """Midnight of a day so many days ahead."""
        today = self.office.now.astimezone(self.office.zone).date()
        return datetime.combine(today + timedelta(days=ahead), time(), self.office.zone)


def share(session: TenantSession, now: datetime) -> Shared:
    """Open the rounds of the village, publish those that are past, and draft its campaign."""
    told = files.whole("season.json")
    there = _there(session, told, now)
    for row in told["rounds"]:
        _round(session, there, row)
    _campaign(session, there, told["campaign"])
    return Shared(len(told["rounds"]), 1)


def _there(session: TenantSession, told: Row, now: datetime) -> _Village:
    zone = ZoneInfo(files.whole("cooperative.json")["timezone"])
    manager = session.scalars(
        select(MemberRole.member_id).where(MemberRole.role == "manager")
    ).one()
    opens, closes = (time.fromisoformat(told[name]) for name in ("opens", "closes"))
    return _Village(
        {member.number: member.id for member in session.scalars(select(Member))},
        Whose(manager, manager, _OFFICE, now, zone),
        Hours(opens, closes, zone),
    )


def _round(session: TenantSession, there: _Village, row: Row) -> None:
    opened = replace(there.office, now=there.office.now - timedelta(days=row["opened_days_ago"]))
    first = there.day(row["in_days"]).date()
    new = actions.NewRound(
        name=files.called(row),
        category=row["category"],
        job=row["job"],
        first_day=first,
        last_day=first + timedelta(days=row["days"] - 1),
        deadline_at=there.day(row["deadline_in_days"]) + timedelta(hours=12),
        hours=there.hours,
    )
    found = actions.open_round(session, new, opened)
    for wish in row["wishes"]:
        member_id = there.members[wish["member"]]
        own = OwnWish(
            wish["days"], new.first_day, new.last_day, first + timedelta(days=wish["best"])
        )
        actions.state_wish(session, found.id, own, replace(opened, member_id=member_id))
    if row["is_published"]:
        actions.close(session, found.id, there.office)
        rounds.run(session, found.id, there.office)
        actions.publish(session, found.id, there.office)


def _campaign(session: TenantSession, there: _Village, row: Row) -> None:
    ids = [there.members[number] for number in row["members"]]
    query = select(Plot.code).where(Plot.holder_id.in_(ids), Plot.boundary.is_not(None))
    first = there.day(row["in_days"]).date()
    last = first + timedelta(days=row["days"] - 1)
    new = NewCampaign(
        name=files.called(row),
        category=row["category"],
        job=row["job"],
        first_day=first,
        last_day=last,
        hours=there.hours,
        seconds=row["seconds"],
        named=tuple(
            Named(code, first, last) for code in session.scalars(query.order_by(Plot.code))
        ),
    )
    found = campaigns.draft_campaign(session, new, there.office)
    campaigns.keep(session, found, campaigns.work_out(found.inputs))
