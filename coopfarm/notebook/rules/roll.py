"""Who and where: the people and plots that a line may name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.notebook.rules.spelling import plain

_MOST_NAMED = 8


class NobodyNamed(Invalid):
    code = "notebook-nobody-named"
    words = N_("Write whom it is about: the name or the number of a member.")


class NobodyCalled(Invalid):
    code = "notebook-nobody-called"
    words = N_("No member is called “%(given)s” or has that number. Look it up under Members.")


class SeveralCalled(Invalid):
    code = "notebook-several-called"
    words = N_("Several members are called “%(given)s”: %(numbers)s. Write the number instead.")


class PlotMissing(Invalid):
    code = "notebook-plot-missing"
    words = N_("Write the plot. %(member)s farms %(plots)s.")


class NoPlot(Invalid):
    code = "notebook-no-plot"
    words = N_("%(member)s holds no plot and works none, so no water can be theirs.")


class PlotUnknown(Invalid):
    code = "notebook-plot-unknown"
    words = N_("There is no plot “%(given)s”.")


class PlotOfNobody(Invalid):
    code = "notebook-plot-of-nobody"
    words = N_("Nobody holds plot %(plot)s or works it. Say under Land who does, then enter this.")


class PlotOfAnother(Invalid):
    code = "notebook-plot-of-another"
    words = N_(
        "%(member)s neither holds nor works plot %(plot)s; it is farmed by %(farmers)s. Put "
        "the member or the plot right, or change the plot under Land."
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A member, by number and every name they are written with."""

    id: UUID
    number: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.names[0]} ({self.number})"


@dataclass(frozen=True, slots=True)
class Ground:
    """A plot, by its code and who farms it: the holder, and who works it."""

    id: UUID
    code: str
    farmers: frozenset[UUID]


@dataclass(frozen=True)
class Roll:
    """Everybody and every plot of a cooperative."""

    people: Sequence[Person]
    plots: Sequence[Ground]

    def person(self, given: str, *, field: str = "member") -> Person:
        """Whose number or name it is. Raises NobodyNamed, NobodyCalled and SeveralCalled."""
        asked = plain(given)
        if not asked:
            raise NobodyNamed(field=field)
        found = self._numbered.get(asked) or self._named.get(asked) or self._partly_named(asked)
        if not found:
            raise NobodyCalled(field=field, given=given[:60])
        if len(found) > 1:
            shown = [one.number for one in found[:_MOST_NAMED]]
            more = ["…"] if len(found) > _MOST_NAMED else []
            raise SeveralCalled(field=field, given=given[:60], numbers=", ".join(shown + more))
        return found[0]

    def plot(self, given: str, who: Person | None, *, is_needed: bool) -> Ground | None:
        """The plot that is named, or the only one of `who` where one is needed.

        Without `who` nothing is asked of the plot but that it is there. Raises PlotMissing,
        NoPlot, PlotUnknown, PlotOfNobody and PlotOfAnother.
        """
        if not plain(given):
            return self._only_plot(who) if who is not None and is_needed else None
        found = self._coded.get(plain(given))
        if found is None:
            raise PlotUnknown(field="plot", given=given[:60])
        if who is not None and who.id not in found.farmers:
            farmers = _listed(str(one) for one in self.people if one.id in found.farmers)
            if not farmers:
                raise PlotOfNobody(field="plot", plot=found.code)
            raise PlotOfAnother(field="plot", member=str(who), plot=found.code, farmers=farmers)
        return found

    def _only_plot(self, who: Person) -> Ground:
        own = [one for one in self.plots if who.id in one.farmers]
        if not own:
            raise NoPlot(field="plot", member=str(who))
        if len(own) > 1:
            codes = _listed(one.code for one in own)
            raise PlotMissing(field="plot", member=str(who), plots=codes)
        return own[0]

    def _partly_named(self, asked: str) -> Sequence[Person]:
        words = set(asked.split())
        return [one for one in self.people if any(words <= {*plain(n).split()} for n in one.names)]

    @cached_property
    def _numbered(self) -> Mapping[str, Sequence[Person]]:
        return _by((plain(one.number), one) for one in self.people)

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Person]]:
        return _by((plain(name), one) for one in self.people for name in {*one.names})

    @cached_property
    def _coded(self) -> Mapping[str, Ground]:
        return {plain(one.code): one for one in self.plots}


def _by(pairs: Iterable[tuple[str, Person]]) -> Mapping[str, Sequence[Person]]:
    found: dict[str, list[Person]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


def _listed(codes: Iterable[str]) -> str:
    every = sorted(codes)
    return ", ".join(every[:_MOST_NAMED]) + (", …" if len(every) > _MOST_NAMED else "")
