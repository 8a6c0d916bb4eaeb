"""One door to the database, embedded or served."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, create_engine, make_url

from coopfarm.store import postgres, sqlite
from coopfarm.store.tenancy import TenantSession

# A lost network is noticed within 5 s, the BEGIN and the new connection together; a lock that
# is not given within 3.
PATIENCE: Final[dict[str, Any]] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 2000,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "options": "-c lock_timeout=3000 -c statement_timeout=30000 -c timezone=UTC",
}


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`, set up to lose nothing.

    What it logs of a failed statement holds no names, numbers or hashes of anybody.

    Raises sqlalchemy.exc.ArgumentError for a URL that is neither.
    """
    where = make_url(url.replace("postgres://", "postgresql://", 1))
    if where.get_backend_name() == "postgresql":
        engine = create_engine(
            where.set(drivername="postgresql+psycopg"),
            connect_args=PATIENCE,
            hide_parameters=True,
            pool_timeout=5,
        )
        postgres.attach(engine)
        return engine
    engine = create_engine(
        where,
        connect_args={"factory": sqlite.WaitingConnection, "timeout": sqlite.WAIT_SECONDS},
        hide_parameters=True,
    )
    sqlite.attach(engine)
    return engine


class Database:
    """The engine and the two kinds of session: one that reads, one that may write."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._writing = self.engine.execution_options(writes=True)
        self._reading = self.engine.execution_options(reads=True)

    def reading(self) -> TenantSession:
        """A session in which the database itself refuses to write, and no writer is waited for."""
        return TenantSession(self._reading, autoflush=False)

    def writing(self) -> TenantSession:
        return TenantSession(self._writing)

    @contextmanager
    def transaction(self, cooperative_id: int | None = None) -> Iterator[TenantSession]:
        """Everything within is kept whole, or leaves no trace."""
        with self.writing() as session, session.begin():
            session.cooperative_id = cooperative_id
            yield session

    def dispose(self) -> None:
        self.engine.dispose()
