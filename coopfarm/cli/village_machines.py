"""The machines of Al-Nur (docs/village.md): kits, rules, upkeep, and who has booked this week."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from shapely import Point
from sqlalchemy import select

from coopfarm.cli import village_files as files
from coopfarm.cli.village_files import Row
from coopfarm.equipment.actions import booking as actions
from coopfarm.equipment.models import Kit, KitPart, Machine, MachinePolicy, UpkeepPlan
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict
from coopfarm.land.models import Plot
from coopfarm.members.models import Member, MemberRole
from coopfarm.store.tenancy import TenantSession

_NUMBERS: Final = (
    "efficiency",
    "road_km_h",
    "meter_reading",
    "price_an_hour",
    "price_a_hectare",
    "hours_an_hour",
)
_PERHAPS: Final = ("work_width_m", "work_km_h")
_TOLD: Final = ("code", "name", "name_latin", "kind", "category", "meter")


class Parked(NamedTuple):
    """How much there is."""

    machines: int
    bookings: int


class _There(NamedTuple):
    """What the bookings are made of; of each member the first plot."""

    machines: Mapping[str, Machine]
    members: Mapping[str, Member]
    plots: Mapping[UUID | None, UUID]
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def park(session: TenantSession, now: datetime) -> Parked:
    """Give the village its machines, and the coming week its bookings."""
    told = files.whole("machinery.json")
    there = _there(session, now)
    _make_kits(session, told["kits"], there.machines)
    session.add_all(_policy(row, now) for row in told["policies"])
    session.add_all(_plan(row, there) for row in told["upkeep"])
    session.flush()
    made = sum(_book(session, there, row) for row in told["bookings"])
    return Parked(len(there.machines), made)


def _there(session: TenantSession, now: datetime) -> _There:
    members = {member.number: member for member in session.scalars(select(Member))}
    machines = {row["code"]: _machine(row, members) for row in files.rows("machines.csv")}
    session.add_all(machines.values())
    session.flush()
    backwards = session.scalars(select(Plot).order_by(Plot.code.desc()))
    plots = {plot.holder_id: plot.id for plot in backwards}
    zone = ZoneInfo(files.whole("cooperative.json")["timezone"])
    return _There(machines, members, plots, now, zone)


def _machine(row: Row, members: Mapping[str, Member]) -> Machine:
    return Machine(
        **{name: row[name] for name in _TOLD},
        **{name: float(row[name]) for name in _NUMBERS},
        **{name: float(row[name]) if row[name] else None for name in _PERHAPS},
        jobs=row["jobs"].split(),
        base=Point(float(row["lon"]), float(row["lat"])),
        cleaning_minutes=int(row["cleaning_minutes"]),
        caretaker_id=members[row["caretaker"]].id,
        tag=secrets.token_urlsafe(16),
    )


def _make_kits(session: TenantSession, told: list[Row], machines: Mapping[str, Machine]) -> None:
    kits = [Kit(name=files.called(row), job=row["job"]) for row in told]
    session.add_all(kits)
    session.flush()
    session.add_all(
        KitPart(kit_id=kit.id, machine_id=machines[code].id)
        for kit, row in zip(kits, told, strict=True)
        for code in row["parts"]
    )


def _policy(row: Row, now: datetime) -> MachinePolicy:
    return MachinePolicy(
        category=row["category"],
        version=1,
        state="in_force",
        lines=row["lines"],
        reason=row["reason"],
        made_at=now,
        in_force_at=now,
    )


def _plan(row: Row, there: _There) -> UpkeepPlan:
    machine = there.machines[row["machine"]]
    return UpkeepPlan(
        machine_id=machine.id,
        name=row["name"],
        every_units=row.get("every_units"),
        every_days=row.get("every_days"),
        minutes=row["minutes"],
        done_at_reading=machine.meter_reading - row["units_ago"],
        done_on=there.today - timedelta(days=row["days_ago"]),
    )


def _wanted(there: _There, row: Row) -> Wanted:
    at = time.fromisoformat(row["at"])
    start = datetime.combine(there.today + timedelta(days=row["in_days"]), at, there.zone)
    return Wanted(
        machine_ids=tuple(there.machines[code].id for code in row["machines"]),
        job=row["job"],
        during=Interval(start, start + timedelta(minutes=row["minutes"])),
        plot_id=there.plots[there.members[row["member"]].id] if row["on_plot"] else None,
    )


def _book(session: TenantSession, there: _There, row: Row) -> bool:
    """As the member would: where the plot is under water, what is offered instead is taken."""
    wanted, member_id = _wanted(there, row), there.members[row["member"]].id
    held = select(MemberRole.role).where(MemberRole.member_id == member_id)
    roles = frozenset(session.scalars(held))
    whose = Whose(member_id, member_id, roles, there.now, there.zone)
    try:
        actions.book(session, wanted, whose)
    except Conflict as refused:
        others = [one for one in refused.alternatives if _is_of_the_same(one, wanted)]
        if not others:
            return False
        first, last = str(others[0]["starts_at"]), str(others[0]["ends_at"])
        during = Interval(datetime.fromisoformat(first), datetime.fromisoformat(last))
        actions.book(session, replace(wanted, during=during), whose)
    return True


def _is_of_the_same(offer: Mapping[str, object], wanted: Wanted) -> bool:
    return set(cast(list[str], offer["machine_ids"])) == {str(one) for one in wanted.machine_ids}
