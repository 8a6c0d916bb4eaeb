"""Whole weeks for tests: fields, outlets, canals and a supply that fit together."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from coopfarm.planning.rotation.rationing.problem import RULES
from coopfarm.planning.week.problem import BASES, Canal, Field, Outlet, Problem, need_at_head

WEEK = 7 * 24 * 60
TEN_DAYS_AND_A_HALF = 15_120

_AREAS = st.one_of(st.integers(1, 20).map(lambda n: n * 1000.0), st.floats(200, 80_000))
_MM = st.sampled_from([0.0, 12.0, 40.0, 40.0, 55.0, 69.7])
_PARTS = st.floats(0.05, 1.0)


@st.composite
def week_problems(
    draw: Callable, *, rules: tuple[str, ...] = RULES, narrow: bool = True
) -> Problem:
    """A week in which canals may be narrow, closed or leaking, and floors fit into them.

    Without `narrow` nothing between the head and the fields holds anybody back.
    """
    canals = _canals(draw) if narrow else ()
    outlets = _outlets(draw, canals)
    fields = _fields(draw, outlets)
    wide = Problem(draw(_CYCLES), 1.0, draw(st.sampled_from(rules)), fields, outlets, canals)
    return _with_floors(draw, _with_capacities(draw, wide) if narrow else wide)


_CYCLES = st.sampled_from([WEEK, TEN_DAYS_AND_A_HALF, 8 * 24 * 60, 3 * 24 * 60 + 7])


def _canals(draw: Callable) -> tuple[Canal, ...]:
    count = draw(st.integers(0, 4))
    return tuple(
        Canal(
            f"K{at}",
            draw(st.sampled_from([None, *(f"K{above}" for above in range(at))])),
            efficiency=draw(st.sampled_from([1.0, 0.95, 0.8])),
        )
        for at in range(count)
    )


def _outlets(draw: Callable, canals: tuple[Canal, ...]) -> tuple[Outlet, ...]:
    ways = [None, *(canal.id for canal in canals)]
    return tuple(
        Outlet(f"W{at}", draw(st.sampled_from(ways)), basis=draw(st.sampled_from(BASES)))
        for at in range(draw(st.integers(1, 3)))
    )


def _fields(draw: Callable, outlets: tuple[Outlet, ...]) -> tuple[Field, ...]:
    names = [outlet.id for outlet in outlets]
    fields = []
    for place in range(draw(st.integers(1, 10))):
        area = draw(_AREAS)
        fields.append(
            Field(
                f"plot {place}",
                draw(st.sampled_from(names)),
                area * draw(_MM) / 1000,
                area,
                shares=float(draw(st.integers(0, 9))),
                filling_minutes=float(draw(st.sampled_from([0, 0, 5, 20]))),
            )
        )
    return (replace(fields[0], claim_m3=fields[0].area_m2 * 0.05), *fields[1:])


def _with_capacities(draw: Callable, problem: Problem) -> Problem:
    """Each channel wide, or closed, or carrying a part of what is needed below it."""

    def capacity(needed_m3: float) -> float | None:
        part = draw(st.sampled_from([None, None, 0.0, 0.3, 0.6, 0.9, 1.5]))
        return None if part is None else part * needed_m3 * 1000 / (problem.cycle_minutes * 60)

    needed = needed_below(problem)
    return replace(
        problem,
        canals=tuple(replace(c, capacity_l_s=capacity(needed[c.id])) for c in problem.canals),
        outlets=tuple(
            replace(o, capacity_l_s=capacity(needed[o.id]) or None) for o in problem.outlets
        ),
    )


def _with_floors(draw: Callable, problem: Problem) -> Problem:
    supply = draw(_PARTS)
    needed = needed_below(problem)
    carried = [
        problem.volume_m3(channel.capacity_l_s) / needed[channel.id]
        for channel in (*problem.canals, *problem.outlets)
        if channel.capacity_l_s is not None and needed[channel.id]
    ]
    least = draw(st.sampled_from([0.0, 0.0, 0.5, 0.9])) * min([supply, *carried])
    return replace(
        problem,
        supply_m3=supply * need_at_head(problem),
        fields=tuple(replace(f, floor_m3=least * f.claim_m3) for f in problem.fields),
    )


def needed_below(problem: Problem) -> dict[str, float]:
    """What each canal and outlet would carry if every field had its claim, m³ at its head."""
    canals = {canal.id: canal for canal in problem.canals}
    needed = dict.fromkeys((*canals, *(outlet.id for outlet in problem.outlets)), 0.0)
    for field in problem.fields:
        needed[field.outlet] += field.claim_m3
    for outlet in problem.outlets:
        volume, at = needed[outlet.id], outlet.canal
        while at is not None:
            volume /= canals[at].efficiency
            needed[at] += volume
            at = canals[at].feeds_from
    return needed


def two_reaches(**more: object) -> Problem:
    """A narrow reach below a wide one, an outlet on each, three plots of a hectare on both."""
    hectare = 10_000.0
    fields = tuple(
        Field(f"{outlet}-{place}", outlet, claim_m3=600.0, area_m2=hectare)
        for outlet in ("W1", "W2")
        for place in (1, 2, 3)
    )
    problem = Problem(
        cycle_minutes=WEEK,
        supply_m3=2400.0,
        rule="cea",
        fields=fields,
        outlets=(Outlet("W1", "K1"), Outlet("W2", "K2")),
        canals=(Canal("K1"), Canal("K2", "K1", capacity_l_s=600 * 1000 / (WEEK * 60))),
    )
    return replace(problem, **more)
