"""What a dry run finds in a file: what is wrong, what is put right, what is good to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coopfarm.kernel.refusal import Refusal
from coopfarm.kernel.words import Fact, Phrase, Sentence

PROBLEM = "problem"
REPAIR = "repair"
NOTE = "note"

# The facts of a refusal that say which feature it is about.
_NUMBERED = ("earlier", "feature")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a file, and the numbers of the features it is about.

    A "problem" keeps the file out, a "repair" is done by the import, a "note" is good to know.
    No numbers mean the whole file.
    """

    kind: str
    said: Sentence
    features: tuple[int, ...] = ()


def problem(refusal: Refusal) -> Finding:
    """A refusal as a finding, with the features that it names."""
    named = [refusal.facts[name] for name in _NUMBERED if name in refusal.facts]
    return Finding(PROBLEM, refusal.sentence, tuple(n for n in named if isinstance(n, int)))


def repair(phrase: Phrase, numbers: Iterable[int], **facts: Fact) -> Finding:
    """What is done about `numbers`; the phrase is told how many they are as `features`."""
    features = tuple(numbers)
    return Finding(REPAIR, phrase(features=len(features), **facts), features)


def note(phrase: Phrase, numbers: Iterable[int], **facts: Fact) -> Finding:
    """What is good to know about `numbers`; the phrase is told how many as `features`."""
    features = tuple(numbers)
    return Finding(NOTE, phrase(features=len(features), **facts), features)


def sayings(findings: Iterable[Finding]) -> Sequence[Sentence]:
    """What repairs and notes say, without the problems."""
    return [finding.said for finding in findings if finding.kind != PROBLEM]
