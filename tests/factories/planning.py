"""Problems of the planning core for tests."""

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

from coopfarm.planning.rotation.canal_tree import problem as canal_tree
from coopfarm.planning.rotation.canal_tree.network import Canal, entering
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.roster import problem as roster

amounts = st.one_of(st.integers(0, 1000).map(float), st.floats(1e-3, 1e6))
weights = st.one_of(st.integers(1, 9).map(float), st.floats(1e-2, 1e3))
parts = st.floats(0, 1)


@st.composite
def rationing_claims(draw: Callable, at_least: int) -> tuple[rationing.Claim, ...]:
    """Up to a dozen claims, some of nothing, some with floors, at least one above 0."""
    asked = draw(st.lists(st.tuples(amounts, weights, parts), min_size=at_least, max_size=12))
    floored = draw(st.booleans())
    claims = [
        rationing.Claim(f"plot {place}", amount, weight, amount * part if floored else 0.0)
        for place, (amount, weight, part) in enumerate(asked)
    ]
    first = claims[0]
    claims[0] = rationing.Claim(first.id, first.amount + 1, first.weight, first.floor)
    return tuple(claims)


@st.composite
def rationing_problems(
    draw: Callable, rules: tuple[str, ...] = rationing.RULES, at_least: int = 1
) -> rationing.Problem:
    """A supply anywhere between the floors and the claims."""
    claims = draw(rationing_claims(at_least))
    least = max(sum(claim.floor for claim in claims), 1e-6)
    most = sum(claim.amount for claim in claims)
    supply = least + draw(parts) * (most - least)
    return rationing.Problem(supply, draw(st.sampled_from(rules)), claims)


@st.composite
def roster_problems(draw: Callable) -> roster.Problem:
    """Holders of land, of ponds without land, and of titles in any unit."""
    rows = draw(
        st.lists(st.tuples(st.floats(0.05, 500), st.integers(0, 20)), min_size=1, max_size=60)
    )
    holders = [
        roster.Holder(f"holder {place}", share, float(filling))
        for place, (share, filling) in enumerate(rows)
    ]
    holders.append(roster.Holder("pond", 0.0, filling_minutes=float(draw(st.integers(0, 200)))))
    return roster.Problem(draw(st.sampled_from([10_080, 11_520, 15_120, 1_440 * 14])), (*holders,))


@st.composite
def canal_tree_problems(draw: Callable) -> canal_tree.Problem:
    """A forest of up to six canals, some closed, with floors that fit."""
    count = draw(st.integers(1, 6))
    feeds = [None, *(draw(st.sampled_from([None, *range(at)])) for at in range(1, count))]
    claims = tuple(
        canal_tree.Claim(
            f"farm {place}",
            f"canal {draw(st.integers(0, count - 1))}",
            float(draw(st.integers(1, 60))),
            float(draw(st.integers(1, 5))),
            float(draw(st.sampled_from([0, 0, 0, 1]))),
        )
        for place in range(draw(st.integers(1, 9)))
    )
    efficiencies = [draw(st.sampled_from([1.0, 0.5, 0.8])) for _ in range(count)]
    open_canals = _canals(feeds, [1e6] * count, efficiencies)
    floors = {canal.id: 0.0 for canal in open_canals}
    for claim in claims:
        floors[claim.canal] += claim.floor
    needed = entering(open_canals, floors)
    capacities = [needed[canal.id] + draw(st.integers(0, 200)) for canal in open_canals]
    return canal_tree.Problem(_canals(feeds, capacities, efficiencies), claims)


def _canals(
    feeds: list[int | None], capacities: list[float], efficiencies: list[float]
) -> tuple[Canal, ...]:
    return tuple(
        Canal(f"canal {at}", None if feed is None else f"canal {feed}", capacity, efficiency)
        for at, (feed, capacity, efficiency) in enumerate(
            zip(feeds, capacities, efficiencies, strict=True)
        )
    )


def filled_step_by_step(problem: canal_tree.Problem) -> dict[str, Fraction]:
    """Progressive filling by its definition, in exact fractions: slow, and plain to see."""
    feeds = {canal.id: canal.feeds_from for canal in problem.canals}
    efficiency = {canal.id: Fraction(canal.efficiency) for canal in problem.canals}
    takes: dict[str, dict[str, Fraction]] = {canal.id: {} for canal in problem.canals}
    for claim in problem.claims:
        step, needed = claim.canal, Fraction(1)
        while step is not None:
            needed /= efficiency[step]
            takes[step][claim.id] = needed
            step = feeds[step]
    rising = {claim.id: claim for claim in problem.claims}
    given: dict[str, Fraction] = {}
    while rising:
        levels = {
            canal.id: _level_when_full(canal, takes[canal.id], rising, given)
            for canal in problem.canals
        }
        level = min((lev for lev in levels.values() if lev is not None), default=None)
        held = [
            farm
            for canal, reached in levels.items()
            if level is None or reached == level
            for farm in takes[canal]
            if farm in rising
        ]
        for farm in dict.fromkeys(held):
            given[farm] = _filled(rising.pop(farm), level)
    return given


def _level_when_full(
    canal: Canal,
    takes: dict[str, Fraction],
    rising: dict[str, canal_tree.Claim],
    given: dict[str, Fraction],
) -> Fraction | None:
    """The level at which what rises fills the canal; None when it never does."""
    left = Fraction(canal.capacity) - sum(
        takes[farm] * given[farm] for farm in takes if farm in given
    )
    farms = [rising[farm] for farm in takes if farm in rising]

    def wanted(level: Fraction | None) -> Fraction:
        return sum((takes[farm.id] * _filled(farm, level) for farm in farms), Fraction(0))

    if wanted(None) <= left:
        return None
    bends = sorted({Fraction(a) / Fraction(f.weight) for f in farms for a in (f.floor, f.amount)})
    low = max((bend for bend in (Fraction(0), *bends) if wanted(bend) <= left), default=Fraction(0))
    high = min(bend for bend in bends if wanted(bend) > left)
    slope = (wanted(high) - wanted(low)) / (high - low)
    return low + (left - wanted(low)) / slope


def _filled(claim: canal_tree.Claim, level: Fraction | None) -> Fraction:
    amount, floor = Fraction(claim.amount), Fraction(claim.floor)
    return amount if level is None else min(max(level * Fraction(claim.weight), floor), amount)
