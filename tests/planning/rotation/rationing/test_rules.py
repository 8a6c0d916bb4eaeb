import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.rotation.rationing import rules

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "rules.json").read_text())
RULES = {
    "proportional": rules.proportional,
    "cea": rules.fill,
    "cel": rules.equal_losses,
    "talmud": rules.talmud,
}

claims = st.lists(st.floats(1, 1e6), min_size=1, max_size=30).map(np.array)
parts = st.floats(0.001, 0.999)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda c: f"{c['rule']} of {c['supply']}")
def test_each_rule_gives_its_published_awards(case):
    awards, _ = RULES[case["rule"]](case["supply"], np.array(case["claims"], dtype=float))

    assert awards == pytest.approx(case["awards"], abs=1e-12)


def test_weights_and_floors_are_filled_exactly():
    asked = np.array([90.0, 40, 200, 15, 120, 60])
    weights, floors = np.array([2.0, 1, 5, 1, 2, 3]), np.array([30.0, 12, 20, 10, 45, 0])

    awards, level = rules.fill(260.0, asked, weights, floors)

    assert level == pytest.approx(200 / 11, rel=1e-14)
    assert awards == pytest.approx([400 / 11, 200 / 11, 1000 / 11, 15, 45, 600 / 11], rel=1e-14)


def test_splitting_a_holding_gains_without_weights_and_gains_nothing_with_them():
    whole, split = np.array([30.0, 30, 60]), np.array([30.0, 30, 30, 30])

    unweighted, unweighted_split = rules.fill(60, whole)[0], rules.fill(60, split)[0]
    weighted = rules.fill(60, whole, np.array([1.0, 1, 2]))[0]
    weighted_split = rules.fill(60, split, np.ones(4))[0]

    assert unweighted == pytest.approx([20, 20, 20])
    assert unweighted_split == pytest.approx([15, 15, 15, 15])
    assert weighted == pytest.approx([15, 15, 30])
    assert weighted_split == pytest.approx([15, 15, 15, 15])


@pytest.mark.parametrize("rule", RULES)
@given(asked=claims, part=parts)
def test_every_rule_hands_out_the_whole_supply_within_the_claims(rule, asked, part):
    supply = float(asked.sum() * part)

    awards, _ = RULES[rule](supply, asked)

    assert float(awards.sum()) == pytest.approx(supply, rel=1e-12)
    assert (awards >= 0).all()
    assert (awards <= asked).all()


@pytest.mark.parametrize("rule", RULES)
@given(asked=claims, part=parts, more=parts)
def test_nobody_loses_by_more_supply(rule, asked, part, more):
    supply = float(asked.sum() * part)
    larger = supply + more * (float(asked.sum()) - supply)

    before, _ = RULES[rule](supply, asked)
    after, _ = RULES[rule](larger, asked)

    assert (after >= before - 1e-9 * supply).all()


@pytest.mark.parametrize("rule", RULES)
@given(asked=claims, part=parts, scale=st.floats(0.01, 100))
def test_the_unit_changes_nothing(rule, asked, part, scale):
    supply = float(asked.sum() * part)

    awards, _ = RULES[rule](supply, asked)
    scaled, _ = RULES[rule](supply * scale, asked * scale)

    assert scaled == pytest.approx(awards * scale, rel=1e-7, abs=1e-9 * supply * scale)


@given(asked=claims, part=parts)
def test_the_talmud_shares_losses_as_it_shares_awards(asked, part):
    supply = float(asked.sum() * part)

    awards, _ = rules.talmud(supply, asked)
    losses, _ = rules.talmud(float(asked.sum()) - supply, asked)

    assert awards == pytest.approx(asked - losses, abs=1e-9 * float(asked.sum()))


@given(asked=claims, part=parts)
def test_equal_losses_are_equal_awards_of_what_is_missing(asked, part):
    supply = float(asked.sum() * part)

    awards, _ = rules.equal_losses(supply, asked)
    missing, _ = rules.fill(float(asked.sum()) - supply, asked)

    assert awards == pytest.approx(asked - missing, abs=1e-9 * float(asked.sum()))


@given(asked=claims, part=parts, who=st.integers(0, 29), at=st.floats(0.01, 0.99))
def test_splitting_a_holding_gains_nothing_under_equal_awards_by_area(asked, part, who, at):
    who %= asked.size
    areas = asked / 7 + 1
    supply = float(asked.sum() * part)
    cut = np.array([at, 1 - at])
    split_claims = np.concatenate((np.delete(asked, who), asked[who] * cut))
    split_areas = np.concatenate((np.delete(areas, who), areas[who] * cut))

    whole, _ = rules.fill(supply, asked, areas)
    split, _ = rules.fill(supply, split_claims, split_areas)

    assert float(split[-2:].sum()) == pytest.approx(whole[who], rel=1e-9)


@given(asked=claims, part=parts, who=st.integers(0, 29), more=st.floats(1, 10))
def test_claiming_more_than_needed_serves_no_more_of_the_need(asked, part, who, more):
    who %= asked.size
    areas = asked / 7 + 1
    supply = float(asked.sum() * part)
    inflated = asked.copy()
    inflated[who] *= more

    honest, _ = rules.fill(supply, asked, areas)
    greedy, _ = rules.fill(supply, inflated, areas)

    assert min(greedy[who], asked[who]) <= honest[who] * (1 + 1e-9)


@given(asked=claims, part=parts)
def test_doubling_a_claim_pays_under_proportional(asked, part):
    supply, alone = float(asked.sum() * part), asked.size == 1
    doubled = asked.copy()
    doubled[0] *= 2

    honest, _ = rules.proportional(supply, asked)
    greedy, _ = rules.proportional(supply, doubled)

    assert alone or greedy[0] > honest[0]


@pytest.mark.parametrize("rule", [rules.proportional, rules.equal_losses, rules.talmud])
def test_floors_come_first_and_the_rule_shares_the_rest(rule):
    asked, floors = np.array([100.0, 200, 300]), np.array([40.0, 0, 0])

    awards, _ = rule(200.0, asked, floors)

    assert awards == pytest.approx(floors + rule(160.0, asked - floors)[0])


@pytest.mark.parametrize("rule", RULES.values())
def test_a_supply_of_all_claims_serves_everybody_to_the_last_digit(rule):
    asked = np.array([0.1, 0.7, 1 / 3, 19.0])

    awards, _ = rule(float(asked.sum()), asked)

    assert awards.tolist() == asked.tolist()


def test_tiny_and_huge_claims_are_shared_together():
    asked = np.array([1e-12, 1e15, 1.0, 1e15])

    awards, _ = rules.equal_losses(1.0, asked)

    assert float(awards.sum()) == pytest.approx(1.0, rel=1e-12)
