"""Whether the audit is what it was when it was sealed."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from coopfarm.store.audit.chain import Finding, Mark, Row, genesis, named, walk, written
from coopfarm.store.audit.events import AuditEvent
from coopfarm.store.audit.seals import FIELDS, TEXT, AuditWaiting
from coopfarm.store.tenancy import NoCooperativeError, TenantSession

_T = TypeVar("_T")

LONGEST_WAIT: Final = timedelta(minutes=10)
BATCH: Final = 5_000

_HASH_BYTES: Final = 32
_NO_HASH: Final = bytes(_HASH_BYTES + 1)

_ROWS: Final = """
SELECT s.position, CAST(s.id AS text), s.hash, {event} FROM audit_seals s
LEFT JOIN audit_events e ON e.cooperative_id = s.cooperative_id AND e.id = s.id
WHERE s.cooperative_id = {cooperative} AND s.position {between} ORDER BY s.position LIMIT {limit}
"""

# What reading a text or a row raises that tampering left.
_UNREADABLE: Final = (sqlite3.OperationalError, OperationalError)

# For a batch of the chain a join of another kind would read every event there is, and helpers
# would take longer to call than to read it.
_DETOURS: Final = (
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "max_parallel_workers_per_gather = 0",
)

_MARKS: Final = """
SELECT position, hash, id FROM audit_anchors WHERE cooperative_id = {cooperative} {beyond}
ORDER BY position, id LIMIT {limit}
"""

_NEVER_SEALED: Final = """
SELECT e.id FROM audit_events e
LEFT JOIN audit_seals s ON s.cooperative_id = e.cooperative_id AND s.id = e.id
LEFT JOIN audit_waiting w ON w.cooperative_id = e.cooperative_id AND w.id = e.id
WHERE e.cooperative_id = {cooperative} AND s.id IS NULL AND w.id IS NULL ORDER BY e.id LIMIT 1
"""


class Verdict(NamedTuple):
    """How many sealed events hold, the hash over them, how many wait; None found is well."""

    events: int
    hash_hex: str
    waiting: int
    finding: Finding | None


def verify(session: TenantSession, *, now: datetime, known: Sequence[Mark] = ()) -> Verdict:
    """Recompute the chain of the session's cooperative from its first event.

    `session` is fresh, and reads. `known` is what the chain is said to have been, as printed
    on paper or kept in a file.
    """
    here = session.cooperative_id
    if here is None:
        raise NoCooperativeError
    connection = _standing_still(session)
    with ThreadPoolExecutor(1) as reader:
        noted = _flow(_anchors(connection, here), connection, reader)
        marks = merge(noted, sorted(known), key=lambda mark: mark.position)
        rows = _flow(_rows(connection, here), connection, reader)
        events, head, finding = walk(rows, genesis(here), marks)
    waiting = _count(session, AuditWaiting)
    finding = finding or _unsealed(session, events + waiting, here) or _late(session, now)
    return Verdict(events, head.hex(), waiting, finding)


def _standing_still(session: TenantSession) -> Connection:
    """A connection that sees nothing of what is sealed meanwhile."""
    if session.get_bind().dialect.name != "postgresql":
        return session.connection()
    still = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for way in _DETOURS:
        still.exec_driver_sql(f"SET LOCAL {way}")
    return still


def _flow(
    batches: Iterator[Sequence[_T]], connection: Connection, reader: Executor
) -> Iterator[_T]:
    """What the batches hold; a server reads the next one while the last is hashed."""
    if connection.dialect.name == "sqlite":
        yield from chain.from_iterable(batches)
        return
    coming = reader.submit(next, batches, None)
    while (batch := coming.result()) is not None:
        coming = reader.submit(next, batches, None)
        yield from batch


def _rows(connection: Connection, here: int) -> Iterator[Sequence[Row]]:
    """The chain in the order of its positions, a few thousand rows at a time."""
    edge = 0
    while True:
        between = f"<= {edge + BATCH}" if edge == 0 else f"BETWEEN {edge + 1} AND {edge + BATCH}"
        found = _chained(connection, between, here)
        yield found
        edge += BATCH
        if len(found) != BATCH:
            break
    # After a gap nothing follows, and what stands there shows where it came from.
    yield _chained(connection, f"> {edge}", here)


def _chained(connection: Connection, between: str, here: int) -> Sequence[Row]:
    text = TEXT[connection.dialect.name]
    try:
        return _fetched(connection, _ROWS, event=text, between=between, here=here)
    except _UNREADABLE:
        if connection.dialect.name != "sqlite":
            raise
    with _any_bytes_for_text(connection):
        found = _fetched(connection, _ROWS, event=FIELDS, between=between, here=here)
    return [(*row[:3], None if row[3] is None else written(row[3:])) for row in found]


def _anchors(connection: Connection, here: int) -> Iterator[Sequence[Mark]]:
    beyond = ""
    while found := _read(connection, _MARKS, beyond=beyond, here=here):
        yield [_mark(position, digest) for position, digest, _ in found]
        beyond = f"AND (position, id) > ({found[-1][0]:d}, '{found[-1][2]}')"


def _mark(position: object, digest: Any) -> Mark:
    is_whole = isinstance(digest, bytes) and len(digest) == _HASH_BYTES
    place = position if isinstance(position, int) else 0
    return Mark(place, digest if is_whole else _NO_HASH, is_of_sealing=True)


def _read(connection: Connection, asked: str, *, here: int, **more: str) -> Sequence[Row]:
    try:
        return _fetched(connection, asked, here=here, **more)
    except _UNREADABLE:
        if connection.dialect.name != "sqlite":
            raise
    with _any_bytes_for_text(connection):
        return _fetched(connection, asked, here=here, **more)


def _fetched(connection: Connection, asked: str, *, here: int, **more: str) -> Sequence[Row]:
    """Plain rows of the driver: an object for each would cost more than its hash."""
    query = asked.format(cooperative=f"{here:d}", limit=BATCH, **more)
    cursor = connection.exec_driver_sql(query).cursor
    return cursor.fetchall() if cursor is not None else []


@contextmanager
def _any_bytes_for_text(connection: Connection) -> Iterator[None]:
    """Let a text that is no UTF-8 any more be read, so that its row can be named."""
    raw: Any = connection.connection.driver_connection
    raw.text_factory = lambda kept: kept.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str


def _unsealed(session: TenantSession, accounted: int, here: int) -> Finding | None:
    """An event that came in beside the trigger that has it wait for its seal."""
    if _count(session, AuditEvent) == accounted:
        return None
    found = _read(session.connection(), _NEVER_SEALED, here=here)
    if not found:
        return Finding("waiting-in-vain")
    return Finding("never-sealed", event_id=named(found[0][0]))


def _late(session: TenantSession, now: datetime) -> Finding | None:
    late = (
        select(AuditEvent.id)
        .where(AuditEvent.id.in_(select(AuditWaiting.id)), AuditEvent.at < now - LONGEST_WAIT)
        .order_by(AuditEvent.id)
    )
    found = session.scalars(late.limit(1)).one_or_none()
    return Finding("waiting-too-long", event_id=named(found)) if found else None


def _count(session: TenantSession, model: type[AuditEvent | AuditWaiting]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
