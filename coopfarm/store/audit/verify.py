"""Whether the audit is what it was when it was sealed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from coopfarm.store.audit.chain import Finding, Mark, Row, genesis, named, walk, written
from coopfarm.store.audit.events import AuditEvent
from coopfarm.store.audit.seals import FIELDS, AuditWaiting
from coopfarm.store.tenancy import NoCooperativeError, TenantSession

LONGEST_WAIT: Final = timedelta(minutes=10)
BATCH: Final = 5_000

_HASH_BYTES: Final = 32
_NO_HASH: Final = bytes(_HASH_BYTES + 1)

_ROWS: Final = """
SELECT s.position, CAST(s.id AS text), s.hash, {fields} FROM audit_seals s
LEFT JOIN audit_events e ON e.cooperative_id = s.cooperative_id AND e.id = s.id
WHERE s.cooperative_id = {cooperative} AND s.position {between} ORDER BY s.position LIMIT {limit}
"""

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
    marks = merge(_anchors(connection, here), sorted(known), key=lambda mark: mark.position)
    events, head, finding = walk(_rows(connection, here), genesis(here), marks)
    waiting = _count(session, AuditWaiting)
    finding = finding or _unsealed(session, events + waiting, here) or _late(session, now)
    return Verdict(events, head.hex(), waiting, finding)


def _standing_still(session: TenantSession) -> Connection:
    """A connection that sees nothing of what is sealed meanwhile."""
    if session.get_bind().dialect.name != "postgresql":
        return session.connection()
    still = session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for detour in ("hashjoin", "mergejoin"):
        # For a batch of the chain it would read every event there is.
        still.exec_driver_sql(f"SET LOCAL enable_{detour} = off")
    return still


def _rows(connection: Connection, here: int) -> Iterator[Row]:
    """The chain in the order of its positions, a few thousand rows at a time."""
    edge = 0
    while True:
        between = f"<= {edge + BATCH}" if edge == 0 else f"BETWEEN {edge + 1} AND {edge + BATCH}"
        found = _chained(connection, between, here)
        yield from found
        edge += BATCH
        if len(found) != BATCH:
            break
    # After a gap nothing follows, and what stands there shows where it came from.
    yield from _chained(connection, f"> {edge}", here)


def _chained(connection: Connection, between: str, here: int) -> Sequence[Row]:
    fields = FIELDS[connection.dialect.name]
    found = _read(connection, _ROWS, between=between, fields=fields, here=here)
    if connection.dialect.name == "postgresql":
        return found
    return [(row[0], row[1], row[2], None if row[3] is None else written(row[3:])) for row in found]


def _anchors(connection: Connection, here: int) -> Iterator[Mark]:
    beyond = ""
    while found := _read(connection, _MARKS, beyond=beyond, here=here):
        for position, digest, _ in found:
            is_whole = isinstance(digest, bytes) and len(digest) == _HASH_BYTES
            place = position if isinstance(position, int) else 0
            yield Mark(place, digest if is_whole else _NO_HASH, is_of_sealing=True)
        beyond = f"AND (position, id) > ({found[-1][0]:d}, '{found[-1][2]}')"


def _read(connection: Connection, asked: str, *, here: int, **more: str) -> Sequence[Row]:
    """Plain rows of the driver: an object for each would cost more than its hash."""
    query = asked.format(cooperative=f"{here:d}", limit=BATCH, **more)
    try:
        return _fetched(connection, query)
    except (sqlite3.OperationalError, OperationalError):
        if connection.dialect.name != "sqlite":
            raise
        with _any_bytes_for_text(connection):
            return _fetched(connection, query)


def _fetched(connection: Connection, query: str) -> Sequence[Row]:
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
