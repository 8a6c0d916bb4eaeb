"""Sensitive sites: what they are, and how they hear of a spraying."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase

KINDS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "hives": Phrase("site:hives", N_("beehives")),
        "organic": Phrase("site:organic", N_("organic field")),
        "school": Phrase("site:school", N_("school")),
        "well": Phrase("site:well", N_("well")),
    }
)
NOTICE_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "waiting": Phrase("campaign-notice:waiting", N_("not acknowledged")),
        "acknowledged": Phrase("campaign-notice:acknowledged", N_("acknowledged")),
        "waived": Phrase("campaign-notice:waived", N_("waived")),
    }
)
LONGEST_NAME: Final = 80
LONGEST_PHONE: Final = 30
LONGEST_NOTE: Final = 300


class SiteTextUnusable(Invalid):
    code = "site-text-unusable"
    words = N_("%(field)s: this is needed, in at most %(most)s letters.")


class NoSuchSiteKind(Invalid):
    code = "no-such-site-kind"
    words = N_("%(field)s: choose one of the kinds.")


class SiteWithoutContact(Invalid):
    """Nobody could be told."""

    code = "site-without-contact"
    words = N_("%(field)s: choose a member to tell, or give a phone number to ring.")


class NotYourNotice(NotAllowed):
    code = "not-your-notice"
    words = N_("Only the contact of this site acknowledges, or the office that rang there.")


class NoticeAnswered(Conflict):
    code = "campaign-notice-answered"
    words = N_("This notice is “%(stands)s” already. Load the page again and look.")


class NoticeWithoutWords(Invalid):
    """Whoever acts for a site says what was said there."""

    code = "campaign-notice-without-words"
    words = N_("%(field)s: note whom you reached and what was said, or why nobody is waited for.")


def text(given: str, field: str, most: int, *, is_needed: bool = False) -> str:
    """The words without needless spaces. Raises SiteTextUnusable."""
    plain = " ".join(given.split())
    if len(plain) > most or (is_needed and not plain):
        raise SiteTextUnusable(field=field, most=most)
    return plain
