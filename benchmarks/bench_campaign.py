"""Rounds of a campaign: Solomon's problems and a harvest, ten CPU seconds each.

A row that measures travel says so; beside it stands the best travel known, or that of drivers
who go on to the nearest plot. Solomon's problems lie beside the project, or are left out.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from coopfarm.planning.fleet.campaign.certify import certify
from coopfarm.planning.fleet.campaign.certify_replan import certify_replan
from coopfarm.planning.fleet.campaign.change import Standstill
from coopfarm.planning.fleet.campaign.problem import Plan, Problem
from coopfarm.planning.fleet.campaign.replan import replan
from coopfarm.planning.fleet.campaign.solve import solve, without_search
from tests.factories.campaign import harvest, solomon

Row = tuple[str, float, str, float, str]

VRPTW = Path(__file__).resolve().parents[1].parent / "shared/data/benchmarks/vrptw"
SECONDS = 10.0


def rows() -> Iterator[Row]:
    """One row for each measurement: name, measured, beside, its measure, target."""
    yield from _solomon()
    for busy in (0.75, 1.14):
        yield from _harvest(busy)


def _solomon() -> Iterator[Row]:
    gaps, nearest_gaps = [], []
    for file in sorted(VRPTW.glob("*.txt")):
        problem = solomon(file, seconds=SECONDS)
        best = float(file.with_suffix(".sol").read_text(encoding="utf-8").split()[-1])
        plan, nearest = _certified(problem), without_search(problem)
        gaps.append(100 * (plan.travel_cost / best - 1))
        nearest_gaps.append(100 * (nearest.travel_cost / best - 1))
        name = f"Solomon {file.stem}, {plan.served} of 100 served in {SECONDS:g} s: travel"
        yield name, plan.travel_cost, "best known", best, "–"
    if gaps:
        name = f"Solomon, mean of {len(gaps)}: % above best known"
        beside = statistics.mean(nearest_gaps)
        yield name, statistics.mean(gaps), "nearest neighbour", beside, "≤ 1 %"


def _harvest(busy: float) -> Iterator[Row]:
    problem = harvest(200, 5, busy=busy, seconds=SECONDS)
    started = time.process_time()
    plan = _certified(problem)
    taken = time.process_time() - started
    started = time.process_time()
    nearest = without_search(problem)
    beside = time.process_time() - started
    name = f"harvest, 200 plots, 5 combines, {busy:.0%} busy"
    served = f"nearest neighbour, {nearest.served} served"
    yield (
        f"{name}, {plan.served} served: travel",
        plan.travel_cost,
        served,
        nearest.travel_cost,
        "–",
    )
    yield f"{name}: solving and judging", taken, "nearest neighbour", beside, "10 s"
    yield _breakdown(name, problem, plan)


def _breakdown(name: str, problem: Problem, plan: Plan) -> Row:
    """How many of the stops that need not change stay; beside it, planning the rest afresh."""
    breaks = Standstill(800.0, frozenset({problem.machines[1].id}))
    made = replan(problem, plan, breaks)
    afresh = replan(problem, plan, breaks, may_change=1.0)
    assert certify_replan(problem, plan, breaks, made).holds
    dropped, others = len(made.difference.dropped), len(afresh.difference.dropped)
    what = f"{name}, one breaks down, {dropped} dropped: % of the rest unchanged"
    beside = f"planned afresh, {others} dropped"
    unchanged = 100 * made.difference.part_unchanged
    return what, unchanged, beside, 100 * afresh.difference.part_unchanged, "≥ 80 %"


def _certified(problem: Problem) -> Plan:
    plan = solve(problem)
    assert certify(problem, plan).holds
    return plan


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ", flush=True)
