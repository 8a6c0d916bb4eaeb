"""PINs and passwords, and how often they may be tried in vain."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from coopfarm.kernel.refusal import Invalid, NotAllowed
from coopfarm.kernel.words import N_

FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
_MOST_DOUBLINGS = 7  # enough for any lock to be the longest
SHORTEST_PASSWORD = 8
LONGEST_SECRET = 200
PIN_DIGITS = 6
MEMBER_STAYS = timedelta(days=30)
CONSOLE_STAYS = timedelta(hours=12)


class NotRecognised(NotAllowed):
    """The name or the secret is wrong, or the account is locked; it is never said which.

    So nobody can find out by trying who has an account.
    """

    code = "not-recognised"
    words = N_(
        "That name and secret do not belong together. Check both and try again. After five wrong "
        "tries nobody can sign in under that name for 15 minutes, then for longer each time; "
        "the office can help."
    )


class PinUnusable(Invalid):
    code = "pin-unusable"
    words = N_("A PIN has six digits, not all the same and not in a row, such as 407319.")


class PasswordTooShort(Invalid):
    code = "password-too-short"
    words = N_("A password has at least 8 characters. A few words in a row are easy to remember.")


@dataclass(frozen=True, slots=True)
class Tries:
    """How often an account was tried in vain, and until when it is locked."""

    failures: int
    locked_until: datetime | None


def is_locked(tries: Tries, now: datetime) -> bool:
    return tries.locked_until is not None and tries.locked_until > now


def after_failure(tries: Tries, now: datetime) -> Tries:
    """One more try in vain: every fifth locks, each time for twice as long."""
    failures = tries.failures + 1
    if failures % FREE_TRIES:
        return Tries(failures, tries.locked_until)
    doublings = min(failures // FREE_TRIES - 1, _MOST_DOUBLINGS)
    lock = min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)
    return Tries(failures, now + lock)


def check_pin(pin: str) -> None:
    """Raise PinUnusable unless it is six digits that are not the first anyone tries."""
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if not re.fullmatch(r"[0-9]{6}", pin) or steps in ({0}, {1}, {-1}):
        raise PinUnusable(field="pin")


def check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_SECRET:
        raise PasswordTooShort(field="password")
