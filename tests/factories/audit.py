"""A sealed chain of acts, and hands that change it behind the program's back."""

# ruff: noqa: S608 (names of ours)

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from coopfarm.members.models import Household
from coopfarm.store import audit
from coopfarm.store.audit import seals
from coopfarm.store.db import Database
from tests.factories.members import make_member

NAMES = ("حقل الشرق", 'the "long" strip', "Köşk\\north", "line\nbreak", "🌾", "plain")


def make_acts(database: Database, cooperative_id: int, count: int, at: datetime) -> None:
    """`count` acts of two members on one household, a minute apart, in one transaction."""
    with database.transaction(cooperative_id) as session:
        clerk, farmer = make_member(session), make_member(session)
        house = Household(name="The Nassars")
        session.add(house)
        session.flush()
        for number in range(count):
            name = NAMES[number % len(NAMES)]
            audit.record(
                session,
                "household.rename" if number % 3 else "household.make",
                house,
                actor_id=(clerk.id, farmer.id, None)[number % 3],
                on_behalf_of=farmer.id if number % 4 == 0 else None,
                at=at + timedelta(minutes=number),
                before={"name": name, "area": number / 7} if number % 5 else None,
                after={"name": name, "members": number},
            )


def seal_all(database: Database, cooperative_id: int, now: datetime) -> int:
    """Seal everything that waits; how many events."""
    sealed = 0
    while True:
        with database.transaction(cooperative_id) as session:
            done = seals.seal(session, now=now)
        if not done:
            return sealed
        sealed += done


def flipped(value: object, rng: Random) -> Any:
    """`value` with one bit turned over, or something where nothing was."""
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(20)
    raw = bytearray(value if isinstance(value, bytes) else str(value).encode())
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def altered(column: str, value: object, rng: Random) -> Any:
    """Another value that a column of PostgreSQL takes."""
    if column in ("id", "actor_id", "on_behalf_of"):
        return UUID(int=(UUID(str(value)).int if value else 0) ^ 1 << rng.randrange(128))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=rng.choice((-1, 1, 3_600_000_000)))
    if isinstance(value, bytes):
        return flipped(value, rng)
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(20)
    if column in ("before", "after"):
        return rng.choice(('{"name": "Nobody"}', f"{value} ", "{}"))
    return f"{value}x"


def rows(engine: Engine, table: str, order: str) -> list[dict[str, Any]]:
    """Every row of a table as the driver gives it, nothing decoded."""
    as_text = "::text" if engine.dialect.name == "postgresql" else ""
    columns = f'*, "before"{as_text} AS "before", "after"{as_text} AS "after"'
    chosen = columns if table == "audit_events" else "*"
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {chosen} FROM {table} ORDER BY {order}"))
        return [dict(zip(found.keys(), row, strict=True)) for row in found]
