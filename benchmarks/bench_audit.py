"""How long it takes to verify a million sealed acts, beside hashing the same bytes.

The second of two runs on each database; PostgreSQL is a server of its own for the while, and
the CPU seconds of its process count too. All but the last acts are put in with their seals as a
restore puts them, the last as the program writes and seals them. The peer is SHA-256 alone, one
call for each act, over a text that is in memory already. `AUDIT_ACTS` takes another number than
a million acts, in thousands.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from benchmarks.clocks import Took, took
from coopfarm.members.models import Cooperative
from coopfarm.store import migrate
from coopfarm.store.audit import AuditEvent, seals
from coopfarm.store.audit.chain import genesis, link, written
from coopfarm.store.audit.events import ordered_id
from coopfarm.store.audit.verify import verify
from coopfarm.store.db import Database, make_engine
from coopfarm.store.keeping import bulk
from coopfarm.store.keeping.rows import take_time
from coopfarm.store.keeping.tables import Table, tables_of
from coopfarm.water import models as water  # noqa: F401 (every table is needed)

Row = tuple[str, float, str, float, str]
Measured = tuple[float, float, float]

ACTS = int(os.environ.get("AUDIT_ACTS", "1000000"))
BATCH = 1_000
# The acts that are written and sealed as the program does it.
LIVE = min(20_000, ACTS)
FIELDS = (
    *("id", "at", "actor_id", "on_behalf_of", "verb"),
    *("subject_kind", "subject_id", "before", "after"),
)
NOW = datetime(2026, 7, 4, 6, tzinfo=UTC)


def rows() -> list[Row]:
    """One row for each measurement: name, seconds, peer, its seconds, target."""
    alone = _hashing()
    beside, target = f"SHA-256 alone, {ACTS:,} texts", "≤ 10 s" if ACTS == 1_000_000 else "–"
    found: list[Row] = []
    for name, measure in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
        sealing_s, wall_s, cpu_s = measure()
        said = f"verifying {ACTS:,} acts on {name}"
        found.append((f"{said} (wall)", wall_s, beside, alone, target))
        found.append((f"{said} (CPU, with the server's)", cpu_s, beside, alone, "–"))
        sealing = f"sealing {LIVE:,} of them on {name} (wall)"
        fewer = f"SHA-256 alone, {LIVE:,} texts"
        found.append((sealing, sealing_s, fewer, alone * LIVE / ACTS, "–"))
    return found


def main() -> None:
    """Print the table."""
    for name, measured, peer, beside, target in rows():
        print(f"{name:<70} {measured:>9.2f}  {peer:<36} {beside:>9.2f}  {target}")


def _hashing() -> float:
    """The same chain over one text of the usual length, all in memory."""
    act = f'["{"0" * 32}", "2026-07-04 06:00:00.000000", "{"0" * 32}", {"x" * 280}]'
    head, started = genesis(1), time.process_time()
    for _ in range(ACTS):
        head = link(head, act)
    taken = time.process_time() - started
    assert len(head) == hashlib.sha256().digest_size
    return taken


def _on_sqlite() -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'coopfarm.db'}"
        _migrate(url)
        return _measured(url, url)


def _on_postgres() -> Measured:
    from tests import migrated, postgres  # noqa: PLC0415 (needs the packages of the tests)

    with postgres.cluster() as server:
        template = postgres.make_template(server, "coopfarm_audit", migrated.migrated)
        with postgres.fresh_database(server, template) as url:
            return _measured(postgres.as_program(url), url)


def _measured(url: str, owner_url: str) -> Measured:
    """Wall seconds of sealing the last acts, wall and CPU seconds of verifying all."""
    database = Database(url)
    here = _founded(database)
    _fill(owner_url, here)
    for batch in range(ACTS - LIVE, ACTS, BATCH):
        with database.transaction(here) as session:
            session.execute(insert(AuditEvent), [_row(_act(here, batch + n)) for n in range(BATCH)])
    _settle(owner_url)
    started = time.perf_counter()
    while _sealed(database, here):
        pass
    sealing_s = time.perf_counter() - started
    _settle(owner_url)
    _verified(database, here)
    verifying = _verified(database, here)
    database.dispose()
    return sealing_s, *verifying


def _founded(database: Database) -> int:
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=NOW)
        session.add(home)
        session.flush()
        return home.id


def _fill(owner_url: str, here: int) -> None:
    """All acts but the last `LIVE`, with their seals, put in as a restore puts them."""
    owner = make_engine(owner_url)
    with owner.execution_options(writes=True, references_unchecked=True).begin() as connection:
        take_time(connection)
        tables = tables_of(connection)
        with bulk.bare(connection, ["audit_events", "audit_seals", "audit_anchors"]):
            for name, some in _chained(here):
                bulk.insert(connection, tables[name], [_values(tables[name], one) for one in some])
    owner.dispose()


def _values(table: Table, one: dict[str, object]) -> list[object]:
    return [one[name] for name in table.names]


def _chained(here: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Rows by table, with the chain as sealing makes it: a mark after each batch."""
    head = genesis(here)
    for first in range(0, ACTS - LIVE, BATCH):
        acts = [_act(here, first + number) for number in range(BATCH)]
        made = []
        for position, act in enumerate(acts, first + 1):
            head = link(head, written([act[field] for field in FIELDS]))
            key = {"cooperative_id": here, "id": act["id"]}
            made.append(key | {"position": position, "hash": head})
        mark = made[-1] | {"id": ordered_id(NOW).hex, "sealed_at": acts[-1]["at"]}
        yield from (("audit_events", acts), ("audit_seals", made), ("audit_anchors", [mark]))


def _act(here: int, number: int) -> dict[str, object]:
    """An act as it is stored."""
    at = NOW + timedelta(seconds=number)
    plot = {"name": "حقل الشرق", "area_m2": 1250.25 + number, "crop": "cotton"}
    return {
        "cooperative_id": here,
        "id": ordered_id(at).hex,
        "at": f"{at:%Y-%m-%d %H:%M:%S.%f}",
        "actor_id": None,
        "on_behalf_of": None,
        "verb": "plot.change",
        "subject_kind": "Plot",
        "subject_id": str(UUID(int=number)),
        "before": json.dumps(plot),
        "after": json.dumps(plot | {"crop": "maize", "sown_on": "2026-05-01"}),
    }


def _row(act: dict[str, Any]) -> dict[str, object]:
    """The same as the program writes it."""
    typed = {"id": UUID(act["id"]), "at": datetime.fromisoformat(act["at"]).replace(tzinfo=UTC)}
    return act | typed | {name: json.loads(act[name]) for name in ("before", "after")}


def _sealed(database: Database, here: int) -> int:
    with database.transaction(here) as session:
        return seals.seal(session, now=NOW)


def _verified(database: Database, here: int) -> Took:
    def work() -> None:
        with database.reading() as session:
            session.cooperative_id = here
            verdict = verify(session, now=NOW)
        assert (verdict.events, verdict.finding) == (ACTS, None)

    return took(database.engine, work)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _settle(owner_url: str) -> None:
    """What a server in use does by itself every minute."""
    owner = make_engine(owner_url)
    if owner.dialect.name == "postgresql":
        with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    owner.dispose()


if __name__ == "__main__":
    main()
