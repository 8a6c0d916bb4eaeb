"""The gateway that is set, put together from the settings once, at the start."""

import functools
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from coopfarm.config import Settings
from coopfarm.sms import rules
from coopfarm.sms.actions import outbox
from coopfarm.sms.actions.carrying import Carry, carry
from coopfarm.store.db import Database


@dataclass(frozen=True, slots=True)
class PostOffice:
    """How messages leave and come: `gateway` is None where none is set.

    `secret` is a part of the addresses at which the gateway speaks to us.
    """

    gateway: rules.Gateway | None
    carry: Carry
    handset: Path
    hooks: str = field(repr=False)
    secret: str = field(repr=False)

    def send(self, database: Database, argument: str, clock: Callable[[], datetime]) -> None:
        """The job of the queue: see `outbox.perform`."""
        outbox.perform(database, argument, clock, self.gateway, self.carry)


def open_post_office(settings: Settings) -> PostOffice:
    """`settings` has its secrets."""
    secret = hmac.digest(settings.secret_key.encode(), b"sms hooks", hashlib.sha256).hex()[:32]
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    hooks = f"{address}/sms/hooks/{secret}"
    line = rules.Line(
        url=settings.sms_url.rstrip("/"),
        user=settings.sms_user,
        secret=settings.sms_secret,
        sender=settings.sms_sender,
        hooks=hooks,
    )
    handset = Path(settings.data_dir) / "handset.jsonl"
    return PostOffice(
        gateway=rules.gateway(settings.gateway, line),
        carry=functools.partial(carry, handset=handset),
        handset=handset,
        hooks=hooks,
        secret=secret,
    )
