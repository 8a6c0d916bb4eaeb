"""Work parties: who is asked to which, their judge and their reasons.

CPU seconds of one process, of a single run. Beside the crews stands the plain way, one party
after the other with whoever owes most and is free; and what both leave open and owed.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.explain import explain
from coopfarm.planning.parties.problem import Member, Party, Problem
from coopfarm.planning.parties.solve import solve

Row = tuple[str, float, str, float, str]
Made = TypeVar("Made")

SEED = 20260601
PLAIN = "one party after the other"


def rows() -> Iterator[Row]:
    """One row for each measurement: name, measured, beside, its measure, target."""
    for hours in ((4.0,), (3.0, 4.0, 6.0)):
        yield from _parties(_problem(1_000, 60, 10, hours), "≤ 1 s")
        yield from _parties(_problem(5_000, 300, 30, hours), "≤ 5 s")


def _parties(problem: Problem, most: str) -> Iterator[Row]:
    lengths = len({party.hours for party in problem.parties})
    name = f"{len(problem.members):,} members, {len(problem.parties)} parties, {lengths} lengths"
    plan, taken = _timed(lambda: solve(problem))
    (open_plain, owed_plain), plainly = _timed(lambda: _one_after_the_other(problem))
    yield f"{name}: crews", taken, PLAIN, plainly, most
    judged, judging = _timed(lambda: certify(problem, plan))
    assert judged.holds
    yield f"{name}: their certificate", judging, "crews", taken, "–"
    yield f"{name}: the reasons", _timed(lambda: explain(problem, plan))[1], "crews", taken, "–"
    still_open = float(sum(gaps.places for gaps in plan.unfilled.values()))
    yield f"{name}: places left open", still_open, PLAIN, open_plain, "≤ beside"
    squares = sum(owed * owed for owed in plan.owed_after.values())
    yield f"{name}: squared hours still owed", squares, PLAIN, owed_plain, "–"


def _problem(members: int, parties: int, days: int, hours: tuple[float, ...]) -> Problem:
    """Crews of 6 to 14; members free for one party in 20, one in eight leads, one in ten sprays."""
    rng = random.Random(SEED)
    made = tuple(
        Party(
            f"p{number}",
            f"day {number % days}",
            rng.randint(6, 14),
            rng.choice(hours),
            {"spraying": 1} if number % 4 == 0 else {},
        )
        for number in range(parties)
    )
    return Problem(made, tuple(_member(rng, number, made) for number in range(members)))


def _member(rng: random.Random, number: int, parties: tuple[Party, ...]) -> Member:
    return Member(
        id=f"m{number}",
        owes_hours=float(rng.randint(0, 20)),
        leads=rng.random() < 0.125,
        free=tuple(party.id for party in parties if rng.random() < 0.05),
        distance_km=round(rng.uniform(0, 12), 1),
        skills=("spraying",) if rng.random() < 0.1 else (),
        limit=rng.choice((None, 2, 4)),
    )


def _one_after_the_other(problem: Problem) -> tuple[float, float]:
    """Places left open and squared hours owed; each party takes a leader, then who owes most."""
    owed = {member.id: member.owes_hours for member in problem.members}
    days: dict[str, set[str]] = {member.id: set() for member in problem.members}
    free: dict[str, list[Member]] = {party.id: [] for party in problem.parties}
    for member in problem.members:
        for party in member.free:
            free[party].append(member)
    still_open = 0
    for one in problem.parties:
        able = [
            member
            for member in sorted(free[one.id], key=lambda member: -owed[member.id])
            if one.day not in days[member.id]
            and (member.limit is None or len(days[member.id]) < member.limit)
        ]
        crew = _plain_crew(one, able)
        still_open += one.crew - len(crew)
        for member in crew:
            owed[member.id] -= one.hours
            days[member.id].add(one.day)
    return float(still_open), sum(hours * hours for hours in owed.values())


def _plain_crew(party: Party, able: list[Member]) -> list[Member]:
    crew = [member for member in able if member.leads][:1]
    if not crew:
        return []
    for skill, count in party.skills.items():
        crew += [one for one in able if skill in one.skills and one not in crew][:count]
    return crew + [member for member in able if member not in crew][: party.anyone]


def _timed(run: Callable[[], Made]) -> tuple[Made, float]:
    started = time.process_time()
    made = run()
    return made, time.process_time() - started
