"""What is over for long is removed about once a day, by whoever works in the background."""

import logging
import threading

from sqlalchemy.exc import DBAPIError

from coopfarm.app import system_clock
from coopfarm.members import actions as members
from coopfarm.store import sqlite
from coopfarm.store.db import Database

_EVERY_SECONDS = 24 * 3600.0

log = logging.getLogger(__name__)


def start(database: Database, stop: threading.Event) -> None:
    """Tidy up now and every day until `stop`, in a thread of this process."""

    def work() -> None:
        tidy(database)
        while not stop.wait(_EVERY_SECONDS):
            tidy(database)

    threading.Thread(target=work, name="tidying", daemon=True).start()


def tidy(database: Database) -> None:
    """Remove it once, and learn how rows lie; a database that is away is tidied the next day."""
    try:
        with database.transaction() as session:
            members.prune(session, system_clock())
        with database.transaction() as session:
            sqlite.learn(session.connection())
    except DBAPIError:
        log.exception("the database cannot be tidied up")
