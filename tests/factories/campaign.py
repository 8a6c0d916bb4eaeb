"""Campaigns for tests: small ones at random, cuts of Solomon's, and a harvest."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from coopfarm.planning.fleet.campaign.problem import Machine, Plot, Problem, Yard

_TIMES = st.integers(0, 6000).map(lambda tenths: tenths / 10)
_SPOTS = st.integers(-300, 300).map(lambda tenths: tenths / 10)


@st.composite
def campaigns(
    draw: Callable, *, iterations: int = 60, most_plots: int = 9, plain: bool = False
) -> Problem:
    """A few machines, some with short hours or little room, and plots some of which must be served.

    Times are in tenths of minutes, or in fractions that no unit is exact for; ways are straight,
    or stand in a table. `plain` ones are exact and straight.
    """
    exact = plain or draw(st.booleans())
    yards = tuple(Yard(f"Y{n}", draw(_SPOTS), draw(_SPOTS)) for n in range(draw(st.integers(1, 3))))
    machines = tuple(_machine(draw, f"M{n}", len(yards)) for n in range(draw(st.integers(0, 3))))
    plots = tuple(
        _plot(draw, f"p{n}", exact=exact) for n in range(draw(st.integers(0, most_plots)))
    )
    travel = None
    if not plain and draw(st.booleans()):
        travel = _table(draw, len(yards) + len(plots), exact=exact)
    return Problem(yards, machines, plots, 1.0, draw(st.integers(0, 9)), travel, iterations)


def _machine(draw: Callable, name: str, yards: int) -> Machine:
    start = draw(st.sampled_from([0.0, 0.0, 30.5]))
    return Machine(
        name,
        f"Y{draw(st.integers(0, yards - 1))}",
        capacity=draw(st.sampled_from([None, None, 4.0, 10.5])),
        from_minute=start,
        until_minute=draw(st.one_of(st.none(), _TIMES.map(lambda time: start + time))),
    )


def _plot(draw: Callable, name: str, *, exact: bool) -> Plot:
    opens = draw(_TIMES)
    work = draw(st.integers(0, 900)) / (10 if exact else 7)
    return Plot(
        name,
        draw(_SPOTS),
        draw(_SPOTS),
        work_minutes=work,
        opens=opens,
        closes=opens + draw(st.integers(0, 3000)) / (10 if exact else 3),
        load=draw(st.sampled_from([0.0, 1.0, 2.5, 6.0])),
        must=draw(st.sampled_from([False, False, True])),
    )


def _table(draw: Callable, places: int, *, exact: bool) -> tuple[tuple[float, ...], ...]:
    """Ways of any length, not the same there and back, some longer than by a third place."""
    part = 10 if exact else 9
    return tuple(
        tuple(0.0 if at == to else draw(st.integers(0, 500)) / part for to in range(places))
        for at in range(places)
    )


def solomon(path: Path, *, customers: int = 100, **more: float | None) -> Problem:
    """One of Solomon's problems, or its first customers, as a campaign; `more` is seconds, seed."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    vehicles, capacity = map(int, rows[4])
    depot, *others = [[int(number) for number in row] for row in rows[9:] if len(row) == 7]
    return Problem(
        yards=(Yard("depot", depot[1], depot[2]),),
        machines=tuple(
            Machine(f"vehicle {n}", "depot", capacity, depot[4], depot[5])
            for n in range(1, vehicles + 1)
        ),
        plots=tuple(
            Plot(str(row[0]), row[1], row[2], row[6], row[4], row[5], row[3])
            for row in others[:customers]
        ),
        **{"seconds": 10.0, "seed": 1, **more},
    )


def harvest(
    plots: int = 200,
    machines: int = 5,
    *,
    busy: float = 0.75,
    seed: int = 3,
    **more: float | None,
) -> Problem:
    """Plots of lognormal area in 20 × 20 km, combines of 1.2 ha/h that drive 15 km/h.

    Windows are 3 to 7 days of twelve hours; the campaign is as long as the work divided by
    machines and `busy`. A kilometre is four minutes.
    """
    rng = np.random.default_rng(seed)
    spots = 4 * rng.uniform(0, 20, (plots, 2))
    work = np.ceil(rng.lognormal(0, 0.7, plots) / 1.2 * 60)
    hours = float(np.floor(work.sum() / machines / busy))
    windows = np.floor(rng.uniform(3, 7, plots) * 720)
    opens = np.floor(rng.uniform(0, 1, plots) * np.maximum(hours - windows, 1))
    closes = np.minimum(opens + windows, hours)
    yards = 4 * rng.uniform(4, 16, (machines, 2))
    rows = zip(spots.tolist(), work.tolist(), opens.tolist(), closes.tolist(), strict=True)
    return Problem(
        yards=tuple(Yard(f"Y{n}", x, y) for n, (x, y) in enumerate(yards.tolist())),
        machines=tuple(Machine(f"C{n}", f"Y{n}", until_minute=hours) for n in range(machines)),
        plots=tuple(
            Plot(f"p{n}", x, y, minutes, opened, max(closed, opened))
            for n, ((x, y), minutes, opened, closed) in enumerate(rows)
        ),
        **{"seconds": 10.0, "seed": 1, **more},
    )
