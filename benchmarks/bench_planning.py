"""How long the planning core takes, beside a limit or a sort of the same numbers.

`python benchmarks/bench_planning.py` prints the table; times are CPU seconds of one process, the
median of several runs.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from coopfarm.planning.rotation.canal_tree import problem as canal_tree
from coopfarm.planning.rotation.canal_tree.certify import certify as certify_tree
from coopfarm.planning.rotation.canal_tree.network import Canal, entering
from coopfarm.planning.rotation.canal_tree.solve import solve as solve_tree
from coopfarm.planning.rotation.level import Floats
from coopfarm.planning.rotation.rationing import rules
from coopfarm.planning.rotation.roster import problem as roster
from coopfarm.planning.rotation.roster.solve import solve as solve_roster

Row = tuple[str, float, str, float, str]

WEEK = 7 * 24 * 60
SEED = 20160704


def rows() -> list[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    return [
        _rosters(),
        *_fillings(10_000, target="≤ 5 ms"),
        *_fillings(1_000_000, target="≤ 0.2 s, ≤ 5 × sort"),
        *_trees(10_000, 200, target="≤ 1 s"),
        *_trees(100_000, 2_000, target="≤ 10 s"),
    ]


def main() -> None:
    """Print the table."""
    print(f"{'what':<52} {'CPU s':>9}  {'beside':<16} {'CPU s':>9}  target")
    for name, measured, peer, beside, target in rows():
        print(f"{name:<52} {measured:>9.5f}  {peer:<16} {beside:>9.5f}  {target}")


def _rosters() -> Row:
    rng = np.random.default_rng(SEED)
    areas = rng.lognormal(0, 0.8, (200, 50)).tolist()
    outlets = [
        roster.Problem(
            WEEK, tuple(roster.Holder(f"{at}-{farm}", area, 5.0) for farm, area in enumerate(row))
        )
        for at, row in enumerate(areas)
    ]
    measured = _cpu_seconds(lambda: [solve_roster(outlet) for outlet in outlets])
    rounding = _cpu_seconds(lambda: [[round(area) for area in row] for row in areas])
    return (
        "rosters: 10,000 farms on 200 outlets",
        measured,
        "rounding as many",
        rounding,
        "≤ 0.05 s",
    )


def _fillings(count: int, target: str) -> list[Row]:
    rng = np.random.default_rng(SEED)
    claims, weights = rng.lognormal(3, 1, count), rng.lognormal(0, 0.8, count)
    floors = claims * rng.uniform(0, 0.5, count) * (rng.random(count) < 0.3)
    supply = float(0.4 * floors.sum() + 0.6 * claims.sum())
    sorting = _cpu_seconds(lambda: np.sort(claims))
    runs: dict[str, Callable[[], tuple[Floats, float]]] = {
        "cea by weight with floors": lambda: rules.fill(supply, claims, weights, floors),
        "cea": lambda: rules.fill(supply, claims),
        "proportional": lambda: rules.proportional(supply, claims, floors),
        "cel": lambda: rules.equal_losses(supply, claims, floors),
        "talmud": lambda: rules.talmud(supply, claims, floors),
    }
    return [
        (f"filling {count:,} claims: {name}", _cpu_seconds(run), "np.sort", sorting, target)
        for name, run in runs.items()
    ]


def _trees(farms: int, canals: int, target: str) -> list[Row]:
    problem = _district(farms, canals)
    plan = solve_tree(problem)
    solving = _cpu_seconds(lambda: solve_tree(problem))
    judging = _cpu_seconds(lambda: certify_tree(problem, plan))
    name = f"tree of {farms:,} farms, {canals:,} canals"
    return [(name, solving, "its certificate", judging, target)]


def _district(farms: int, canals: int) -> canal_tree.Problem:
    """A tree in which most canals cannot carry all that is claimed below them."""
    rng = np.random.default_rng(SEED)
    feeds = [None, *(f"c{rng.integers(0, at)}" for at in range(1, canals))]
    claims = tuple(
        canal_tree.Claim(f"f{at}", f"c{home}", amount, weight, amount / 20 if at % 4 == 0 else 0.0)
        for at, (home, amount, weight) in enumerate(
            zip(
                rng.integers(0, canals, farms).tolist(),
                rng.lognormal(3, 1, farms).tolist(),
                rng.lognormal(0, 0.5, farms).tolist(),
                strict=True,
            )
        )
    )
    open_canals = [Canal(f"c{at}", feed, 0.0, 0.95) for at, feed in enumerate(feeds)]
    wanted = dict.fromkeys((canal.id for canal in open_canals), 0.0)
    for claim in claims:
        wanted[claim.canal] += claim.amount
    needed = entering(open_canals, wanted)
    parts = rng.uniform(0.3, 1.1, canals).tolist()
    return canal_tree.Problem(
        tuple(
            Canal(canal.id, canal.feeds_from, needed[canal.id] * part, canal.efficiency)
            for canal, part in zip(open_canals, parts, strict=True)
        ),
        claims,
    )


def _cpu_seconds(run: Callable[[], object], times: int = 7) -> float:
    taken = []
    for _ in range(times):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
