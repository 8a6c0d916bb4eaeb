"""Work that outlasts a request: queued in the database, done by whoever is free."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg
from huey import Huey, PostgresHuey, SqliteHuey
from sqlalchemy import make_url

from coopfarm.store.db import PATIENCE

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.2
_AWAY: Final = (sqlite3.Error, psycopg.Error)


class Queue:
    """Jobs by name, each with one text argument. A job must bear being done twice."""

    def __init__(self, url: str, data_dir: Path, *, at_once: bool = False) -> None:
        self._huey = _huey(url, data_dir, at_once=at_once)
        self._jobs: dict[str, Callable[[str], None]] = {}
        self._task = self._huey.task()(self._do)

    def teach(self, name: str, job: Callable[[str], None]) -> None:
        self._jobs[name] = job

    def enqueue(self, name: str, argument: str) -> None:
        """To be called once what the job needs is committed.

        What is kept is kept: a queue that is away makes the job late, and not the act undone.
        Whoever starts next takes up what is unfinished.
        """
        try:
            self._task(name, argument)
        except _AWAY:
            log.exception("could not queue %s %s", name, argument)

    def work(self, stop: threading.Event) -> None:
        """Do job after job until `stop` is set; a job under way is finished.

        A database that goes away is waited for.
        """
        while not stop.is_set():
            try:
                done = self._do_next()
            except _AWAY:
                log.exception("the queue is away")
                done = False
            if not done:
                stop.wait(PAUSE_SECONDS)

    def _do_next(self) -> bool:
        task = self._huey.dequeue()
        if task is not None:
            self._huey.execute(task)
        return task is not None

    def start_inside(self) -> threading.Event:
        """Work in a thread of this process; the event returned stops it."""
        stop = threading.Event()
        threading.Thread(target=self.work, args=(stop,), name="worker", daemon=True).start()
        return stop

    def close(self) -> None:
        self._huey.storage.close()

    def _do(self, name: str, argument: str) -> None:
        log.info("doing %s %s", name, argument)
        self._jobs[name](argument)


def make_tables(url: str) -> None:
    """Make what the queue keeps in the database itself; to be called as the owner."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        dsn = where.set(drivername="postgresql").render_as_string(hide_password=False)
        PostgresHuey("coopfarm", dsn=dsn, blocking=False, **PATIENCE).storage.close()


def _huey(url: str, data_dir: Path, *, at_once: bool) -> Huey:
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        dsn = where.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(
            "coopfarm",
            dsn=dsn,
            blocking=False,
            immediate=at_once,
            create_tables=False,
            **PATIENCE,
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    file = str(data_dir / "queue.db")
    return SqliteHuey("coopfarm", filename=file, immediate=at_once, immediate_use_memory=True)
