"""When a message is tried again, and what it says of itself, in words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

from coopfarm.kernel.words import N_, Phrase

MOST_TRIES = 5
_FIRST_PAUSE = timedelta(seconds=30)
# A message under way for so long was cut off, and nobody knows whether it was sent.
LOST_AFTER = timedelta(minutes=5)

Purpose = Literal["code", "test", "notice"]

STATES = {
    "queued": Phrase("sms:queued", N_("waiting")),
    "sending": Phrase("sms:sending", N_("being sent")),
    "sent": Phrase("sms:sent", N_("sent")),
    "delivered": Phrase("sms:delivered", N_("arrived")),
    "failed": Phrase("sms:failed", N_("not sent")),
}
PURPOSES: Final[Mapping[Purpose, Phrase]] = {
    "code": Phrase("sms-purpose:code", N_("code for signing in")),
    "test": Phrase("sms-purpose:test", N_("test")),
    "notice": Phrase("sms-purpose:notice", N_("notice to a member")),
}
# What may follow what: a late report does not take back that a message arrived.
FOLLOWS = {
    "sent": ("sending", "sent"),
    "delivered": ("sending", "sent"),
    "failed": ("sending", "sent"),
}


def pause(tries: int) -> timedelta:
    """How long to wait after that many tries: 30 s, 1 min, 2 min …"""
    return _FIRST_PAUSE * (1 << max(0, tries - 1))
