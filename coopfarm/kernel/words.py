"""Things to say: a stable code, English words to translate, and the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

Fact = str | int | float | bool | date | datetime | None

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


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to tell a person: which phrase, and the facts that fill it."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, object]:
        """The form that is stored and sent; `from_json` gives the same sentence back."""
        return {"code": self.code, "facts": {k: _plain(v) for k, v in self.facts.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Sentence":
        facts = stored.get("facts")
        return cls(str(stored["code"]), dict(facts) if isinstance(facts, Mapping) else {})

    def __str__(self) -> str:
        return in_english(self)


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


def _plain(value: Fact) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Fact) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
