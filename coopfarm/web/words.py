"""Sentences in the person's language, with numbers in the person's digits."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext

from coopfarm.kernel.words import Fact, Sentence, words_of
from coopfarm.web import times, tongue


def say(sentence: Sentence | Mapping[str, object]) -> str:
    """The sentence in this page's language; one that was stored may be given as JSON."""
    if not isinstance(sentence, Sentence):
        sentence = Sentence.from_json(sentence)
    facts = {name: shown(name, value) for name, value in sentence.facts.items()}
    return str(gettext(words_of(sentence.code))) % facts


# Stored sentences keep days as text.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Facts that are names of ours and have words in every language: crops, rules, states.
_NAMES = frozenset({"crop", "rule", "state", "basis", "unit", "per", "job", "calendar"})


def shown(name: str, value: Fact) -> str:
    """One fact, as this page writes it."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = _day_if_one(value)
    if isinstance(value, bool) or value is None:
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, float | int):
        return tongue.number(value)
    if isinstance(value, datetime):
        return times.when(value)
    if isinstance(value, date):
        return times.day(value)
    if name in _NAMES:
        return _named(name, str(value))
    return str(value)


def _day_if_one(text: str) -> date | str:
    """What was typed as a day may be none, such as 2026-02-30."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _named(name: str, value: str) -> str:
    """A name of ours in the reader's language, with the space it came with."""
    bare = value.lstrip("\N{NO-BREAK SPACE}")
    said = gettext(words_of(f"{name}:{bare}").removeprefix(f"{name}:")) if bare else ""
    return f"{value[: len(value) - len(bare)]}{said}"
