"""The guards of a booking taken away one by one, in a server that a test starts.

The program has no switch for this: what is replaced here is replaced in the process alone.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Flask, Response, g
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking
from coopfarm.equipment.models import Machine, MachineTime
from coopfarm.equipment.queries import cases, fleet
from coopfarm.store import plot_locks
from coopfarm.store.tenancy import TenantSession
from coopfarm.web import trying

_gather = cases.gather
_PAUSE_S: Final = 0.03


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
    cases.gather_at_once = lambda *_: None  # type: ignore[assignment]
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
    # Else an act that met a deadlock is done anew, and no phone hears of it.
    trying._TRIES = 0


def without_keys(app: Flask) -> None:
    """Take every request for a new act, whatever its key."""
    before = app.before_request_funcs[None]
    before[:] = [one for one in before if one.__name__ != "_claim_act"]


def without_haste(app: Flask) -> None:
    """Wait between keeping an act and answering it, so that a kill meets many in between."""

    def wait(response: Response) -> Response:
        time.sleep(_PAUSE_S)
        return response

    # The last of these is asked first, and the one that commits stands last but for ours.
    app.after_request_funcs[None].insert(0, wait)


def without_keeping_first(app: Flask) -> None:
    """Answer, and keep what was answered a little later."""

    def keep_later(response: Response) -> Response:
        session = g.pop("session", None)

        def keep() -> None:
            time.sleep(_PAUSE_S)
            session.commit()
            session.close()

        if session is not None and response.status_code < 400:
            response.call_on_close(keep)
        elif session is not None:
            session.close()
        return response

    after = app.after_request_funcs[None]
    after[:] = [keep_later if one.__name__ == "_commit_what_succeeded" else one for one in after]


TAKEN_AWAY: Final[Mapping[str, Callable[[Flask], None]]] = {
    "locks": without_locks,
    "order": without_order,
    "keys": without_keys,
    "haste": without_haste,
    "keeping first": without_keeping_first,
}


def drop_constraint(connection: Connection) -> None:
    """Let the database itself keep two bookings of one machine at one time."""
    name = f"{MachineTime.__tablename__}_no_overlap"
    if connection.dialect.name == "sqlite":
        for verb in ("insert", "update"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}_{verb}")
        return
    connection.exec_driver_sql(f"ALTER TABLE {MachineTime.__tablename__} DROP CONSTRAINT {name}")


# What is taken from the database itself.
DROPPED: Final[Mapping[str, Callable[[Connection], None]]] = {
    "constraint": drop_constraint,
    "plot locks": plot_locks.let_in,
}
