"""How the reasons of a turn are told under three headings."""

from dataclasses import replace

import pytest

from coopfarm.home.rules import AMOUNT, NEED, TIME, in_chapters
from coopfarm.planning.week.explain import explain
from coopfarm.planning.week.solve import solve
from tests.factories.week import two_reaches

STEPS = [{"code": "reference-evapotranspiration"}, {"code": "crop-takes"}, {"code": "plot-needs"}]


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
@pytest.mark.parametrize("least", [0.0, 0.1])
def test_need_amount_and_time_have_a_chapter_each_by_every_rule(rule: str, least: float) -> None:
    problem = two_reaches(rule=rule)
    fields = tuple(replace(f, floor_m3=least * f.claim_m3) for f in problem.fields)
    problem = replace(problem, fields=fields)
    reasons = [r.as_json() for r in explain(problem, solve(problem))["W2-2"]]

    need, amount, time = in_chapters([*STEPS, *reasons])

    assert [chapter.title.code for chapter in (need, amount, time)] == [
        NEED.code,
        AMOUNT.code,
        TIME.code,
    ]
    assert [*need.steps] == STEPS
    assert time.steps[0]["code"].startswith("why-one-share-earns")
    assert len(time.steps) == 3
    assert [*need.steps, *amount.steps, *time.steps] == [*STEPS, *reasons]


def test_a_plot_that_needs_nothing_has_no_chapter_on_time() -> None:
    chapters = in_chapters([*STEPS, {"code": "week-nothing-to-serve"}])

    assert [chapter.title.code for chapter in chapters] == [NEED.code, AMOUNT.code]


def test_without_reasons_there_is_nothing_to_tell() -> None:
    assert in_chapters([]) == ()
