import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopfarm.planning.fleet.season.slots import Request, Slots, fill_slots, in_order
from coopfarm.planning.fleet.season.slots_certify import certify_slots

COMBINES = {"combine": [1, 1, 1, 1]}


def _ask(name, opens, closes, days=1, deficit=0.0):
    return Request(name, "combine", opens, closes, days, deficit)


@st.composite
def seasons(draw):
    """Up to four requests for one class over four days."""
    asked = draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 3), st.integers(0, 2)),
            max_size=4,
        )
    )
    requests = [
        _ask(f"r{place}", opens, opens + length, days, deficit)
        for place, (opens, length, days, deficit) in enumerate(asked)
    ]
    return requests, {"combine": draw(st.lists(st.integers(0, 2), min_size=4, max_size=4))}


def test_each_gets_the_earliest_days_of_its_window():
    slots = fill_slots([_ask("a", 1, 4, 2), _ask("b", 0, 2)], COMBINES)

    assert slots.days == {"a": (1, 2), "b": (0,)}


def test_one_moves_back_so_that_another_fits_in():
    slots = fill_slots([_ask("a", 0, 4), _ask("b", 0, 1)], COMBINES)

    assert slots.days == {"a": (1,), "b": (0,)}


def test_every_request_has_a_first_day_before_any_has_a_second():
    slots = fill_slots([_ask("a", 0, 2, 2, deficit=5), _ask("b", 0, 2, 2)], COMBINES)

    assert sorted(map(len, slots.days.values())) == [1, 1]


def test_the_largest_deficit_is_served_when_there_is_too_little():
    slots = fill_slots([_ask("a", 0, 1), _ask("b", 0, 1, deficit=1.5)], COMBINES)

    assert slots.days == {"a": (), "b": (0,)}


def test_classes_do_not_stand_in_each_others_way():
    requests = [_ask("a", 0, 1), Request("b", "tractor", 0, 1, 1)]

    slots = fill_slots(requests, {**COMBINES, "tractor": [1]})

    assert slots.days == {"a": (0,), "b": (0,)}


@given(seasons())
def test_every_filling_earns_its_certificate(season):
    requests, machines = season

    slots = fill_slots(requests, machines)

    assert certify_slots(requests, machines, slots).findings == ()


@settings(max_examples=50, deadline=None)
@given(seasons())
def test_no_other_choice_of_days_serves_better_or_is_earlier(season):
    requests, machines = season

    slots = fill_slots(requests, machines)

    ways = list(_ways(requests, machines["combine"]))
    assert _key(requests, slots.days) == max(_key(requests, way) for way in ways)


def _ways(requests, machines):
    windows = [
        list(range(request.opens, min(request.closes, len(machines)))) for request in requests
    ]
    choices = [
        [
            days
            for count in range(request.days + 1)
            for days in itertools.combinations(window, count)
        ]
        for request, window in zip(requests, windows, strict=True)
    ]
    for way in itertools.product(*choices):
        given = [sum(day in days for days in way) for day in range(len(machines))]
        if all(used <= there for used, there in zip(given, machines, strict=True)):
            yield {request.id: days for request, days in zip(requests, way, strict=True)}


def _key(requests, days):
    """Day after day, the first in order first; then the least lateness."""
    ordered = in_order(requests)
    served = [len(days[request.id]) > count for count in range(3) for request in ordered]
    return served, -sum(day - one.opens for one in requests for day in days[one.id])


@pytest.mark.parametrize(
    ("days", "prices", "words"),
    [
        ({"a": (3,), "b": (0,)}, (0, 0, 0, 0), "a gets day 3, which is outside its window."),
        ({"a": (0, 1), "b": ()}, (0, 0, 0, 0), "a gets 2 days and asks for 1."),
        ({"a": (0,), "b": (0,)}, (0, 0, 0, 0), "Day 0 of combine is given 2 times"),
        ({"a": (), "b": (0,)}, (0, 0, 0, 0), "a is short of a day"),
        ({"a": (2,), "b": (0,)}, (0, 0, 0, 0), "a gets day 2, and by the prices"),
        ({"a": (1,), "b": (0,)}, (0, 0, 9, 0), "The price of day 2 of combine proves nothing"),
    ],
)
def test_a_filling_that_breaks_the_rule_is_judged_in_words(days, prices, words):
    requests = [_ask("a", 0, 3), _ask("b", 0, 1)]

    certificate = certify_slots(requests, COMBINES, Slots(days, {"combine": prices}))

    assert any(str(finding).startswith(words) for finding in certificate.findings)
