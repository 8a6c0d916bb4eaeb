"""A plan beside what drivers would do without one."""

from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.campaign.problem import Plan, Problem
from coopfarm.planning.fleet.campaign.solve import without_search

LESS_TRAVEL: Final = Phrase(
    "campaign-less-travel",
    N_(
        "The machines travel %(travel)s minutes. Going on to the nearest plot each time they "
        "would travel %(nearest)s and serve as many plots."
    ),
)
MORE_SERVED: Final = Phrase(
    "campaign-more-served",
    N_(
        "The machines serve %(served)s of %(plots)s plots and travel %(travel)s minutes. Going on "
        "to the nearest plot each time they would serve %(nearest_served)s and travel %(nearest)s."
    ),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plots served and minutes of travel: as planned, and by nearest neighbour."""

    plots: int
    served: int
    travel_cost: float
    nearest_served: int
    nearest_travel_cost: float

    @property
    def ratio(self) -> float | None:
        """Travel for each plot served, as part of that of nearest neighbour."""
        if not (self.served and self.nearest_served and self.nearest_travel_cost):
            return None
        nearest = self.nearest_travel_cost / self.nearest_served
        return self.travel_cost / self.served / nearest

    @property
    def sentence(self) -> Sentence:
        same = self.served == self.nearest_served
        if same:
            return LESS_TRAVEL(travel=self.travel_cost, nearest=self.nearest_travel_cost)
        return MORE_SERVED(
            served=self.served,
            plots=self.plots,
            travel=self.travel_cost,
            nearest_served=self.nearest_served,
            nearest=self.nearest_travel_cost,
        )


def compare(problem: Problem, plan: Plan) -> Comparison:
    nearest = without_search(problem)
    return Comparison(
        len(problem.plots), plan.served, plan.travel_cost, nearest.served, nearest.travel_cost
    )
