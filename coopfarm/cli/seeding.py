"""The demo village with its people, land and weeks, and how to get in."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from coopfarm.cli import (
    village,
    village_files,
    village_ledger,
    village_machines,
    village_parties,
    village_pests,
    village_season,
)
from coopfarm.config import Settings
from coopfarm.members.models import Cooperative, MemberRole
from coopfarm.members.queries import cooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, rules
from coopfarm.water.planner import compare, keep, work_out

SLIP = "demo-sign-ins.txt"
WEEK = timedelta(days=7)


def is_empty(database: Database) -> bool:
    with database.reading() as session:
        return not session.scalar(select(func.count()).select_from(Cooperative))


def seed(database: Database, settings: Settings, now: datetime) -> Iterator[str]:
    """Settle the village and plan its weeks through the real planner; says what it did."""
    settled = village.settle(database, settings, now)
    yield (
        f"Settled {settled.members} members of {settled.households} households "
        f"on {settled.plots} plots."
    )
    home = settled.cooperative_id
    past = village_files.weeks_before(now)
    for week in past:
        with database.transaction(home) as session:
            _plan(session, home, week, week.during.start - timedelta(days=2))
    today = _today(database, home, now)
    with database.transaction(home) as session:
        _plan(session, home, village_files.week_of(today), now)
    with database.transaction(home) as session:
        _plan(session, home, village_files.week_of(today + WEEK), now)
        village.sow(session, today)
    yield f"Planned {len(past) + 2} weeks: {len(past)} of two seasons, this one, and the next."
    with database.transaction(home) as session:
        parked = village_machines.park(session, now)
    yield f"Parked {parked.machines} machines, with {parked.bookings} bookings of this week."
    with database.transaction(home) as session:
        shared = village_season.share(session, now)
    yield f"Shared the season: {shared.rounds} rounds, and {shared.campaigns} campaign drafted."
    with database.transaction(home) as session:
        entries = village_ledger.keep(session, now)
    yield f"Entered {entries} entries of giving and receiving."
    with database.transaction(home) as session:
        parties = village_parties.call(session, now)
    yield f"Called {parties} work parties."
    with database.transaction(home) as session:
        infested = village_pests.infest(session, now)
    yield f"Told of {infested.sightings} sightings of pests, and emptied {infested.traps} trap."
    slip = settings.data_dir / SLIP
    slip.touch(mode=0o600)
    slip.write_text(_told(settled), "utf-8")


def slip_of(settings: Settings) -> str:
    """How to get into the demo, as written at the first start; empty where there is none."""
    slip = settings.data_dir / SLIP
    return slip.read_text("utf-8") if slip.exists() else ""


def _plan(session: TenantSession, home: int, week: village_files.Week, now: datetime) -> None:
    """One week as the manager would plan and publish it."""
    village.sow(session, week.during.start.date())
    session.flush()
    wish = rules.Wish(
        starts_at=week.during.start,
        cycle_minutes=round(week.during.length.total_seconds() / 60),
        supply=week.supply_percent,
        rule=week.rule,
        earlier_years=True,
    )
    manager = _manager(session)
    draft = compare(work_out(session, cooperative(session, home), wish), lambda *_: True)
    plan = keep(session, draft, actor_id=manager, now=now)
    actions.give_notice(session, plan, week.note, actor_id=manager, now=now)
    actions.put_in_force(session, plan, actor_id=manager, now=now)


def _manager(session: TenantSession) -> UUID | None:
    return session.scalar(select(MemberRole.member_id).where(MemberRole.role == "manager"))


def _today(database: Database, home: int, now: datetime) -> date:
    with database.reading() as session:
        return now.astimezone(ZoneInfo(cooperative(session, home).timezone)).date()


def _told(settled: village.Settled) -> str:
    lines = ["Sign in as (made at the first start, kept in this file only):", ""]
    for slip in settled.sign_ins:
        how = "PIN" if slip.name.startswith("+") else "password"
        roles = ", ".join(role.replace("_", " ") for role in slip.roles)
        lines.append(f"  {slip.who} ({roles}): {slip.name}  {how} {slip.secret}")
    return "\n".join(lines) + "\n"
