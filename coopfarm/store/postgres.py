"""The served database: a transaction begins with its walls, in one word to the server."""

from collections.abc import Mapping
from typing import Any, Final

from psycopg import OperationalError as Lost
from psycopg.pq import ConnStatus, Escaping, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from coopfarm.store import walls

_BEGUN: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_OPEN: Final = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


def attach(engine: Engine) -> None:
    """Have transactions that say what they may see (`seen`) begin with that.

    One that finds its connection lost meanwhile begins on a new one: nothing was done on it.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("seen") is None:
            return
        try:
            if not _began(connection):
                connection.invalidate()
                # What rests beside it is as old, and as lost.
                connection.engine.dispose()
                _began(connection, again=True)
        except Lost as error:
            raise OperationalError("BEGIN", None, error) from error

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        if connection.invalidated or connection.get_execution_options().get("seen") is None:
            return
        # The driver's own forgets every prepared statement with it, as if tables had come and gone.
        raw = _raw(connection)
        if raw.transaction_status in _OPEN:
            raw.exec_(b"ROLLBACK")


def _raw(connection: Connection) -> PGconn:
    driver: Any = connection.connection.driver_connection
    found: PGconn = driver.pgconn
    return found


def _began(connection: Connection, *, again: bool = False) -> bool:
    """Whether the transaction runs; not on a connection that is lost. Raises Lost.

    The driver's own way would ask whether the server is there, begin, and open the walls: three
    answers to wait for.
    """
    raw, options = _raw(connection), connection.get_execution_options()
    result = raw.exec_(_words(raw, options).encode())
    if result.status in _BEGUN:
        return True
    if again or raw.status == ConnStatus.OK:
        raise Lost(raw.get_error_message())
    return False


def _words(raw: PGconn, options: Mapping[str, Any]) -> str:
    level = options.get("isolation_level")
    mode = f" ISOLATION LEVEL {level}" if level else ""
    mode += " READ ONLY" if options.get("reads") else ""
    calls = walls.calls(
        options["seen"], lambda value: Escaping(raw).escape_literal(value.encode()).decode()
    )
    return f"BEGIN{mode}; SELECT {calls}" if calls else f"BEGIN{mode}"
