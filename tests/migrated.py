"""A database with every migration run, as its owner would."""

from coopfarm.cli import door
from coopfarm.store.db import make_engine
from tests import postgres


def migrated(url: str) -> None:
    """Make the tables at `url`, and let the program's role use them."""
    door.prepare(url, postgres.as_program(url))
    if url.startswith("sqlite"):
        engine = make_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
