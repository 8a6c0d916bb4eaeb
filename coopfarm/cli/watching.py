"""What is due for the machines is done in the background, whether anybody asks or not."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.exc import DBAPIError

from coopfarm.equipment.actions import due
from coopfarm.members.actions import telling
from coopfarm.members.queries import cooperative_ids
from coopfarm.sms import actions as sms
from coopfarm.store.db import Database
from coopfarm.store.queue import Queue
from coopfarm.store.tenancy import TenantSession
from coopfarm.web import aloud

EVERY_SECONDS: Final = 20.0

log = logging.getLogger(__name__)


class Watch:
    """Does what is due in every cooperative: lapsed holds, nobody coming, reminders."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        clock: Callable[[], datetime],
        *,
        has_gateway: bool,
    ) -> None:
        self._database, self._queue, self._clock = database, queue, clock
        self._has_gateway = has_gateway
        self._speaker = aloud.Speaker()

    def start(self, stop: threading.Event) -> None:
        """Look now and every so many seconds until `stop`, in a thread of this process."""
        threading.Thread(target=self._work, args=(stop,), name="watch", daemon=True).start()

    def look(self) -> None:
        """Look once, at each cooperative by itself."""
        with self._database.reading() as session:
            homes = cooperative_ids(session)
        for home in homes:
            for argument in due.perform(self._database, home, self._clock(), self._told):
                self._queue.enqueue(sms.JOB, argument)

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.look()
            except DBAPIError:
                log.exception("could not look after the machines; trying again")
            stop.wait(EVERY_SECONDS)

    def _told(self, session: TenantSession) -> list[str]:
        if not self._has_gateway:
            telling.gathered(session)
            return []
        return [*telling.post(session, self._speaker.say, self._clock())]
