"""Sealing in the background, beside the writers and never in front of them."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from coopfarm.store.audit.chain import Mark
from coopfarm.store.audit.seals import AuditSeal, is_waiting, root, seal
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 5.0


class Sealer:
    """Seals what is new in every cooperative, and keeps the roots in files beside the database."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        cooperatives: Callable[[], Sequence[int]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._folder = database, folder
        self._cooperatives, self._clock = cooperatives, clock

    def start(self, stop: threading.Event | None = None) -> threading.Event:
        """Seal now and every few seconds, in a thread of this process; the event stops it."""
        stop = stop or threading.Event()
        threading.Thread(target=self._work, args=(stop,), name="sealer", daemon=True).start()
        return stop

    def seal(self, cooperative_id: int) -> int:
        """Seal whatever waits in one cooperative, batch after batch; how many events."""
        sealed = 0
        while self._is_waiting(cooperative_id):
            with self._database.transaction(cooperative_id) as session:
                done = seal(session, now=self._clock())
            if not done:
                break
            sealed += done
        if sealed:
            with self._database.reading() as session:
                session.cooperative_id = cooperative_id
                keep_root(self._folder, session)
        return sealed

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                for cooperative_id in self._cooperatives():
                    self.seal(cooperative_id)
            except (SQLAlchemyError, OSError):
                log.exception("could not seal the audit; trying again")
            stop.wait(PAUSE_SECONDS)

    def _is_waiting(self, cooperative_id: int) -> bool:
        """Asked by reading, so that nobody waits for a sealer with nothing to do."""
        with self._database.reading() as session:
            session.cooperative_id = cooperative_id
            return is_waiting(session)


def root_file(folder: Path, cooperative_id: int) -> Path:
    """Where the last root of a cooperative is kept, in the folder of the installation's data."""
    return folder / "audit-roots" / f"{cooperative_id}.txt"


def kept_mark(folder: Path, cooperative_id: int) -> Mark | None:
    """What the file says the chain was; None when there is none. Raises ValueError."""
    file = root_file(folder, cooperative_id)
    return mark(file.read_text("utf-8").split()[0]) if file.exists() else None


def mark(printed: str) -> Mark:
    """A root as it stands on paper, POSITION:HASH with 16 digits of the hash or more.

    Raises ValueError for anything else.
    """
    position, _, digits = printed.strip().partition(":")
    digest = bytes.fromhex(digits)
    if not position.isdecimal() or int(position) < 1 or not 8 <= len(digest) <= 32:
        raise ValueError(f"{printed} is no root: it is written POSITION:HASH, as in 412:9f86d0…")
    return Mark(int(position), digest)


def keep_root(folder: Path, session: TenantSession) -> None:
    """Put the end of the chain into its file, unless the chain contradicts what is there.

    What it contradicts is evidence, and stays.
    """
    here, end = session.cooperative_id, root(session)
    if here is None or end is None:
        return
    known = kept_mark(folder, here)
    if known is not None and not _holds(session, known):
        log.error("the audit of cooperative %s is not what its root file says", here)
        return
    file = root_file(folder, here)
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".new")
    written.write_text(f"{end.events}:{end.hash_hex} {end.sealed_at.isoformat()}\n", "utf-8")
    written.replace(file)


def _holds(session: TenantSession, known: Mark) -> bool:
    sealed = select(AuditSeal.hash).where(AuditSeal.position == known.position)
    found = session.scalars(sealed).one_or_none()
    return found is not None and found.startswith(known.hash)
