"""Coming in for the first time, or again without the PIN: how long codes last, and how often."""

import re
from datetime import datetime, timedelta
from typing import Final

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed, TryLater
from coopfarm.kernel.words import N_

CODE_DIGITS: Final = 6
CODE_LASTS: Final = timedelta(minutes=10)
CARD_DIGITS: Final = 8
CARD_LASTS: Final = timedelta(days=14)
# The sheet can be printed again for so long by whoever made it.
SHEET_LASTS: Final = timedelta(hours=1)
# Between the right code and the PIN.
PASS_LASTS: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
SENDS_A_DAY: Final = 5
# Asking again keeps the code before good, and none before that.
LIVE_CODES: Final = 2
WRONG_CODES: Final = 10
WRONG_PINS: Final = 3
APPLICATIONS_A_DAY: Final = 50
APPLICATIONS_A_NUMBER: Final = 3
LONGEST_NAME: Final = 120
LONGEST_WORDS: Final = 1000
_FIRST_DELAY: Final = timedelta(hours=1)


class CodeNotRecognised(NotAllowed):
    """Wrong, used up, too old, or tried too often: it is never said which."""

    code = "code-not-recognised"
    words = N_(
        "That code does not fit, or is no longer good. Check every digit and try again. After "
        "ten wrong codes nobody can go on for some hours; the office can make a new card."
    )


class TooManyCodes(NotAllowed):
    code = "too-many-codes"
    words = N_(
        "Five codes were asked for this number within a day, and no more are sent until "
        "tomorrow. With a printed card from the office you can come in at once."
    )


class EnrolmentOver(Conflict):
    code = "enrolment-over"
    words = N_(
        "This was done already, or it took longer than 15 minutes. If you have chosen a PIN, "
        "sign in with it; if not, begin again."
    )


class PinsDiffer(Invalid):
    code = "pins-differ"
    words = N_("The two PINs are not the same. Type the same six digits twice.")


class PinOfAnother(Invalid):
    """Two people of one number are told apart by their PINs."""

    code = "pin-of-another"
    words = N_("This PIN cannot be used with this phone number. Choose another one.")


class WhoMissing(Invalid):
    code = "who-missing"
    words = N_("Several members have this number. Choose your name.")


class PhoneMissing(Invalid):
    code = "phone-missing"
    words = N_("Write the phone number you will sign in with. Others may use it too.")


class CardNotPossible(Conflict):
    code = "card-not-possible"
    words = N_(
        "No card can be made for %(name)s: a card is for accepted members who sign in with a "
        "PIN. Who signs in with a name and a password gets a new password from the office."
    )


class SignsInElsewhere(Conflict):
    """One office must not choose the PIN that opens another cooperative's door."""

    code = "signs-in-elsewhere"
    words = N_(
        "%(name)s signs in to several cooperatives with one PIN, so no single office can replace "
        "it. A code by short message works, to the number that they sign in with."
    )


class OnlyTheOffice(NotAllowed):
    """A helper hands out first cards; a card for somebody who has a PIN replaces it."""

    code = "only-the-office"
    words = N_(
        "%(name)s can sign in already, and a new card would replace their PIN. Only a manager "
        "makes such a card; ask one."
    )


class NobodyNumbered(Invalid):
    code = "nobody-numbered"
    words = N_("%(number)s: no member has this number. Look it up in the list of members.")


class ApplicationsFull(TryLater):
    code = "applications-full"
    words = N_(
        "This cooperative takes no more applications today. Come to the office, or try again "
        "tomorrow."
    )


class CooperativeUnknown(Invalid):
    code = "cooperative-unknown"
    words = N_("No cooperative has this name here. Write it as it stands on its papers.")


class NameUnusable(Invalid):
    code = "name-unusable"
    words = N_("Write your name, with 2 to 120 letters.")


def plain_name(name: str) -> str:
    """A name as it is compared: without what differs between two who write it."""
    return " ".join(name.casefold().split())


def plain_code(typed: str) -> str:
    """A code as it was sent, from any digits, with whatever people put between them."""
    return re.sub(r"[^0-9]", "", plain_digits(typed[:60]))


def grouped(code: str) -> str:
    """`1234 5678`: in groups of four, with a space that keeps them in order in every script."""
    # Unicode UAX 9, W4: between Arabic-Indic digits a plain space would swap the groups.
    groups = [code[place : place + 4] for place in range(0, len(code), 4)]
    return "\N{NO-BREAK SPACE}".join(groups)


def finder(number: str) -> str:
    """What finds a card by the member's number: its digits, of whatever script."""
    digits = plain_code(number)[:20].lstrip("0")
    return f"card:{digits}" if digits else ""


def delay_after(wrong: int, now: datetime) -> datetime | None:
    """Until when nothing is looked at after so many wrong codes: an hour after the tenth,
    twice as long after each further one, a day at most.
    """
    if wrong < WRONG_CODES:
        return None
    return now + min(_FIRST_DELAY * (1 << min(wrong - WRONG_CODES, 10)), DAY)


def check_name(name: str) -> None:
    if not 2 <= len(name) <= LONGEST_NAME:
        raise NameUnusable(field="name")
