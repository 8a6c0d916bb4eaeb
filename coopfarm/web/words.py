"""Sentences in the person's language, with numbers in the person's digits."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import get_domain, gettext

from coopfarm.kernel.words import Counted, Fact, Name, Sentence, all_phrases, count_of, words_of
from coopfarm.web import times, tongue


def say(sentence: Sentence | Mapping[str, object]) -> str:
    """The sentence in this page's language; one that was stored may be given as JSON."""
    if not isinstance(sentence, Sentence):
        sentence = Sentence.from_json(sentence)
    facts = {name: shown(name, value) for name, value in sentence.facts.items()}
    return _in_this_language(sentence) % facts


def _in_this_language(sentence: Sentence) -> str:
    """The words before they are filled, in the form that goes with what they count."""
    words = words_of(sentence.code)
    if not isinstance(words, Counted):
        # The translation of nothing is the head of the catalogue.
        return str(gettext(words)) if words else ""
    counted = get_domain().get_translations().ungettext
    return str(counted(words.one, str(words), count_of(sentence, words)))


# Stored sentences keep days and moments as text.
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d)?")
# Facts that are names of ours and have words in every language: crops, rules, states, what is
# wrong with a file; and what the codes of their phrases begin with.
_PLAIN = (
    *("crop", "rule", "basis", "unit", "per", "what", "reason", "drawn", "job", "calendar"),
    *("category", "weekday", "needs", "role"),
)
# Facts that are an hour of the day or a day of the year: 06:00, 05-15.
_OF_EVERY_DAY = ("opens", "closes")
_NAMES = {name: (name,) for name in _PLAIN} | {
    "state": ("state", "membership", "machine", "booking"),
    "fault_state": ("fault",),
    "round_state": ("round",),
    "campaign_state": ("campaign",),
    "upkeep_state": ("upkeep",),
}


def shown(name: str, value: Fact) -> str:
    """One fact, as this page writes it."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = _day_if_one(value)
    if isinstance(value, str):
        return _written(name, value)
    if isinstance(value, Sentence):
        return say(value)
    if isinstance(value, bool) or value is None:
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, float | int):
        return tongue.number(value)
    return times.when(value) if isinstance(value, datetime) else times.day(value)


def _written(name: str, text: str) -> str:
    if isinstance(text, Name):
        return text.read(latin=tongue.reads_latin())
    if name in _OF_EVERY_DAY:
        return times.of_every_day(text)
    return _named(name, text) if name in _NAMES else text


def _day_if_one(text: str) -> date | str:
    """What was typed as a day may be none, such as 2026-02-30."""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text


def _named(name: str, value: str) -> str:
    """A name of ours in the reader's language, with the space it came with."""
    bare = value.lstrip("\N{NO-BREAK SPACE}")
    known, codes = all_phrases(), [f"{kind}:{bare}" for kind in _NAMES[name]]
    said = gettext(next((known[code] for code in codes if code in known), bare)) if bare else ""
    return f"{value[: len(value) - len(bare)]}{said}"
