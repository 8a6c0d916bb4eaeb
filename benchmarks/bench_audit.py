"""How long it takes to verify a million sealed acts, beside hashing the same bytes.

The second of two runs on each database; PostgreSQL is a server of its own for the while, and
the CPU seconds of its process count too. The peer is SHA-256 alone, one call for each act, over
a text that is in memory already. `AUDIT_ACTS` takes another number than a million acts.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, text

from coopfarm.members.models import Cooperative
from coopfarm.store import migrate
from coopfarm.store.audit import AuditEvent, seals
from coopfarm.store.audit.chain import genesis, link
from coopfarm.store.audit.events import ordered_id
from coopfarm.store.audit.verify import verify
from coopfarm.store.db import Database, make_engine
from coopfarm.water import models as water  # noqa: F401 (every table is needed)

Row = tuple[str, float, str, float, str]
Measured = tuple[float, float, float]

ACTS = int(os.environ.get("AUDIT_ACTS", "1000000"))
BATCH = 1_000
NOW = datetime(2026, 7, 4, 6, tzinfo=UTC)


def rows() -> list[Row]:
    """One row for each measurement: name, seconds, peer, its seconds, target."""
    alone = _hashing()
    beside, target = f"SHA-256 alone, {ACTS:,} texts", "≤ 10 s" if ACTS == 1_000_000 else "–"
    found: list[Row] = []
    for name, measure in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
        sealing_s, wall_s, cpu_s = measure()
        said = f"verifying {ACTS:,} acts on {name}, {ACTS / cpu_s:,.0f} a second"
        found.append((said, cpu_s, beside, alone, target))
        found.append((f"the same on {name} (wall)", wall_s, beside, alone, "–"))
        found.append((f"sealing them on {name} (wall)", sealing_s, beside, alone, "–"))
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
        return _measured(url)


def _on_postgres() -> Measured:
    from tests import migrated, postgres  # noqa: PLC0415 (needs the packages of the tests)

    with postgres.cluster() as server:
        template = postgres.make_template(server, "coopfarm_audit", migrated.migrated)
        with postgres.fresh_database(server, template) as url:
            return _measured(postgres.as_program(url), lambda: _analyze(url))


def _measured(url: str, settle: Callable[[], None] = lambda: None) -> Measured:
    """Wall seconds of sealing, wall seconds and CPU seconds of verifying."""
    database = Database(url)
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=NOW)
        session.add(home)
        session.flush()
        here = home.id
    for batch in range(0, ACTS, BATCH):
        with database.transaction(here) as session:
            session.execute(insert(AuditEvent), list(_acts(here, batch)))
    settle()
    started = time.perf_counter()
    while _sealed(database, here):
        pass
    sealing_s = time.perf_counter() - started
    settle()
    _verified(database, here)
    wall_s, cpu_s = _verified(database, here)
    database.dispose()
    return sealing_s, wall_s, cpu_s


def _acts(here: int, first: int) -> Iterator[dict[str, object]]:
    for number in range(first, min(first + BATCH, ACTS)):
        at = NOW + timedelta(seconds=number)
        plot = {"name": "حقل الشرق", "area_m2": 1250.25 + number, "crop": "cotton"}
        yield {
            "cooperative_id": here,
            "id": ordered_id(at),
            "at": at,
            "actor_id": None,
            "on_behalf_of": None,
            "verb": "plot.change",
            "subject_kind": "Plot",
            "subject_id": str(UUID(int=number)),
            "before": plot,
            "after": plot | {"crop": "maize", "sown_on": "2026-05-01"},
        }


def _sealed(database: Database, here: int) -> int:
    with database.transaction(here) as session:
        return seals.seal(session, now=NOW)


def _verified(database: Database, here: int) -> tuple[float, float]:
    server = _server(database)
    started, cpu_s = time.perf_counter(), _cpu_s(server)
    with database.reading() as session:
        session.cooperative_id = here
        verdict = verify(session, now=NOW)
    assert (verdict.events, verdict.finding) == (ACTS, None)
    return time.perf_counter() - started, _cpu_s(server) - cpu_s


def _server(database: Database) -> int | None:
    """The process that serves our one connection, on PostgreSQL."""
    if database.engine.dialect.name == "sqlite":
        return None
    with database.engine.connect() as connection:
        found: int = connection.scalar(text("SELECT pg_backend_pid()")) or 0
    return found


def _cpu_s(server: int | None) -> float:
    """User and system time of this process, and of `server` by proc(5) stat, fields 14 and 15."""
    if server is None:
        return time.process_time()
    after_name = Path(f"/proc/{server}/stat").read_text("utf-8").rpartition(")")[2].split()
    ticks = sum(map(int, after_name[11:13]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()


def _analyze(owner_url: str) -> None:
    """What a server in use does by itself every minute."""
    owner = make_engine(owner_url)
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.dispose()


if __name__ == "__main__":
    main()
