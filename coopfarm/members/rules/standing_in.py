"""Who may act for whom: consents, and what ends them."""

from datetime import date
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase

LONGEST_NOTE: Final = 300
GIVEN: Final = {
    "own_phone": Phrase("consent:own-phone", N_("said so when signed in")),
    "pin": Phrase("consent:pin", N_("typed the PIN on the helper’s phone")),
    "paper": Phrase("consent:paper", N_("signed on paper, kept by the office")),
}


class NoSuchPerson(Invalid):
    code = "no-such-person"
    words = N_("No active member has this number or name. Look at the member’s card.")


class SeveralSuchPeople(Invalid):
    code = "several-such-people"
    words = N_("Several members have this name. Write the member’s number instead.")


class NotForOneself(Invalid):
    code = "not-for-oneself"
    words = N_("This is the same person. Choose somebody else.")


class ConsentPast(Invalid):
    code = "consent-past"
    words = N_("%(day)s is past. Choose a later day, or none for until it is ended.")


class ConsentThere(Conflict):
    code = "consent-there"
    words = N_("This helper may act for this member already. End that first to change it.")


class NoteMissing(Invalid):
    code = "consent-note-missing"
    words = N_("Write where the signed paper is kept, so that it can be found again.")


class PinNotTheirs(Invalid):
    """The number or the PIN is wrong, or the account is locked; it is never said which."""

    code = "pin-not-theirs"
    words = N_(
        "That number and PIN do not belong together. Tries here count as at the door: after five "
        "wrong ones nobody can sign in under that number for 15 minutes, then for longer."
    )


class MayNotHelp(NotAllowed):
    """A consent is there, and something else is in the way."""

    code = "may-not-help"
    words = N_(
        "You cannot act for %(name)s now: the consent has ended, or one of you is suspended or "
        "has left."
    )


def check_until(until: date | None, today: date) -> None:
    """Raise ConsentPast."""
    if until is not None and until < today:
        raise ConsentPast(field="until", day=until)
