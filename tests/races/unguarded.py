"""The guards of a booking taken away one by one, in a server that a test starts.

The program has no switch for this: what is replaced here is replaced in the process alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Flask, g
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking
from coopfarm.equipment.models import Machine, MachineTime
from coopfarm.equipment.queries import cases, fleet
from coopfarm.store.tenancy import TenantSession

_gather = cases.gather


def without_locks(app: Flask) -> None:
    """Judge by what was there when the request came, and hold nothing: look, then write."""
    database = app.extensions["coopfarm_database"]
    apart = database.engine.execution_options(reads=True)
    if database.engine.dialect.name == "postgresql":
        apart = apart.execution_options(isolation_level="REPEATABLE READ")

    def look_first() -> None:
        g.early = TenantSession(apart, autoflush=False)
        g.early.execute(text("SELECT count(*) FROM alembic_version"))

    def gather(session: TenantSession, *asked: Any, **how: Any) -> cases.Case:
        g.early.cooperative_id = session.cooperative_id
        return _gather(g.early, *asked, **how)

    def close(_error: BaseException | None) -> None:
        if "early" in g:
            g.pop("early").close()

    app.before_request_funcs[None].insert(0, look_first)
    app.teardown_request(close)
    cases.gather = gather
    cases.again = lambda _session, case: case
    booking.hold = lambda *_: None  # type: ignore[assignment]


def without_order(_app: Flask) -> None:
    """Hold the machines of a booking one by one, in the order in which they were named."""

    def machines_by_id(
        session: Session, ids: Collection[UUID], *, for_update: bool = False
    ) -> Sequence[Machine]:
        found = []
        for one in ids:
            query = select(Machine).where(Machine.id == one)
            if for_update:
                query = query.with_for_update(key_share=True)
            found.append(session.scalars(query).one())
        return found

    fleet.machines_by_id = machines_by_id


def without_keys(app: Flask) -> None:
    """Take every request for a new act, whatever its key."""
    before = app.before_request_funcs[None]
    before[:] = [one for one in before if one.__name__ != "_claim_act"]


TAKEN_AWAY: Final[Mapping[str, Callable[[Flask], None]]] = {
    "locks": without_locks,
    "order": without_order,
    "keys": without_keys,
}


def drop_constraint(connection: Connection) -> None:
    """Let the database itself keep two bookings of one machine at one time."""
    name = f"{MachineTime.__tablename__}_no_overlap"
    if connection.dialect.name == "sqlite":
        for verb in ("insert", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}_{verb}")
        return
    connection.exec_driver_sql(f"ALTER TABLE {MachineTime.__tablename__} DROP CONSTRAINT {name}")
