"""The search for short rounds, by PyVRP: an iterated local search over whole routes.

A job served is worth more than any travel, and one that must be served more than all others
together. So musts come first, then as many jobs as possible, then the least travel.
"""

import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from coopfarm.planning.fleet.campaign.rounds import Orders, alone, crews_for
from coopfarm.planning.fleet.campaign.ticks import Crew, Ticks

if TYPE_CHECKING:
    import pyvrp

Matrix = npt.NDArray[np.int64]

# Small campaigns end long before their seconds: nothing better was found for so many steps of
# the search, and that number does not depend on the clock.
_PATIENCE: Final = 2_000
_PATIENCE_PER_JOB: Final = 500


@dataclass(frozen=True, slots=True)
class Limit:
    """How long to search: CPU seconds of this thread at most, or exactly so many iterations."""

    seconds: float
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """For each crew its jobs in order, and the iterations it took."""

    orders: list[list[int]]
    iterations: int


def search(ticks: Ticks, limit: Limit, seed: int, start: Orders | None = None) -> Found:
    """The best rounds found; `start` are rounds to begin from, which no answer is worse than."""
    import pyvrp  # noqa: PLC0415 (takes a second to load, and most commands plan no campaign)
    from pyvrp.exceptions import PenaltyBoundWarning  # noqa: PLC0415

    model = _Model.of(ticks, {number for order in start or () for number in order})
    if not model.clients:
        return Found([[] for _ in ticks.crews], 0)
    data = model.data()
    first = None if start is None else model.solution(data, start)
    stop = _Stop(limit, _PATIENCE + _PATIENCE_PER_JOB * len(model.clients))
    with warnings.catch_warnings():
        # It warns where it meets time windows that are hard to keep; the plan is judged anyway.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = pyvrp.solve(
            data, stop, seed, collect_stats=False, display=False, initial_solution=first
        )
    return Found(model.orders(result.best), result.num_iterations)


@dataclass(slots=True)
class _Stop:
    """Whether the search is over: after its iterations, or out of CPU time or of patience."""

    limit: Limit
    patience: int
    done: int = -1
    since_best: int = 0
    best: float = float("inf")
    started: float = field(default_factory=time.thread_time)

    def __call__(self, best_cost: int) -> bool:
        self.done += 1
        if self.limit.iterations is not None:
            return self.done >= self.limit.iterations
        self.since_best = self.since_best + 1 if best_cost >= self.best else 0
        self.best = min(self.best, best_cost)
        out_of_time = time.thread_time() - self.started > self.limit.seconds
        return out_of_time or self.since_best > self.patience


@dataclass(frozen=True, slots=True)
class _Model:
    """A problem as PyVRP takes it: `clients` are the jobs somebody can do, `fleet` its crews.

    Crews that are alike stand together, which saves the search from trying each; where a job is
    for one crew alone they are parted.
    """

    ticks: Ticks
    clients: list[int]
    fleet: list[tuple[Crew, list[int]]]
    depots: list[int]

    @classmethod
    def of(cls, ticks: Ticks, placed: set[int]) -> "_Model":
        """Without the jobs nobody can do, except those that are placed already."""
        clients = [
            number
            for number, job in enumerate(ticks.jobs)
            if number in placed
            or any(alone(ticks, crew, job) is None for crew in crews_for(ticks, job))
        ]
        depots = sorted({place for crew in ticks.crews for place in (crew.start, crew.end)})
        return cls(ticks, clients, _fleet(ticks), depots)

    def data(self) -> "pyvrp.ProblemData":
        import pyvrp  # noqa: PLC0415 (as above)

        places = [*self.depots, *(self.ticks.jobs[number].place for number in self.clients)]
        legs: Matrix = np.array(self.ticks.legs, dtype=np.int64)[np.ix_(places, places)]
        served, must = self._prizes(legs)
        distances = self._distances(legs, forbidden=2 * must)
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in places],
            clients=[
                self._client(location, must if self.ticks.jobs[number].must else served)
                for location, number in enumerate(self.clients, len(self.depots))
            ],
            depots=[pyvrp.Depot(location) for location in range(len(self.depots))],
            vehicle_types=[
                self._vehicle_type(at, profile=at if len(distances) > 1 else 0)
                for at in range(len(self.fleet))
            ],
            # The stubs of PyVRP name no shape and no dtype of its arrays.
            distance_matrices=distances,  # type: ignore[arg-type]
            duration_matrices=[legs] * len(distances),  # type: ignore[list-item]
        )

    def solution(self, data: "pyvrp.ProblemData", orders: Orders) -> "pyvrp.Solution":
        """Rounds to begin from."""
        import pyvrp  # noqa: PLC0415 (as above)

        index = {number: at for at, number in enumerate(self.clients)}
        types = {number: at for at, (_, alike) in enumerate(self.fleet) for number in alike}
        routes = [
            pyvrp.Route(data, [index[number] for number in order], types[crew])
            for crew, order in enumerate(orders)
            if order
        ]
        return pyvrp.Solution(data, routes)

    def orders(self, best: "pyvrp.Solution") -> list[list[int]]:
        """The jobs of each crew; of crews that are alike the first listed goes first."""
        orders: list[list[int]] = [[] for _ in self.ticks.crews]
        waiting = [list(alike) for _, alike in self.fleet]
        for route in best.routes():
            crew = waiting[route.vehicle_type()].pop(0)
            orders[crew] = [self.clients[visit.idx] for visit in route if visit.is_client()]
        return orders

    def _client(self, location: int, prize: int) -> "pyvrp.Client":
        import pyvrp  # noqa: PLC0415 (as above)

        job = self.ticks.jobs[self.clients[location - len(self.depots)]]
        return pyvrp.Client(
            location=location,
            delivery=[job.load],
            service_duration=job.work,
            tw_early=job.opens,
            tw_late=job.closes,
            required=False,
            prize=prize,
        )

    def _vehicle_type(self, at: int, profile: int) -> "pyvrp.VehicleType":
        import pyvrp  # noqa: PLC0415 (as above)

        crew, alike = self.fleet[at]
        return pyvrp.VehicleType(
            len(alike),
            [crew.room],
            start_depot=self.depots.index(crew.start),
            end_depot=self.depots.index(crew.end),
            tw_early=crew.leaves,
            tw_late=crew.back_by,
            profile=profile,
        )

    def _prizes(self, legs: Matrix) -> tuple[int, int]:
        """What serving a job is worth, and one that must be served: no travel outweighs either."""
        served = (len(self.clients) + len(self.ticks.crews)) * int(legs.max(initial=0)) + 1
        others = sum(not self.ticks.jobs[number].must for number in self.clients)
        return served, served * (others + 1)

    def _distances(self, legs: Matrix, forbidden: int) -> list[Matrix]:
        """One table; or, with pins, one for each crew, in which jobs of others are out of reach."""
        pins = [self.ticks.jobs[number].only for number in self.clients]
        if all(pin is None for pin in pins):
            return [legs]
        tables = []
        for crew in range(len(self.ticks.crews)):
            table = legs.copy()
            foreign = [
                at for at, pin in enumerate(pins, len(self.depots)) if pin not in {None, crew}
            ]
            table[:, foreign] = forbidden
            np.fill_diagonal(table, 0)
            tables.append(table)
        return tables


def _fleet(ticks: Ticks) -> list[tuple[Crew, list[int]]]:
    if any(job.only is not None for job in ticks.jobs):
        return [(crew, [number]) for number, crew in enumerate(ticks.crews)]
    alike: dict[Crew, list[int]] = {}
    for number, crew in enumerate(ticks.crews):
        alike.setdefault(crew, []).append(number)
    return list(alike.items())
