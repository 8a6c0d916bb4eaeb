"""Seasons for tests."""

from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st

from coopfarm.planning.fleet.season.problem import Item, Member, Plan, Problem


def season(
    values: Sequence[Sequence[float]],
    places: Sequence[int] | int = 1,
    wants: Sequence[int] | int = 2,
    *,
    carry_over: Sequence[float] | float = 0.0,
    seed: str = "2026-06-01",
) -> Problem:
    """A row of values for each member m0, m1, …; a column for each item d0, d1, …"""
    count, days = len(values), len(values[0])
    return Problem(
        items=tuple(Item(f"d{day}", places) for day, places in enumerate(_each(places, days))),
        members=tuple(
            Member(f"m{row}", wanted, _wishes(values[row]), owed)
            for row, (wanted, owed) in enumerate(
                zip(_each(wants, count), _each(carry_over, count), strict=True)
            )
        ),
        seed=seed,
    )


@st.composite
def seasons(
    draw: Callable, most_members: int = 6, most_items: int = 6, most_value: int = 12
) -> Problem:
    """Few members and items, some with many places, with ties in values and carry-over."""
    items = draw(st.integers(1, most_items))
    members = draw(st.integers(1, most_members))
    rows = st.lists(st.integers(0, most_value), min_size=items, max_size=items)
    return season(
        values=draw(st.lists(rows, min_size=members, max_size=members)),
        places=draw(
            st.lists(st.sampled_from([0, 1, 1, 2, members]), min_size=items, max_size=items)
        ),
        wants=draw(st.lists(st.integers(0, items), min_size=members, max_size=members)),
        carry_over=draw(
            st.lists(st.sampled_from([-1.0, 0.0, 0.0, 1.5]), min_size=members, max_size=members)
        ),
        seed=draw(st.text("abc", min_size=1, max_size=3)),
    )


def beyond_one_item(problem: Problem, gets: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Every pair whose envy does not end when one item is left out, by the definition."""
    return [
        (mine.id, other.id)
        for mine in problem.members
        for other in problem.members
        if _without_best(mine, gets[other.id]) > _worth(mine, gets[mine.id]) + 1e-9
    ]


def given(plan: Plan) -> dict[str, list[str]]:
    """The plan as lists that a test may change."""
    return {member: list(items) for member, items in plan.gets.items()}


def _worth(member: Member, items: Sequence[str]) -> float:
    return sum(member.values.get(item, 0.0) for item in items)


def _without_best(member: Member, items: Sequence[str]) -> float:
    falling = sorted((member.values.get(item, 0.0) for item in items), reverse=True)
    return sum(falling[1 : member.wants + 1])


def _each(one_or_all: Sequence[float] | float, count: int) -> list:
    return [one_or_all] * count if isinstance(one_or_all, int | float) else list(one_or_all)


def _wishes(row: Sequence[float]) -> dict[str, float]:
    return {f"d{day}": float(value) for day, value in enumerate(row) if value}
