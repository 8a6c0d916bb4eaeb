"""What an entry of the ledger costs, in batches of fifty, beside its rows only inserted.

Each batch is one transaction: the accounts held, the limits judged, transfers, lines, audit and
everything the database itself looks at. On PostgreSQL the server's process counts too. Rows are
counted after the warm-up, as both databases do by themselves within a minute or a day.
The rate that is promised, 1,000 transfers a second, is in wall seconds.
"""

import random
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from sqlalchemy import text

from benchmarks.booked import NAMES, learn
from benchmarks.clocks import Took, took
from coopfarm.ledger import actions
from coopfarm.ledger.actions import Deed
from coopfarm.store.db import Database
from tests.factories.ledger import make_deed
from tests.ledger import storm

Row = tuple[str, float, str, float, str]

BATCH, BATCHES, WARM_UP = 50, 40, 4
TARGETS = {"sqlite": "–", "postgresql": "≤ 1 ms wall"}
TABLES = ("ledger_transfers", "ledger_lines", "audit_events")


def rows() -> Iterator[Row]:
    """One row for each measurement: name, seconds, peer, its seconds, target."""
    for engine, target in TARGETS.items():
        with storm.opened(engine) as database:
            yield from _measured(database, NAMES[engine], target)


def _measured(database: Database, name: str, target: str) -> Iterator[Row]:
    home, people = storm.settle(database)
    batches = _batches(people)
    for batch in islice(batches, WARM_UP):
        _post(database, home, people[0], batch)
    learn(database)
    todo = [*islice(batches, BATCHES)]

    def work() -> None:
        for batch in todo:
            _post(database, home, people[0], batch)

    found, bare = took(database.engine, work), _inserting(database)
    count = BATCH * BATCHES
    for what, of, beside in (
        ("wall s", found.wall_s, bare.wall_s),
        ("CPU s", found.cpu_s, bare.cpu_s),
    ):
        told = f"a transfer of 2 lines in batches of {BATCH} on {name} ({what})"
        yield (
            told,
            of / count,
            "its rows, only inserted",
            beside / count,
            target if what == "wall s" else "–",
        )


def _batches(people: list[UUID]) -> Iterator[list[Deed]]:
    chance = random.Random(7)
    while True:
        yield [
            make_deed(*chance.sample(people, 2), amount=chance.randint(1, 9)) for _ in range(BATCH)
        ]


def _post(database: Database, home: int, by_id: UUID, batch: list[Deed]) -> None:
    with database.transaction(home) as session:
        actions.post_all(session, batch, by_id=by_id, now=storm.NOW)


def _inserting(database: Database) -> Took:
    """As many rows, written one by one to tables without constraints, in as many transactions."""
    with database.engine.begin() as connection:
        for table in TABLES:
            every = f"SELECT * FROM {table}"  # noqa: S608 (a name of ours)
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE bare_{table} AS {every} LIMIT 2")

    def work() -> None:
        for _ in range(BATCHES):
            with database.engine.begin() as connection:
                for table, times in zip(TABLES, (1, 2, 1), strict=True):
                    one = text(f"INSERT INTO bare_{table} SELECT * FROM bare_{table} LIMIT 1")  # noqa: S608 (a name of ours)
                    for _ in range(BATCH * times):
                        connection.execute(one)

    return took(database.engine, work)
