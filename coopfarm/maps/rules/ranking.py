"""Plots at risk put in the order in which to look at them: a rank, and not a forecast."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

Order = Literal["first", "next", "later"]
# From which part of the highest risk of a pest on a plot is looked at when.
_FIRST, _NEXT = 2 / 3, 1 / 3
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A plot, the pest that puts it where it stands, and its risk."""

    plot_id: UUID
    code: str
    pest: str
    risk: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plot by its rank from 1, with its risk in percent of the highest of the same pest."""

    plot: AtRisk
    rank: int
    percent: float

    @property
    def order(self) -> Order:
        part = self.percent / _PERCENT
        return "first" if part >= _FIRST else "next" if part >= _NEXT else "later"


def ranked(found: Iterable[AtRisk]) -> list[Ranked]:
    """Each plot once, by the pest for which it stands highest; the highest first, then by code.

    Risks of two pests have no common measure: each is compared with the highest of its own.
    """
    at_risk = [one for one in found if one.risk > 0]
    highest: dict[str, float] = {}
    for one in at_risk:
        highest[one.pest] = max(highest.get(one.pest, 0.0), one.risk)
    ordered = sorted(at_risk, key=lambda one: (-_part(one, highest), one.code, one.pest))
    of_plot: dict[UUID, AtRisk] = {}
    for one in ordered:
        of_plot.setdefault(one.plot_id, one)
    return [
        Ranked(one, rank, _PERCENT * _part(one, highest))
        for rank, one in enumerate(of_plot.values(), start=1)
    ]


def _part(one: AtRisk, highest: Mapping[str, float]) -> float:
    return one.risk / highest[one.pest]
