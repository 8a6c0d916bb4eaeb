"""What the layers say, in the reader's words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from flask_babel import gettext

from coopfarm.kernel.words import N_, Phrase
from coopfarm.maps.rules.layers import Value
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules.sprays import DOSE_UNITS
from coopfarm.planning.need.crops import find
from coopfarm.web import pages, times, tongue

# What a field may hold that the program itself wrote.
_SAID: Final[Mapping[tuple[str, str], Phrase]] = {
    (field, said): Phrase(f"map-said:{field}:{said}", words)
    for field, said, words in (
        ("water", "turn", N_("has a turn")),
        ("water", "flows", N_("water flows")),
        ("flow", "with", N_("along the line as drawn")),
        ("flow", "against", N_("against the line as drawn")),
        ("state", "free", N_("free")),
        ("state", "booked", N_("booked")),
        ("state", "workshop", N_("in the workshop")),
        ("state", "broken", N_("broken")),
        ("state", "submitted", N_("not looked at yet")),
        ("state", "verified", N_("verified")),
        ("state", "corrected", N_("corrected")),
        ("state", "no_entry", N_("not to be entered")),
        ("state", "no_harvest", N_("not to be harvested")),
        ("state", "open_again", N_("open again")),
        ("order", "first", N_("first")),
        ("order", "next", N_("next")),
        ("order", "later", N_("later")),
    )
} | {("dose_unit", unit): phrase for unit, phrase in DOSE_UNITS.items()}


def of(field: str, value: Value) -> str:
    """A value of a field as a reader reads it; empty where nothing is known."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return times.when(value)
    if isinstance(value, date):
        return times.date_in_full(value)
    if isinstance(value, bool | str):
        return _named(field, str(value))
    return tongue.number(value, 0 if isinstance(value, int) or abs(value) >= 10 else 2)


def _named(field: str, said: str) -> str:
    """What the program keeps by a code, by its name; else as it was written."""
    if field == "pest":
        return pages.say(catalogue.named(said))
    if field == "crop":
        crop = find(said)
        return gettext(crop.name) if crop else said
    known = _SAID.get((field, said))
    return said if known is None else pages.say(known())
