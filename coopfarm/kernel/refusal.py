"""How the cooperative says no: which rule, what is in the way, and what would work."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from coopfarm.kernel.words import N_, Fact, Phrase, Sentence


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """A no with its reason: a stable `code`, `words` to translate, and the facts.

    `field` names what was sent wrong, where one thing was; `alternatives` are what
    would be accepted instead.
    """

    code: ClassVar[str] = "refused"
    words: ClassVar[str] = N_("That was refused.")

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        Phrase(cls.code, cls.words)

    def __init__(self, *, field: str | None = None, **facts: Fact) -> None:
        self.field = field
        self.facts: dict[str, Fact] = {**facts} if field is None else {"field": field, **facts}
        self.alternatives: Sequence[Mapping[str, object]] = ()
        super().__init__(self.code, self.facts)

    @property
    def sentence(self) -> Sentence:
        return Sentence(self.code, self.facts)

    def __str__(self) -> str:
        return str(self.sentence)


class Conflict(Refusal):
    """Someone else was first, or what you saw has changed since."""

    code = "conflict"
    words = N_("That no longer fits what is stored. Load the page again and look.")


class NotAllowed(Refusal):
    """This member may not do this."""

    code = "not-allowed"
    words = N_("Your role does not allow this. Ask the manager of your cooperative.")


class Missing(Refusal):
    """There is no such thing, or not for this member."""

    code = "missing"
    words = N_("There is nothing here under that name.")


class Invalid(Refusal):
    """What was sent cannot be used."""

    code = "invalid"
    words = N_("What was sent cannot be used. Look at the marked fields.")


class TryLater(Refusal):
    """Nothing was changed; the same request may succeed in a moment."""

    code = "try-later"
    words = N_("The store did not answer in time. Nothing was changed; try again in a moment.")


class Several(Invalid):
    """Several things are wrong at once; each is a refusal of its own."""

    code = "several-problems"
    words = N_("%(count)s things need to be put right. Nothing was changed.")

    def __init__(self, problems: Sequence[Refusal]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)


def all_refusals(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every kind of refusal that has been imported, for the docs and their test."""
    yield root
    for kind in root.__subclasses__():
        yield from all_refusals(kind)
