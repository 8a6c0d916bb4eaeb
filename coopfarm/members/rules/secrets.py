"""PINs and passwords: which ones are taken, and how long they let somebody stay."""

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_

SHORTEST_PASSWORD: Final = 8
LONGEST_SECRET: Final = 200
PIN_DIGITS: Final = 6
ACCOUNTS_A_NUMBER: Final = 5
MEMBER_STAYS: Final = timedelta(days=30)
CONSOLE_STAYS: Final = timedelta(hours=12)
CONSOLE_IDLES: Final = timedelta(hours=1)
# Six digits as they lie on the keys, or as they are said: what is left of the commonest PINs
# once repetitions, rows and years are out.
_ON_THE_KEYS: Final = frozenset(
    re.findall(
        "[0-9]{6}",
        "147258 147852 258147 258369 369258 369147 321654 456123 789456 123789 789123 456852 "
        "852456 963852 741852 852741 159357 159753 357159 753951 951753 147369 963741 741963 "
        "142536 102030 010203 121314 112358 246810 135790 100200 200300 123654 654123 987321 ",
    )
)
_LETTERS_OF_A_NAME: Final = 4


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


class SeveralKnowIt(Conflict):
    """A program cannot be asked which of them it is."""

    code = "several-know-it"
    words = N_(
        "Several people with this number have the same PIN. Sign in once in a browser, where the "
        "name is asked for, and change the PIN."
    )


class NumberFull(Conflict):
    """Each further PIN on one number would make it easier to guess one of them."""

    code = "number-full"
    words = N_(
        "%(count)s people sign in with this number already, which is as many as one number takes. "
        "Give this person a number of their own, or a card."
    )


class PinUnusable(Invalid):
    code = "pin-unusable"
    words = N_(
        "A PIN has six digits, such as 407319. It is none of those that are tried first: no row "
        "such as 123456, nothing repeated such as 111111, 121212 or 112233, no pattern of the "
        "keys, and no year of birth at its beginning or end."
    )


class PasswordTooShort(Invalid):
    code = "password-too-short"
    words = N_("A password has at least 8 characters. A few words in a row are easy to remember.")


class PasswordTooLong(Invalid):
    code = "password-too-long"
    words = N_("A password has at most 200 characters.")


class PasswordCommon(Invalid):
    code = "password-common"
    words = N_(
        "This password is among the first that anyone tries. Take another; a few words in a row "
        "that do not belong together are easy to remember."
    )


class PasswordNamesUs(Invalid):
    code = "password-names-us"
    words = N_(
        "This password is little more than a name that everybody knows here: yours, or that of "
        "the cooperative. Take another; a few words in a row are easy to remember."
    )


class PresentSecretWrong(Invalid):
    code = "present-secret-wrong"
    words = N_(
        "The present PIN or password is not right. After five wrong tries it cannot be changed "
        "for 15 minutes, then for longer each time."
    )


def check_pin(pin: str, *, field: str = "pin") -> None:
    """Raise PinUnusable unless it is six digits that are not among the first anyone tries."""
    if not re.fullmatch(r"[0-9]{6}", pin) or _is_tried_first(pin):
        raise PinUnusable(field=field)


def _is_tried_first(pin: str) -> bool:
    return (
        {ord(after) - ord(one) for one, after in pairwise(pin)} in ({0}, {1}, {-1})
        or pin[3:] in (pin[:3], pin[2::-1])
        or pin == pin[:2] * 3
        or pin[::2] == pin[1::2]
        or any(re.fullmatch("19[4-9][0-9]|20[0-2][0-9]", year) for year in (pin[:4], pin[2:]))
        or pin in _ON_THE_KEYS
    )


def check_password(password: str, *, names: Iterable[str] = (), field: str = "password") -> None:
    """Raise the reason why a password is not taken.

    `names` are those that everybody here knows. Nothing is asked of its letters, and it need
    not be changed from time to time.
    """
    # OWASP ASVS 5.0: 6.2.1, 6.2.4, 6.2.5, 6.2.9 to 6.2.11.
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(field=field)
    if len(password) > LONGEST_SECRET:
        raise PasswordTooLong(field=field)
    if password.casefold() in _common_passwords():
        raise PasswordCommon(field=field)
    if any(_is_little_more_than(password, name) for name in names):
        raise PasswordNamesUs(field=field)


@cache
def _common_passwords() -> frozenset[str]:
    # A fifth of a second of reading: only where a password is chosen.
    from zxcvbn.frequency_lists import (  # type: ignore[import-untyped]  # noqa: PLC0415
        FREQUENCY_LISTS,
    )

    return frozenset(
        word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD
    )


def _is_little_more_than(password: str, name: str) -> bool:
    """Whether nothing is left but digits and signs once the name is taken out."""
    plain, known = password.casefold(), name.casefold().strip()
    if len(known) < _LETTERS_OF_A_NAME or known not in plain:
        return False
    return not any(c.isalpha() for c in plain.replace(known, ""))
