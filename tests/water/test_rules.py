import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coopfarm.kernel.refusal import Refusal
from coopfarm.water import rules
from coopfarm.water.rules import PublishFacts, Wish

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
WISH = Wish(starts_at=datetime(2026, 7, 4, 6, tzinfo=UTC), cycle_minutes=10_080, supply=60.0)


def _refusal(act, *arguments) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act(*arguments)
    return refused.value


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"supply": 100.0},
        {"supply": 0.01},
        {"supply": 250.0, "supply_kind": "flow"},
        {"supply": 1e6, "supply_kind": "volume"},
        {"cycle_minutes": 1},
        {"cycle_minutes": rules.LONGEST_CYCLE_MINUTES},
        {"least_percent": 100.0},
        *({"rule": rule} for rule in rules.RULES),
        *({"basis": basis} for basis in rules.BASES),
    ],
)
def test_a_wish_that_can_be_is_let_pass(change):
    assert rules.check_wish(replace(WISH, **change)) is None


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"cycle_minutes": 0}, "period-unusable", "cycle"),
        ({"cycle_minutes": -10_080}, "period-unusable", "cycle"),
        ({"cycle_minutes": rules.LONGEST_CYCLE_MINUTES + 1}, "period-unusable", "cycle"),
        ({"supply": 0.0}, "percent-unusable", "supply"),
        ({"supply": 100.5}, "percent-unusable", "supply"),
        ({"supply": math.nan}, "percent-unusable", "supply"),
        ({"supply": 0.0, "supply_kind": "flow"}, "amount-unusable", "supply"),
        ({"supply": -1.0, "supply_kind": "volume"}, "amount-unusable", "supply"),
        ({"supply": math.nan, "supply_kind": "volume"}, "amount-unusable", "supply"),
        ({"supply": math.inf, "supply_kind": "flow"}, "amount-unusable", "supply"),
        ({"least_percent": -1.0}, "least-share-unusable", "least_percent"),
        ({"least_percent": 101.0}, "least-share-unusable", "least_percent"),
        ({"least_percent": math.nan}, "least-share-unusable", "least_percent"),
        ({"supply_kind": "buckets"}, "choice-unknown", "supply_kind"),
        ({"rule": "strongest"}, "choice-unknown", "rule"),
        ({"basis": "by lot"}, "choice-unknown", "basis"),
        ({"starts_at": datetime(1620, 1, 1, tzinfo=UTC)}, "day-out-of-reach", "starts_at"),
        ({"starts_at": datetime(9999, 12, 31, tzinfo=UTC)}, "day-out-of-reach", "starts_at"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_its_field(change, code, field):
    refusal = _refusal(rules.check_wish, replace(WISH, **change))

    assert (refusal.code, refusal.field) == (code, field)


@pytest.mark.parametrize("supply", [math.nan, math.inf])
def test_what_is_no_number_is_told_by_its_name(supply):
    refusal = _refusal(rules.check_wish, replace(WISH, supply=supply))

    assert refusal.sentence.as_json()["facts"]["given"] == str(supply)


def test_an_unknown_choice_is_told_what_there_is():
    refusal = _refusal(rules.check_wish, replace(WISH, rule="strongest"))

    assert "cea, proportional, cel, talmud" in str(refusal)


def test_a_wish_comes_back_from_what_was_kept():
    asked = replace(WISH, rule="cel", least_percent=20.0, coefficients={"cotton": 1.17})

    assert Wish.from_json(asked.as_json()) == asked


def test_a_wish_ends_when_its_cycle_does():
    assert WISH.ends_at == datetime(2026, 7, 11, 6, tzinfo=UTC)


def _facts(**change) -> PublishFacts:
    facts = PublishFacts("draft", findings=0, ends_at=NOW + timedelta(days=7), now=NOW)
    return replace(facts, **change)


@pytest.mark.parametrize(
    ("change", "note", "code"),
    [
        ({"state": "notice"}, "Dry week", "wrong-state"),
        ({}, "Dry week " * 112, "note-too-long"),
        ({"state": "in_force"}, "Dry week", "wrong-state"),
        ({"state": "superseded"}, "Dry week", "wrong-state"),
        ({"findings": 2}, "Dry week", "not-certified"),
        ({"ends_at": NOW}, "Dry week", "already-over"),
        ({}, "", "note-missing"),
        ({}, "  \n", "note-missing"),
    ],
)
def test_what_may_not_be_shown_to_the_members_is_told_why(change, note, code):
    assert _refusal(rules.check_notice, _facts(**change), note).code == code


def test_a_certified_draft_with_a_note_may_be_shown():
    assert rules.check_notice(_facts(), "Dry week") is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "draft"}, "wrong-state"),
        ({"state": "in_force"}, "wrong-state"),
        ({"state": "superseded"}, "wrong-state"),
        ({"state": "notice", "findings": 1}, "not-certified"),
        ({"state": "notice", "ends_at": NOW - timedelta(days=1)}, "already-over"),
    ],
)
def test_what_may_not_come_into_force_is_told_why(change, code):
    assert _refusal(rules.check_in_force, _facts(**change)).code == code


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "in_force_at", "starts_at", "code"),
    [
        ("notice", None, NOW - DAY, None),
        ("in_force", NOW, NOW + DAY, None),
        ("in_force", NOW - 30 * DAY, NOW + DAY, None),
        ("in_force", NOW - timedelta(hours=24), NOW - DAY, None),
        ("in_force", NOW - timedelta(hours=24, minutes=1), NOW - DAY, "undo-too-late"),
        ("draft", None, NOW + DAY, "wrong-state"),
        ("superseded", NOW, NOW + DAY, "wrong-state"),
    ],
)
def test_a_step_may_be_taken_back_for_a_day_or_until_turns_begin(
    state, in_force_at, starts_at, code
):
    if code is None:
        assert rules.check_undo(state, in_force_at, starts_at, NOW) is None
    else:
        assert _refusal(rules.check_undo, state, in_force_at, starts_at, NOW).code == code


def test_a_plan_for_a_plot_that_is_gone_names_it():
    refusal = _refusal(rules.check_land, {"P1"}, ["P1", "P2"])

    assert refusal.facts == {"plot": "P2"}
