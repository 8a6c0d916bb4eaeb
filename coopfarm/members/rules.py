"""Signing in and joining: decisions over what was typed and what is known."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import phonenumbers

from coopfarm.kernel.refusal import Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase

ROLES = {
    "member": Phrase("role:member", N_("member")),
    "water_master": Phrase("role:water_master", N_("water master")),
    "manager": Phrase("role:manager", N_("manager")),
    "officer": Phrase("role:officer", N_("extension officer")),
}
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


class NotAPhone(Invalid):
    code = "not-a-phone"
    words = N_("%(field)s: this is no phone number. Write it as you would dial it, in any digits.")


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


def phone(text: str, region: str, *, field: str = "phone") -> str:
    """The number as E.164, from any script's digits. Raises NotAPhone."""
    try:
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", plain_digits(text)), region)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone(field=field) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone(field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def plain_digits(text: str) -> str:
    """The text with the digits of every script as 0-9: a PIN is the same in all of them."""
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def masked(number: str) -> str:
    """A phone number as those see it who need not call it."""
    return f"•••• {number[-3:]}"


def check_pin(pin: str) -> None:
    """Raise PinUnusable unless it is six digits that are not the first anyone tries."""
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if not re.fullmatch(r"[0-9]{6}", pin) or steps in ({0}, {1}, {-1}):
        raise PinUnusable(field="pin")


def check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_SECRET:
        raise PasswordTooShort(field="password")
