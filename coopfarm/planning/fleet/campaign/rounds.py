"""What a crew can do in an order: when each job begins, what it travels, what still fits in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coopfarm.planning.fleet.campaign.problem import CAPACITY, HOURS, TIME, WINDOW
from coopfarm.planning.fleet.campaign.ticks import Crew, Job, Ticks

Order = Sequence[int]
Orders = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a job fits into a round, and by how much the round gets longer."""

    longer: int
    crew: int
    position: int


def begins(ticks: Ticks, crew: Crew, order: Order) -> list[int] | None:
    """The earliest tick each job of the order can begin at; None where the order cannot be kept."""
    at, free, room = crew.start, crew.leaves, crew.room
    found: list[int] = []
    for number in order:
        job = ticks.jobs[number]
        begin = max(free + ticks.legs[at][job.place], job.opens)
        room -= job.load
        if begin > job.closes or room < 0:
            return None
        found.append(begin)
        at, free = job.place, begin + job.work
    return found if free + ticks.legs[at][crew.end] <= crew.back_by or not order else None


def that_can_be_kept(ticks: Ticks, crew: Crew, order: Order) -> list[int]:
    """The order without the jobs that come too late or find no room in their turn."""
    if begins(ticks, crew, order) is not None:
        return list(order)
    kept: list[int] = []
    for number in order:
        if begins(ticks, crew, [*kept, number]) is not None:
            kept.append(number)
    return kept


def travelled(ticks: Ticks, crew: Crew, order: Order) -> int:
    """Ticks on the road, from the first place to the last; 0 for whoever stays there."""
    if not order:
        return 0
    way = [crew.start, *(ticks.jobs[number].place for number in order), crew.end]
    return sum(ticks.legs[here][there] for here, there in pairwise(way))


def all_travelled(ticks: Ticks, orders: Orders) -> int:
    return sum(
        travelled(ticks, crew, order) for crew, order in zip(ticks.crews, orders, strict=True)
    )


def left_out(ticks: Ticks, orders: Orders) -> list[int]:
    """The jobs nobody does, those that must be done first, each kind in the order of the plots."""
    done = {number for order in orders for number in order}
    left = (number for number in range(len(ticks.jobs)) if number not in done)
    return sorted(left, key=lambda number: not ticks.jobs[number].must)


def value(ticks: Ticks, orders: Orders) -> tuple[int, int, int]:
    """What is worse is larger: musts left out, then jobs left out, then travel."""
    left = left_out(ticks, orders)
    musts = sum(ticks.jobs[number].must for number in left)
    return musts, len(left), all_travelled(ticks, orders)


def with_all_that_fits(ticks: Ticks, orders: Orders) -> list[list[int]]:
    """The orders as far as they can be kept, and what is left out where it adds least travel."""
    filled = [that_can_be_kept(ticks, crew, order) for crew, order in _with_crews(ticks, orders)]
    open_rounds = [_Openings.of(ticks, crew, order) for crew, order in _with_crews(ticks, filled)]
    for number in left_out(ticks, filled):
        gap = _best_gap(ticks, open_rounds, number, heed_room=True)
        if gap is not None:
            filled[gap.crew].insert(gap.position, number)
            crew = ticks.crews[gap.crew]
            open_rounds[gap.crew] = _Openings.of(ticks, crew, filled[gap.crew])
    return filled


def reasons(ticks: Ticks, orders: Orders) -> dict[int, str]:
    """For each job left out why it has to be, given the rounds."""
    open_rounds = [_Openings.of(ticks, crew, order) for crew, order in _with_crews(ticks, orders)]
    return {number: _reason(ticks, open_rounds, number) for number in left_out(ticks, orders)}


def alone(ticks: Ticks, crew: Crew, job: Job) -> str | None:
    """What keeps a crew from a job if it did nothing else: None where nothing does."""
    begin = max(crew.leaves + ticks.legs[crew.start][job.place], job.opens)
    if begin > job.closes:
        return WINDOW
    if begin + job.work + ticks.legs[job.place][crew.end] > crew.back_by:
        return HOURS
    return CAPACITY if job.load > crew.room else None


def _reason(ticks: Ticks, open_rounds: Sequence["_Openings"], number: int) -> str:
    job = ticks.jobs[number]
    hindered = [alone(ticks, crew, job) for crew in crews_for(ticks, job)]
    for reason in (WINDOW, HOURS):
        if all(hindrance == reason for hindrance in hindered):
            return reason
        hindered = [hindrance for hindrance in hindered if hindrance != reason]
    if all(hindrance == CAPACITY for hindrance in hindered):
        return CAPACITY
    gap = _best_gap(ticks, open_rounds, number, heed_room=False)
    return TIME if gap is None else CAPACITY


def crews_for(ticks: Ticks, job: Job) -> tuple[Crew, ...]:
    return ticks.crews if job.only is None else (ticks.crews[job.only],)


def _with_crews(ticks: Ticks, orders: Orders) -> Iterable[tuple[Crew, Order]]:
    return zip(ticks.crews, orders, strict=True)


@dataclass(frozen=True, slots=True)
class _Openings:
    """A round and, between each two places of it, the span of time that is not needed.

    `free[i]` is the earliest a crew can leave place i, `latest[i]` the last tick it may come to
    the place after, so that the rest of the round can still be kept.
    """

    places: list[int]
    free: list[int]
    latest: list[int]
    room: int

    @classmethod
    def of(cls, ticks: Ticks, crew: Crew, order: Order) -> "_Openings":
        jobs = [ticks.jobs[number] for number in order]
        starts = begins(ticks, crew, order) or []
        free = [crew.leaves, *(b + job.work for b, job in zip(starts, jobs, strict=True))]
        latest, after = [crew.back_by], crew.end
        for job in reversed(jobs):
            latest.append(min(job.closes, latest[-1] - ticks.legs[job.place][after] - job.work))
            after = job.place
        places = [crew.start, *(job.place for job in jobs), crew.end]
        return cls(places, free, latest[::-1], crew.room - sum(job.load for job in jobs))

    def gaps(self, ticks: Ticks, job: Job) -> Iterable[tuple[int, int]]:
        """How much longer the round gets, and the position, wherever the job fits by time."""
        for position, (here, there) in enumerate(pairwise(self.places)):
            to, back = ticks.legs[here][job.place], ticks.legs[job.place][there]
            begin = max(self.free[position] + to, job.opens)
            if begin <= job.closes and begin + job.work + back <= self.latest[position]:
                direct = ticks.legs[here][there] if len(self.places) > 2 else 0
                yield to + back - direct, position


def _best_gap(
    ticks: Ticks, open_rounds: Sequence[_Openings], number: int, *, heed_room: bool
) -> Gap | None:
    job = ticks.jobs[number]
    gaps = (
        Gap(longer, crew, position)
        for crew, openings in enumerate(open_rounds)
        if job.only in {None, crew} and (job.load <= openings.room or not heed_room)
        for longer, position in openings.gaps(ticks, job)
    )
    return min(gaps, key=lambda gap: (gap.longer, gap.crew, gap.position), default=None)
