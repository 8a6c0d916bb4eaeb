"""Two cooperatives with a row in every table; the texts of the other one are all canaries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shapely import LineString, MultiPolygon, Point, box
from sqlalchemy import JSON, CheckConstraint, Column, LargeBinary, String, Table, func, select
from sqlalchemy.exc import DBAPIError

from coopfarm.land.models import Upload
from coopfarm.ledger import actions as ledger
from coopfarm.ledger.rules import Terms
from coopfarm.members import actions
from coopfarm.members.models import Cooperative
from coopfarm.store import audit
from coopfarm.store.base import Base
from coopfarm.store.columns import Instant
from coopfarm.store.db import Database
from coopfarm.store.geometry import Shape
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.actions import put_in_force
from coopfarm.water.models import PlanRun
from tests.factories.ledger import make_deed
from tests.factories.members import PIN, make_member
from tests.factories.water import ASKED, STARTS_AT, make_plan, settle_week

CANARY = "Zarzur"  # in every text of the other cooperative, and in none of ours
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
# What the program reads back and takes for one of its own words, by table and column.
WORDS: dict[tuple[str, str], Any] = {
    ("remembered_readings", "kind"): "plots",
    ("drawings", "kind"): "canals",
    ("drawings", "verb"): "canal.draw",
    ("drawings", "rows"): [],
    ("drawings", "says"): [],
    ("messages", "purpose"): "test",
    ("machine_policies", "category"): "tractor",
    ("machine_policies", "lines"): [],
    ("upkeep_plans", "every_days"): 30,
    ("allocation_rounds", "places"): {"days": {}},
    ("sightings", "severity"): 2,
    ("sightings", "counts"): [],
    ("pest_numbers", "source_year"): 2020,
    ("sprays", "interval_year"): 2020,
    ("sprays", "strike_reason"): "",
    ("pest_numbers", "numbers"): {
        "biofix": "an egg is laid",
        "event": "the adult emerges",
        "lower_c": 8.0,
        "upper_c": None,
        "degree_days_c": 400.0,
        "method": "",
        "cutoff": "",
    },
    ("work_parties", "cut_off_at"): NOW,
    ("work_parties", "skills"): {},
    ("party_places", "is_live"): True,
    ("party_places", "reasons"): [],
    ("party_plans", "runs"): [],
    ("member_skills", "skill"): "building",
    ("rota_slots", "state"): "assigned",
    ("pest_windows", "opens_on"): date(2026, 6, 1),
    ("pest_windows", "caveats"): [],
    ("control_proposals", "facts"): {
        "value": 5.0,
        "measure": "per_stop",
        "threshold": 4.0,
        "stage": "",
        "source": "a book",
        "source_year": 2020,
    },
    ("campaigns", "inputs"): {"machines": {}, "problem": {}},
    ("ledger_policies", "terms"): Terms().as_json(),
}
# What refers to a row without a foreign key.
REFERS = {
    ("control_proposals", "source_id"): "sightings",
    ("machine_times", "subject_id"): "bookings",
}
_ONE_OF = re.compile(r"(\w+) IN \('([^']+)'")


@dataclass(frozen=True)
class Home:
    """A cooperative, and one row of each of its tables, by table name."""

    id: int
    rows: dict[str, UUID]


def settle(database: Database, name: str) -> Home:
    """A cooperative that has used everything once."""
    with database.transaction() as session:
        home = Cooperative(name=name, timezone="Africa/Cairo", locale="en_GB", made_at=NOW)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(home_id) as session:
        _live_through_a_week(session)
    with database.transaction(home_id) as session:
        for table in sorted(tables(), key=lambda one: any(one.name == of for of, _ in REFERS)):
            if not _count(session, table):
                _fill(session, table, home_id)
    with database.transaction(home_id) as session:
        connection = session.connection()
        found = {
            table.name: connection.scalar(
                select(table.c.id).where(table.c.cooperative_id == home_id).limit(1)
            )
            for table in tables()
            if "id" in table.c
        }
    return Home(home_id, found)


def tables() -> list[Table]:
    """The tables with rows of cooperatives, each after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if "cooperative_id" in table.c]


def plant_canaries(onlooker: Database, home: Home) -> list[str]:
    """Put the canary into every text of the home; what could not take it, as table.column."""
    deaf = []
    with onlooker.transaction() as session:
        connection = session.connection()
        connection.execute(
            Cooperative.__table__.update()
            .where(Cooperative.__table__.c.id == home.id)
            .values(name=CANARY)
        )
        for column in _texts():
            try:
                with connection.begin_nested():
                    connection.execute(_sing(column, home.id))
            except DBAPIError:
                deaf.append(f"{column.table.name}.{column.name}")
    return deaf


def _texts() -> Iterator[Column[Any]]:
    for table in tables():
        for column in table.c:
            is_text = isinstance(column.type, String | JSON | LargeBinary)
            if is_text and not column.foreign_keys and not _choices(table).get(column.name):
                yield column


def _sing(column: Column[Any], home_id: int) -> Any:
    table = column.table
    song: Any = CANARY
    if isinstance(column.type, JSON):
        song = {CANARY: CANARY}
    elif isinstance(column.type, LargeBinary):
        song = CANARY.encode()
    elif (column.type.length or 99) < len(CANARY) + 2:
        song = CANARY[: column.type.length]
    elif column.unique or column.primary_key or ("id" in table.c and _is_in_a_unique(column)):
        song = CANARY + "-" + func.substr(func.cast(table.c[_key(table)], String), 1, 8)
    return table.update().where(table.c.cooperative_id == home_id).values({column.name: song})


def _key(table: Table) -> str:
    return "id" if "id" in table.c else next(iter(table.primary_key.columns)).name


def _is_in_a_unique(column: Column[Any]) -> bool:
    return any(
        column.name in constraint.columns
        for constraint in column.table.constraints
        if constraint.__class__.__name__ == "UniqueConstraint"
    )


def _live_through_a_week(session: TenantSession) -> None:
    member = make_member(session, "manager", name="Mariam", phone="+201000000017")
    make_member(session, "member", name="Hussein", phone="+201000000018")
    actions.open_account(
        session,
        member,
        phone=f"+2010{session.cooperative_id:08}",
        secret=PIN,
        pepper="a pepper that nobody needs to know here",
    )
    settle_week(session, [member.id, member.id])
    plan = make_plan(session)
    plan.state, plan.note = "notice", "The gate is opened by hand"
    put_in_force(session, plan, actor_id=member.id, now=NOW)
    session.add(
        Upload(
            kind="plots",
            filename="land.csv",
            content=b"",
            options={"done": {"new": 0, "changed": 0, "unchanged": 0}, "made": {}, "before": []},
            made_at=NOW,
            imported_at=NOW,
        )
    )
    ledger.post(session, make_deed(member.id, "cooperative"), by_id=member.id, now=NOW)
    session.add(PlanRun(wish=dict(ASKED), asked_at=STARTS_AT, state="running"))
    audit.record(session, "plan.sung", plan, actor_id=member.id, at=NOW, after={"note": "a note"})
    session.flush()


def _count(session: TenantSession, table: Table) -> int:
    here = table.c.cooperative_id == session.cooperative_id
    return session.connection().scalar(select(func.count()).select_from(table).where(here)) or 0


def _fill(session: TenantSession, table: Table, home_id: int) -> None:
    """One row in a table that the week did not touch, from what the schema says of it."""
    choices: dict[str, Any] = dict(_choices(table))
    choices |= {name: word for (of, name), word in WORDS.items() if of == table.name}
    row: dict[str, Any] = {"cooperative_id": home_id}
    for constraint in table.foreign_key_constraints:
        _refer(session, constraint, row)
    for column in table.c:
        if column.name in row or column.foreign_keys:
            continue
        chosen = choices.get(column.name)
        if (other := REFERS.get((table.name, column.name))) is not None:
            there = table.metadata.tables[other]
            query = select(there.c.id).where(there.c.cooperative_id == home_id)
            chosen = session.connection().scalar(query.limit(1))
        if chosen is not None:
            row[column.name] = chosen
        elif (not column.nullable and column.server_default is None) or column.name == "id":
            row[column.name] = _something(column)
    session.connection().execute(table.insert().values(row))


def _refer(session: TenantSession, constraint: Any, row: dict[str, Any]) -> None:
    """Refer to some row of the same home, where a reference is needed."""
    other = constraint.referred_table
    for element in constraint.elements:
        name, far = element.parent.name, element.column
        if name in row:
            continue
        is_first = other.name == element.parent.table.name
        if is_first or (element.parent.nullable and "member" not in name):
            row.setdefault(name, None)
            continue
        query = select(far)
        if "cooperative_id" in other.c:
            query = query.where(other.c.cooperative_id == row["cooperative_id"])
        taken = [value for key, value in row.items() if key != name]
        found = session.connection().scalars(query.order_by(far)).all()
        row[name] = next((value for value in found if value not in taken), found[0])


def _choices(table: Table) -> dict[str, str]:
    """The first value that each column with a fixed choice may have."""
    checks = (c for c in table.constraints if isinstance(c, CheckConstraint))
    return dict(match.groups() for c in checks if (match := _ONE_OF.search(str(c.sqltext))))


def _something(column: Column[Any]) -> Any:
    if isinstance(column.type, Shape):
        return {"POINT": Point(31, 30), "LINESTRING": LineString([(31, 30), (31.01, 30)])}.get(
            column.type.kind, MultiPolygon([box(31, 30, 31.001, 30.001)])
        )
    if isinstance(column.type, JSON):
        return {}
    if isinstance(column.type, LargeBinary):
        return b"something"
    if isinstance(column.type, Instant):
        return NOW + timedelta(hours=list(column.table.c).index(column))
    kind = column.type.python_type
    made: dict[type, Any] = {
        UUID: uuid4(),
        int: 1,
        float: 1.0,
        bool: False,
        datetime: NOW,
        date: NOW.date(),
    }
    return made.get(kind, uuid4().hex[: getattr(column.type, "length", None) or 32])
