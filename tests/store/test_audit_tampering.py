"""Whatever is touched in a sealed audit, the first bad row is named."""

# ruff: noqa: S608, S311 (names of ours; the same chances in every run)

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from coopfarm.store.audit.chain import Mark, genesis, link
from coopfarm.store.audit.seals import TEXT
from coopfarm.store.audit.verify import Verdict, verify
from coopfarm.store.db import Database, make_engine
from tests.conftest import Clock
from tests.factories.audit import altered, flipped, make_acts, rows, seal_all

SEALINGS = (40, 1, 83, 96, 30)
SEALED = sum(SEALINGS)
TABLES = ("audit_events", "audit_seals", "audit_anchors", "audit_waiting")
TRIES = {"sqlite": 1_000, "postgresql": 100}

Step = tuple[str, Mapping[str, Any]]


class Expected(NamedTuple):
    """What a tampering is to be called, and where its first bad row is."""

    kinds: str
    first: int | None
    last: int | None = None
    event_id: str | None = None


class Chain:
    """A sealed chain, open to somebody who may do anything in the database."""

    def __init__(self, database: Database, owner: Engine, cooperative_id: int) -> None:
        self.database, self.owner, self.here = database, owner, cooperative_id
        self.is_sqlite = database.engine.dialect.name == "sqlite"
        found = {row["id"]: row for row in rows(owner, "audit_events", "id")}
        self.seals = rows(owner, "audit_seals", "position")
        self.events = [found[seal["id"]] for seal in self.seals]
        self.ends = [row["position"] for row in rows(owner, "audit_anchors", "position")]

    @property
    def paper(self) -> Mark:
        return Mark(SEALED, self.seals[-1]["hash"][:10])

    def texts(self, connection: Connection) -> list[str]:
        """The text of each event as the table has it at this moment."""
        text = TEXT[connection.dialect.name]
        asked = f"SELECT {text} FROM audit_events e JOIN audit_seals s ON e.id = s.id"
        return [*connection.exec_driver_sql(f"{asked} ORDER BY position").scalars()]

    def value(self, value: Any) -> str:
        """How a value is written: on SQLite bytes go into a column of text as they are."""
        return "CAST(:v AS TEXT)" if self.is_sqlite and isinstance(value, bytes) else ":v"


def change(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """A bit of any column of an event."""
    at = rng.randrange(SEALED)
    column = rng.choice([*chain.events[at]])
    old = chain.events[at][column]
    new = flipped(old, rng) if chain.is_sqlite else altered(column, old, rng)
    cast = "::json" if not chain.is_sqlite and column in ("before", "after") else ""
    value = chain.value(new) if not cast else "CAST(:v AS json)"
    step = f'UPDATE audit_events SET "{column}" = {value} WHERE id = :id'
    kind = "missing" if column in ("id", "cooperative_id") else "changed"
    return [(step, {"v": new, "id": chain.events[at]["id"]})], Expected(kind, at + 1)


def change_seal(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """A bit of any column of a seal."""
    at = rng.randrange(SEALED)
    column = rng.choice(("id", "position", "hash", "cooperative_id"))
    old = chain.seals[at][column]
    new = flipped(old, rng) if chain.is_sqlite or column != "id" else altered("id", old, rng)
    if column == "position" and 1 <= new <= SEALED:
        new += 1 << 20
    value = ":v" if column == "hash" else chain.value(new)
    step = (
        f"UPDATE audit_seals SET {column} = {value} WHERE position = :p",
        {"v": new, "p": at + 1},
    )
    if column == "position" and new < 1:
        return [step], Expected("seal-out-of-place", new)
    kind = {"id": "missing", "hash": "seal-changed", "position": "out-of-order"}.get(column)
    gone = "tail-cut-off" if at + 1 == SEALED else "seal-missing"
    return [step], Expected(kind or gone, at + 1)


def remove(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """An event, its seal, or both."""
    at = rng.randrange(SEALED)
    which = rng.choice((("audit_events",), ("audit_seals",), ("audit_events", "audit_seals")))
    steps = [
        (f"DELETE FROM {table} WHERE id = :id", {"id": chain.seals[at]["id"]}) for table in which
    ]
    if which == ("audit_events",):
        return steps, Expected("missing", at + 1)
    return steps, Expected("tail-cut-off" if at + 1 == SEALED else "seal-missing", at + 1)


def swap(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """Two seals, the events of two seals, or two events."""
    one, other = sorted(rng.sample(range(SEALED), 2))
    if rng.random() < 0.3:
        other = min(one + 1, SEALED - 1)
        one = other - 1
    how = rng.choice((("audit_seals", "position"), ("audit_seals", "id"), ("audit_events", "id")))
    table, column = how
    a, b = chain.seals[one][column], chain.seals[other][column]
    away: Any = 1 << 40 if column == "position" else (uuid4().hex if chain.is_sqlite else uuid4())
    moves = ((a, away), (b, a), (away, b))
    done = f"UPDATE {table} SET {column} = :new WHERE {column} = :old"
    steps = [(done, {"old": old, "new": new}) for old, new in moves]
    return steps, Expected("changed" if table == "audit_events" else "out-of-order", one + 1)


def forge(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """An event that nobody did: alone, with a seal at the end, or in the middle."""
    key = uuid4()
    kept = key.hex if chain.is_sqlite else key
    columns = [*chain.events[0]]
    like = ", ".join(":id" if column == "id" else f'"{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    model = {"id": kept, "like": rng.choice(chain.events)["id"]}
    event = f"INSERT INTO audit_events ({names}) SELECT {like} FROM audit_events WHERE id = :like"
    way, at = rng.choice(("alone", "end", "middle")), rng.randrange(SEALED)
    if way == "alone":
        return [(event, model)], Expected("never-sealed", None, event_id=key.hex)
    place = SEALED + 1 if way == "end" else at + 1
    away = 1 << 30
    move = "UPDATE audit_seals SET position = position + :by WHERE position >= :from"
    steps = [(move, {"by": away, "from": place}), (move, {"by": 1 - away, "from": away})]
    seal = "INSERT INTO audit_seals (cooperative_id, id, position, hash) VALUES (:c, :id, :p, :h)"
    row = {"c": chain.here, "id": kept, "p": place, "h": rng.randbytes(32)}
    kind = "changed" if way == "end" else "out-of-order"
    return [(event, model), *steps, (seal, row)], Expected(kind, place)


def cut(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """The newest acts with their seals, and perhaps what was noted of them."""
    left = rng.randrange(SEALED)
    ids = [seal["id"] for seal in chain.seals[left:]]
    steps: list[Step] = [
        (f"DELETE FROM {table} WHERE id = :id", {"id": key})
        for table in ("audit_seals", "audit_events")
        for key in ids
    ]
    if rng.random() < 0.5:
        steps.append(("DELETE FROM audit_anchors WHERE position > :p", {"p": left}))
    return steps, Expected("tail-cut-off", left + 1)


def hide(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """A change, with every later seal worked out anew; what was noted is kept, or rewritten."""
    at, is_thorough = rng.randrange(SEALED), rng.random() < 0.3
    new = (
        "UPDATE audit_events SET verb = 'nothing.happened' WHERE id = :id",
        {"id": chain.events[at]["id"]},
    )
    steps: list[Step] = [new, ("rechain", {"from": at, "anchors": is_thorough})]
    if is_thorough:
        return steps, Expected("rewritten", 1, SEALED)
    end = next(end for end in chain.ends if end > at)
    before = max((end for end in chain.ends if end <= at), default=0)
    return steps, Expected("rewritten", before + 1, end)


def note(chain: Chain, rng: Random) -> tuple[list[Step], Expected]:
    """What was noted when a sealing ended."""
    end = rng.choice(chain.ends)
    new = flipped(chain.seals[end - 1]["hash"], rng)
    step = ("UPDATE audit_anchors SET hash = :v WHERE position = :p", {"v": new, "p": end})
    return [step], Expected("mark-changed", end)


WAYS: tuple[Callable[[Chain, Random], tuple[list[Step], Expected]], ...]
WAYS = (change, change, change, change_seal, change_seal, remove, swap, forge, cut, hide, note)


def do(chain: Chain, connection: Connection, steps: Sequence[Step]) -> None:
    for statement, values in steps:
        if statement == "rechain":
            rechain(chain, connection, values["from"], anchors=values["anchors"])
        else:
            connection.execute(text(statement), dict(values))


def rechain(chain: Chain, connection: Connection, start: int, *, anchors: bool) -> None:
    head = chain.seals[start - 1]["hash"] if start else genesis(chain.here)
    for place, event in enumerate(chain.texts(connection)[start:], start + 1):
        head = link(head, event)
        for table in ("audit_seals", "audit_anchors")[: 1 + anchors]:
            write = text(f"UPDATE {table} SET hash = :h WHERE position = :p")
            connection.execute(write, {"h": head, "p": place})


@pytest.fixture
def chain(database: Database, owner_url: str, cooperative_id: int, clock: Clock) -> Iterator[Chain]:
    for count in SEALINGS:
        make_acts(database, cooperative_id, count, clock.now)
        clock.forward(hours=count)
        seal_all(database, cooperative_id, clock.now)
    owner = make_engine(owner_url)
    yield Chain(database, owner, cooperative_id)
    owner.dispose()


Attack = Callable[[Sequence[Step], Sequence[Mark]], Verdict]


def burgled(chain: Chain, now: datetime) -> AbstractContextManager[Attack]:
    """Every trigger and constraint that can be taken away is away."""
    return _on_sqlite(chain, now) if chain.is_sqlite else _on_postgres(chain, now)


@contextmanager
def _on_sqlite(chain: Chain, now: datetime) -> Iterator[Attack]:
    with chain.database.transaction() as session:
        connection = session.connection()
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%'"
        for (name,) in connection.exec_driver_sql(named).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")

    def attack(steps: Sequence[Step], known: Sequence[Mark]) -> Verdict:
        with chain.database.writing() as session:
            session.cooperative_id = chain.here
            connection = session.connection()
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            do(chain, connection, steps)
            verdict = verify(session, now=now, known=known)
            session.rollback()
        return verdict

    yield attack


@contextmanager
def _on_postgres(chain: Chain, now: datetime) -> Iterator[Attack]:
    with chain.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql(
            "ALTER TABLE audit_seals DROP CONSTRAINT ck_audit_seals_position"
        )
        for table in TABLES:
            connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

        def attack(steps: Sequence[Step], known: Sequence[Mark]) -> Verdict:
            do(chain, connection, steps)
            with chain.database.reading() as session:
                session.cooperative_id = chain.here
                verdict = verify(session, now=now, known=known)
            for table in TABLES:
                connection.exec_driver_sql(f"DELETE FROM {table}")
                connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            return verdict

        yield attack


def agrees(verdict: Verdict, expected: Expected) -> bool:
    found = verdict.finding
    return (
        found is not None
        and found.kind in expected.kinds.split()
        and found.position == expected.first
        and (expected.last is None or (found.until or found.position) == expected.last)
        and (expected.event_id is None or UUID(found.event_id) == UUID(expected.event_id))
    )


def test_every_tampering_is_found_and_its_first_bad_row_named(chain: Chain, clock: Clock) -> None:
    rng = Random(20_260_701)
    tries = TRIES[chain.database.engine.dialect.name]
    wrong = []

    with burgled(chain, clock.now) as attack:
        untouched = attack([], [chain.paper])
        for number in range(tries):
            way = WAYS[number % len(WAYS)]
            steps, expected = way(chain, rng)
            verdict = attack(steps, [chain.paper])
            if not agrees(verdict, expected):
                wrong.append((way.__name__, steps[:3], expected, verdict.finding))

    assert untouched.finding is None
    assert untouched.events == SEALED
    assert wrong == []
