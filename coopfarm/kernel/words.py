"""Things to say: a stable code, English words to translate, and the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

_PHRASES: dict[str, str] = {}


def N_(words: str) -> str:  # noqa: N802 (gettext's own name for "translate this later")
    """Mark words for translation where no language is known yet."""
    return words


class Counted(str):
    """Words for several, which know those for one and the fact that is counted."""

    __slots__ = ("by", "one")

    one: str
    by: str

    def form(self, count: int) -> str:
        """The English words for so many."""
        return self.one if count == 1 else str(self)


def NN_(one: str, several: str, by: str) -> Counted:  # noqa: N802 (as `N_`)
    """Mark words that count the fact `by`; a language may have more forms than these two."""
    words = Counted(several)
    words.one, words.by = one, by
    return words


class Name(str):
    """A name as it is written at home, which knows itself in Latin letters too, if so written."""

    __slots__ = ("latin",)

    latin: str

    def __new__(cls, name: str, latin: str = "") -> "Name":
        made = super().__new__(cls, name)
        made.latin = latin
        return made

    def read(self, *, latin: bool) -> str:
        """The name for a reader who reads Latin letters, or not."""
        return self.latin if latin and self.latin else str(self)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to tell a person: which phrase, and the facts that fill it.

    A fact that is a sentence itself is said in the same language, a name in the same script.
    """

    code: str
    facts: Mapping[str, "Fact"] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, object]:
        """The form that is stored and sent; `from_json` gives the same sentence back."""
        facts = {k: _plain(v) for k, v in self.facts.items()}
        latin = {k: v.latin for k, v in self.facts.items() if isinstance(v, Name) and v.latin}
        return {"code": self.code, "facts": facts | {k + _LATIN: v for k, v in latin.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Sentence":
        facts = stored.get("facts")
        return cls(str(stored["code"]), _restored(facts) if isinstance(facts, Mapping) else {})

    def __str__(self) -> str:
        return in_english(self)


Fact = str | int | float | bool | date | datetime | Sentence | None
# What a fact is called that has the Latin letters of a name.
_LATIN = "_latin"


class Phrase:
    """The English words of a sentence, with `%(fact)s` where a fact goes.

    Calling a phrase with its facts makes a sentence.
    """

    def __init__(self, code: str, words: str) -> None:
        if _PHRASES.get(code, words) != words:
            raise ValueError(f"two phrases share the code {code}")
        self.code = code
        _PHRASES[code] = words

    def __call__(self, **facts: Fact) -> Sentence:
        return Sentence(self.code, facts)


def words_of(code: str) -> str:
    """The English words of a code; the code itself where no phrase has that name."""
    return _PHRASES.get(code, code)


def all_phrases() -> Mapping[str, str]:
    """Every code that has words, for translations and for the docs."""
    return MappingProxyType(_PHRASES)


def in_english(sentence: Sentence) -> str:
    """The sentence as the command line prints it."""
    words = words_of(sentence.code)
    if isinstance(words, Counted):
        words = words.form(count_of(sentence, words))
    return words % {k: _shown(v) for k, v in sentence.facts.items()}


def count_of(sentence: Sentence, words: Counted) -> int:
    """How many the sentence tells of."""
    count = sentence.facts[words.by]
    return int(count) if isinstance(count, int | float) else 0


def _plain(value: Fact) -> object:
    if isinstance(value, Sentence):
        return value.as_json()
    return value.isoformat() if isinstance(value, date) else value


def _restored(facts: Mapping[str, Any]) -> dict[str, Fact]:
    """Facts as they were before they were stored; moments and days stay as text."""
    found: dict[str, Fact] = {}
    for name, value in facts.items():
        latin = facts.get(name + _LATIN)
        if isinstance(value, Mapping):
            found[name] = Sentence.from_json(value)
        elif isinstance(value, str) and isinstance(latin, str):
            found[name] = Name(value, latin)
        elif not (name.endswith(_LATIN) and name.removesuffix(_LATIN) in facts):
            found[name] = value
    return found


def _shown(value: Fact) -> str:
    if isinstance(value, Name):
        return value.read(latin=True)
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
