"""What a driver does without a plan: go on to where work can begin next, and no further.

It is what a plan is measured against. Windows, hours and capacities are kept, so the
comparison is a fair one.
"""

from coopfarm.planning.fleet.campaign.rounds import value
from coopfarm.planning.fleet.campaign.ticks import Crew, Ticks


def nearest_neighbour(ticks: Ticks) -> list[list[int]]:
    """The better of two ways to go about it: machines one after another, or all at once."""
    return min((_one_by_one(ticks), _all_at_once(ticks)), key=lambda orders: value(ticks, orders))


class _Driver:
    """A crew under way: where it is, from when it is free, and the room that is left."""

    def __init__(self, crew: Crew) -> None:
        self.crew, self.at, self.free, self.room = crew, crew.start, crew.leaves, crew.room
        self.order: list[int] = []

    def next(self, ticks: Ticks, waiting: set[int]) -> int | None:
        """The job it can begin first, of equals the nearest; None where it can begin none."""
        options = (
            (max(self.free + ticks.legs[self.at][job.place], job.opens), job.place, number)
            for number in waiting
            if (job := ticks.jobs[number]).load <= self.room
        )
        kept = (
            (begin, ticks.legs[self.at][place], number)
            for begin, place, number in options
            if self._is_kept(ticks, begin, number)
        )
        return min(kept, default=(0, 0, None))[2]

    def take(self, ticks: Ticks, number: int) -> None:
        job = ticks.jobs[number]
        begin = max(self.free + ticks.legs[self.at][job.place], job.opens)
        self.at, self.free, self.room = job.place, begin + job.work, self.room - job.load
        self.order.append(number)

    def _is_kept(self, ticks: Ticks, begin: int, number: int) -> bool:
        job = ticks.jobs[number]
        home = begin + job.work + ticks.legs[job.place][self.crew.end]
        return begin <= job.closes and home <= self.crew.back_by


def _one_by_one(ticks: Ticks) -> list[list[int]]:
    drivers = [_Driver(crew) for crew in ticks.crews]
    waiting = set(range(len(ticks.jobs)))
    for driver in drivers:
        while (number := driver.next(ticks, waiting)) is not None:
            driver.take(ticks, number)
            waiting.remove(number)
    return [driver.order for driver in drivers]


def _all_at_once(ticks: Ticks) -> list[list[int]]:
    """Whoever is free first goes on first."""
    drivers = [_Driver(crew) for crew in ticks.crews]
    waiting = set(range(len(ticks.jobs)))
    driving = list(range(len(drivers)))
    while driving:
        first = min(driving, key=lambda at: (drivers[at].free, at))
        number = drivers[first].next(ticks, waiting)
        if number is None:
            driving.remove(first)
            continue
        drivers[first].take(ticks, number)
        waiting.remove(number)
    return [driver.order for driver in drivers]
