"""A standstill, a plan made again, and what is different: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coopfarm.planning.fleet.campaign.problem import Plan, Problem, Route

TOLERANCE_MINUTES: Final = 15.0
MAY_CHANGE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Standstill:
    """From minute `at` on these machines stand still: until a minute, or for good."""

    at: float
    machines: frozenset[str]
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Which machine begins on a plot, and when."""

    machine: str
    starts: float


@dataclass(frozen=True, slots=True)
class Difference:
    """For every plot that was waiting, before and after; each stands in one list only.

    `kept` have the same machine and a start within the tolerance. `could_stay` counts the stops
    of machines that did not stand still, `stayed` those of them that are kept.
    """

    kept: Mapping[str, Visit]
    moved: Mapping[str, tuple[Visit, Visit]]
    dropped: Mapping[str, Visit]
    gained: Mapping[str, Visit]
    goes_on: Mapping[str, Visit]
    left_unfinished: tuple[str, ...]
    could_stay: int
    stayed: int

    @property
    def part_unchanged(self) -> float:
        """Of the stops that need not change, the part that did not; 1 where there are none."""
        return self.stayed / self.could_stay if self.could_stay else 1.0


@dataclass(frozen=True, slots=True)
class Replan:
    """What had begun, the problem that was left, its plan, and what is different now.

    In the problem that was left, the windows of stops that keep their time are as narrow as
    the tolerance, so its certificate also says that they keep it.
    """

    begun: tuple[Route, ...]
    problem: Problem
    plan: Plan
    difference: Difference
