"""Many writers on one ledger: `python -m tests.ledger.storm [--long]`, on both databases.

Twenty workers enter transfers among eighty accounts and take each back, twice at once. Every
transfer and one reversal of each is accepted, every second one refused, and the sum is zero.
Prints a line for each database; the number of faults is the exit's, too.
"""

import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from coopfarm.ledger import actions, queries
from coopfarm.ledger.rules import AlreadyReversed
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from tests import postgres
from tests.factories.ledger import make_deed
from tests.factories.members import make_member
from tests.migrated import migrated

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
ACCOUNTS, WORKERS = 80, 20


def settle(database: Database) -> tuple[int, list[UUID]]:
    """A cooperative of eighty members, and the office first among them."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="en_GB", made_at=NOW)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(home_id) as session:
        office = make_member(session, "manager", name="Nadia").id
        others = [make_member(session, name=f"Member {n}").id for n in range(1, ACCOUNTS)]
    return home_id, [office, *others]


def storm(database: Database, transfers: int, workers: int = WORKERS) -> tuple[Counter[str], int]:
    """What became of every transfer and of both its reversals, and the sum of all accounts."""
    home_id, people = settle(database)
    chance = random.Random(7)  # noqa: S311 (the same storm each time)
    pairs = [tuple(chance.sample(people, 2)) for _ in range(transfers)]
    told: Counter[str] = Counter()
    # As many connections as the program's own pool gives.
    counting, gate = threading.Lock(), threading.BoundedSemaphore(15)

    def count(what: str) -> None:
        with counting:
            told[what] += 1

    def reverse(transfer_id: UUID) -> str:
        try:
            with gate, database.transaction(home_id) as session:
                actions.reverse(session, transfer_id, "a storm", by_id=people[0], now=NOW)
        except AlreadyReversed:
            return "refused"
        return "taken back"

    def work(pair: tuple[UUID, UUID]) -> None:
        with gate, database.transaction(home_id) as session:
            deed = make_deed(*pair, amount=chance.randint(1, 9))
            made = actions.post(session, deed, by_id=people[0], now=NOW).id
        count("entered")
        for answer in again.map(reverse, (made, made)):
            count(answer)

    with ThreadPoolExecutor(2 * workers) as again, ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, pairs))
    with database.reading() as session:
        session.cooperative_id = home_id
        left = queries.balances(session, "labour")
    return told, sum(map(abs, left.values()))


def faults(told: Counter[str], left: int, transfers: int) -> list[str]:
    """What was not as it must be."""
    wanted = Counter({"entered": transfers, "taken back": transfers, "refused": transfers})
    return [
        *([f"{dict(told)} instead of {dict(wanted)}"] if told != wanted else []),
        *([f"{left} minutes are left over"] if left else []),
    ]


def main(words: list[str]) -> int:
    transfers = 10_000 if "--long" in words else 200
    engines = [one for one in ("sqlite", "postgresql") if one in words] or ["sqlite", "postgresql"]
    found = 0
    for engine in engines:
        with opened(engine) as database:
            began = time.perf_counter()
            told, left = storm(database, transfers)
            wrong = faults(told, left, transfers)
            took = time.perf_counter() - began
            print(engine, dict(told), f"{left} left, {took:.0f} s", *wrong, flush=True)  # noqa: T201
            found += len(wrong)
    return found


@contextmanager
def opened(engine: str) -> Iterator[Database]:
    """A fresh database of that engine, with connections enough."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            url = f"sqlite:///{Path(folder) / 'coopfarm.db'}"
            migrated(url)
            yield from _of(url)
            return
        with postgres.cluster() as server:
            template = postgres.make_template(server, "coopfarm_storm", migrated)
            with postgres.fresh_database(server, template) as url:
                yield from _of(postgres.as_program(url))


def _of(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
