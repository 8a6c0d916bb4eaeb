"""A season shared out: whole rounds, their judge, and days for many requests in one flow.

CPU seconds of one process, of a single run where it takes seconds. Beside the rounds stands what
taking turns there and back takes (round-robin in numpy), and for fairness what it gives.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from coopfarm.planning.fleet.season.certify import certify
from coopfarm.planning.fleet.season.envy import envies
from coopfarm.planning.fleet.season.explain import explain
from coopfarm.planning.fleet.season.problem import Item, Member, Plan, Problem
from coopfarm.planning.fleet.season.slots import Request, fill_slots
from coopfarm.planning.fleet.season.slots_certify import certify_slots
from coopfarm.planning.fleet.season.solve import solve
from coopfarm.planning.fleet.season.table import Floats, Ints

Row = tuple[str, float, str, float, str]
Made = TypeVar("Made")

SEED = 20260601
WANTS = 6
SUPPLY = 0.8  # of all wishes


def rows() -> Iterator[Row]:
    """One row for each measurement: name, measured, beside, its measure, target."""
    yield from _season(500, 50, most="–")
    yield from _season(5_000, 100, most="≤ 5 s")
    yield from _slots()


def _season(members: int, items: int, most: str) -> Iterator[Row]:
    values = _values(members, items)
    places = round(members * WANTS * SUPPLY / items)
    problem = _problem(values, places)
    name = f"season of {members:,} members, {items} items"
    plan, taken = _timed(lambda: solve(problem))
    turns, by_turns = _timed(lambda: _taking_turns(values, places))
    yield f"{name}: all rounds", taken, "round-robin, numpy", by_turns, most
    judged, judging = _timed(lambda: certify(problem, plan))
    assert judged.holds
    yield f"{name}: its certificate", judging, "all rounds", taken, "–"
    yield (
        f"{name}: its reasons",
        _timed(lambda: explain(problem, plan))[1],
        "all rounds",
        taken,
        "–",
    )
    rival = Plan({f"m{row}": [f"d{day}" for day in days] for row, days in enumerate(turns)})
    yield (
        f"{name}: least part of the wish served",
        _least_ratio(values, plan.gets),
        "round-robin",
        _least_ratio(values, rival.gets),
        "≥ round-robin",
    )
    yield (
        f"{name}: members who envy by more than one item",
        _beyond_one(problem, plan),
        "round-robin",
        _beyond_one(problem, rival),
        "0",
    )


def _slots() -> Iterator[Row]:
    for classes in (1, 25):
        requests, machines = _requests(5_000, classes, 500, 30)
        slots, taken = _timed(lambda: fill_slots(requests, machines))  # noqa: B023 (run at once)
        judged, judging = _timed(
            lambda: certify_slots(requests, machines, slots)  # noqa: B023 (run at once)
        )
        assert judged.holds
        served = sum(map(len, slots.days.values()))
        wanted = sum(request.days for request in requests)
        yield (
            f"5,000 requests, 500 machines of {classes} classes, 30 days: one flow, "
            f"{served:,} of {wanted:,} days",
            taken,
            "its certificate",
            judging,
            "≤ 1 s",
        )


def _values(members: int, items: int) -> Floats:
    """What all value much and what each values differently, 1,000 points for each member."""
    rng = np.random.default_rng(SEED)
    liked = rng.uniform(1, 1000, items) * rng.uniform(0.5, 1.5, (members, items))
    return np.maximum(np.rint(1000 * liked / liked.sum(axis=1, keepdims=True)), 1.0)


def _problem(values: Floats, places: int) -> Problem:
    days = [f"d{day}" for day in range(values.shape[1])]
    return Problem(
        tuple(Item(day, places) for day in days),
        tuple(
            Member(f"m{row}", WANTS, dict(zip(days, worth, strict=True)))
            for row, worth in enumerate(values.tolist())
        ),
        str(SEED),
    )


def _taking_turns(values: Floats, places: int) -> list[list[int]]:
    """Each picks the best that is left, there and back again."""
    left: Ints = np.full(values.shape[1], places)
    open_to = values.copy()
    got: list[list[int]] = [[] for _ in values]
    for turn in range(WANTS):
        for row in range(len(values))[:: -1 if turn % 2 else 1]:
            best = int(np.where(left > 0, open_to[row], 0.0).argmax())
            if left[best] and open_to[row, best]:
                got[row].append(best)
                open_to[row, best] = 0.0
                left[best] -= 1
    return got


def _least_ratio(values: Floats, gets: Mapping[str, Sequence[str]]) -> float:
    """What the worst-off has, of what they would have alone."""
    alone = np.sort(values, axis=1)[:, -WANTS:].sum(axis=1)
    has = [sum(worth[int(day[1:])] for day in gets[f"m{row}"]) for row, worth in enumerate(values)]
    return float((np.array(has) / alone).min())


def _beyond_one(problem: Problem, plan: Plan) -> float:
    return float(sum(envy.beyond_one_item for envy in envies(problem, plan)))


def _requests(
    count: int, classes: int, machines: int, days: int
) -> tuple[list[Request], dict[str, list[int]]]:
    """Windows of 4 to 11 days, 1 to 3 days wanted; three quarters of the machines are there."""
    rng = np.random.default_rng(SEED)
    opens = rng.integers(0, days - 3, count).tolist()
    lengths, wants = rng.integers(4, 12, count).tolist(), rng.integers(1, 4, count).tolist()
    deficits = rng.normal(size=count).tolist()
    there = [round(machines / classes * 0.75)] * days
    requests = [
        Request(f"r{row}", f"c{row % classes}", start, min(start + length, days), wanted, owed)
        for row, (start, length, wanted, owed) in enumerate(
            zip(opens, lengths, wants, deficits, strict=True)
        )
    ]
    return requests, {f"c{one}": there for one in range(classes)}


def _timed(run: Callable[[], Made]) -> tuple[Made, float]:
    started = time.process_time()
    made = run()
    return made, time.process_time() - started
