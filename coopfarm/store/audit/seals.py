"""The chain as it is kept: a seal for each event, and a mark at the end of each sealing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Index,
    LargeBinary,
    UniqueConstraint,
    delete,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopfarm.store.audit.chain import genesis, link
from coopfarm.store.audit.events import ordered_id
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.tenancy import NoCooperativeError, TenantSession

# Nobody may change or remove a row of these: a trigger refuses, and no role is granted it.
APPEND_ONLY: Final = ("audit_events", "audit_seals", "audit_anchors")

# So few that a writer of the embedded database waits some hundredths of a second at most.
BATCH: Final = 1_000
PRINTED_DIGITS: Final = 20

_LOCK: Final = 7_310_027

# The fields of the text, for what only tampering leaves and SQLite cannot write as JSON.
FIELDS: Final = (
    "e.id, e.at, e.actor_id, e.on_behalf_of, e.verb, e.subject_kind, e.subject_id,"
    ' e."before", e."after"'
)

# The text of an event as `chain.written` makes it, None where there is none. Both databases
# write it themselves, in the same letters: nine columns take longer to fetch than to hash.
TEXT: Final = {
    "sqlite": f"CASE WHEN e.id IS NOT NULL THEN json_array({FIELDS}) END",
    "postgresql": "CASE WHEN e.id IS NOT NULL THEN array_to_json(ARRAY["
    "replace(e.id::text, '-', ''), to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),"
    " replace(e.actor_id::text, '-', ''), replace(e.on_behalf_of::text, '-', ''),"
    " e.verb, e.subject_kind, e.subject_id, e.before::text, e.after::text])::text END",
}

_WAITING: Final = """
SELECT w.id, {text} FROM audit_waiting w
JOIN audit_events e ON e.cooperative_id = w.cooperative_id AND e.id = w.id
WHERE w.cooperative_id = {cooperative} ORDER BY w.id LIMIT {batch}
"""


class AuditWaiting(OfCooperative, Base):
    """An event that no seal follows yet; a trigger enters every event, and sealing takes it out."""

    __tablename__ = "audit_waiting"


class AuditSeal(OfCooperative, Base):
    """The place of the event of the same id in the chain, and the hash up to it."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        belongs_to("audit_events", "id"),
        UniqueConstraint("cooperative_id", "position"),
        CheckConstraint("position > 0", name="position"),
    )

    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditAnchor(OfCooperative, Base):
    """What the chain was when a sealing ended: kept apart, to compare with."""

    __tablename__ = "audit_anchors"
    __table_args__ = (Index("ix_audit_anchors_position", "cooperative_id", "position"),)

    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(Instant)


class Root(NamedTuple):
    """How many events are sealed, the hash over all of them, and since when."""

    events: int
    hash_hex: str
    sealed_at: datetime

    @property
    def printed(self) -> str:
        """As it stands on paper: what `coopfarm audit verify --root` takes."""
        return f"{self.events}:{self.hash_hex[:PRINTED_DIGITS]}"


def root(session: Session) -> Root | None:
    """The end of the chain of the session's cooperative; None before the first sealing."""
    last = session.scalars(select(AuditAnchor).order_by(AuditAnchor.position.desc()).limit(1))
    anchor = last.one_or_none()
    return Root(anchor.position, anchor.hash.hex(), anchor.sealed_at) if anchor else None


def is_waiting(session: Session) -> bool:
    """Whether an event of the session's cooperative has no seal yet."""
    return session.scalars(select(AuditWaiting.id).limit(1)).one_or_none() is not None


def seal(session: TenantSession, *, now: datetime) -> int:
    """Continue the chain by up to `BATCH` events; how many.

    Events follow in the order of their ids, whatever was committed late in a later batch.
    """
    here = session.cooperative_id
    if here is None:
        raise NoCooperativeError
    connection = session.connection()
    _hold(connection, here)
    position, head = _end(session, here)
    events = _waiting(connection, here)
    if not events:
        return 0
    seals = []
    for number, (event_id, event) in enumerate(events, position + 1):
        head = link(head, event)
        key = {"cooperative_id": here, "id": UUID(str(event_id))}
        seals.append(key | {"position": number, "hash": head})
    session.execute(insert(AuditSeal), seals)
    end = AuditAnchor(id=ordered_id(now), position=number, hash=head, sealed_at=now)
    session.add(end)
    session.execute(delete(AuditWaiting).where(AuditWaiting.id.in_([s["id"] for s in seals])))
    return len(seals)


def _hold(connection: Connection, cooperative_id: int) -> None:
    """One sealing at a time; the embedded database has one writer anyway."""
    if connection.dialect.name == "postgresql":
        lock = f"SELECT pg_advisory_xact_lock({_LOCK}, {cooperative_id:d})"
        connection.exec_driver_sql(lock)


def _end(session: Session, cooperative_id: int) -> tuple[int, bytes]:
    last = select(AuditSeal.position, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    found = session.execute(last).one_or_none()
    return (found.position, found.hash) if found else (0, genesis(cooperative_id))


def _waiting(connection: Connection, cooperative_id: int) -> Sequence[Sequence[Any]]:
    text = TEXT[connection.dialect.name]
    asked = _WAITING.format(text=text, cooperative=f"{cooperative_id:d}", batch=BATCH)
    return connection.exec_driver_sql(asked).fetchall()
