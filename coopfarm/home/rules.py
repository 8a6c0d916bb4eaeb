"""How the reasons of a turn are told: need first, then amount, then the hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopfarm.kernel.words import N_, Phrase, Sentence

NEED = Phrase("chapter-need", N_("What your crop needs"))
AMOUNT = Phrase("chapter-amount", N_("How much you get"))
TIME = Phrase("chapter-time", N_("How long, and when"))

# The first sentence of each later chapter; what stands before the first is the need.
_AMOUNT_BEGINS = ("week-", "why-floors-", "why-same-", "why-half-", "why-claim-")
_TIME_BEGINS = ("why-one-share",)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question and the sentences that answer it."""

    title: Sentence
    steps: tuple[Mapping[str, Any], ...]


def in_chapters(reasons: Sequence[Mapping[str, Any]]) -> tuple[Chapter, ...]:
    """The kept reasons of a turn, in the order they were worked out, under three headings."""
    chapters: dict[Phrase, list[Mapping[str, Any]]] = {NEED: [], AMOUNT: [], TIME: []}
    now = NEED
    for reason in reasons:
        if now is NEED and str(reason["code"]).startswith(_AMOUNT_BEGINS):
            now = AMOUNT
        elif str(reason["code"]).startswith(_TIME_BEGINS):
            now = TIME
        chapters[now].append(reason)
    return tuple(Chapter(title(), tuple(steps)) for title, steps in chapters.items() if steps)
