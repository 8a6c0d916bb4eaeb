"""Each race fails once its guards are gone, and each of two guards holds by itself."""

import pytest

from tests.races import races, spraying
from tests.races.conftest import Open

PEOPLE = 16


@pytest.mark.parametrize("without", ["locks", "constraint"])
def test_either_of_two_guards_keeps_an_hour_to_one_booking(
    open_village: Open, without: str
) -> None:
    result = races.one_slot(*open_village(without, people=PEOPLE), people=PEOPLE, rounds=2)

    assert not [one for one in result.wrong if "winners" in one or "kept" in one]


def test_without_locks_and_constraint_an_hour_is_booked_twice_and_a_limit_is_passed(
    open_village: Open,
) -> None:
    village, group = open_village("locks", "constraint", people=PEOPLE)

    for_an_hour = races.one_slot(village, group, people=PEOPLE, rounds=3)
    of_shapes = races.shapes(village, group, people=PEOPLE, rounds=3)
    of_several = races.several(village, group, people=PEOPLE, rounds=3)
    of_a_limit = races.limit(village, group, requests=PEOPLE, most=2)

    assert [one for one in for_an_hour.wrong if "winners" in one]
    assert [one for one in of_shapes.wrong if "winners meet" in one]
    assert [one for one in of_several.wrong if "winners meet" in one]
    assert [one for one in of_a_limit.wrong if "let through" in one]


def test_without_locks_a_plot_that_is_sprayed_is_booked_and_nobody_is_told(
    open_village: Open,
) -> None:
    village, group = open_village("locks", "plot locks", people=PEOPLE)

    result = spraying.sprayed(village, group, people=PEOPLE, rounds=2)

    assert [one for one in result.wrong if "slipped in" in one]


def test_the_lock_of_a_plot_holds_by_itself(open_village: Open) -> None:
    village, group = open_village("locks", people=PEOPLE)

    result = spraying.sprayed(village, group, people=PEOPLE, rounds=2)

    assert not [one for one in result.wrong if "slipped in" in one]


def test_without_an_order_of_locking_and_another_try_a_deadlock_reaches_a_phone(
    engine: str, open_village: Open
) -> None:
    if engine == "sqlite":
        pytest.skip("one writer at a time waits for nobody")
    village, group = open_village("order", people=PEOPLE)

    result = races.several(village, group, people=PEOPLE, rounds=6)

    assert [one for one in result.wrong if "500 or more" in one]


def test_without_its_key_an_act_that_is_sent_again_is_another_act(open_village: Open) -> None:
    village, group = open_village("keys", people=2)

    result = races.repeats(village, group, acts=4, times=5, people=2)

    assert [one for one in result.wrong if "was not done" in one]


def test_without_its_key_a_booking_that_was_kept_before_the_kill_is_refused_afterwards(
    open_village: Open,
) -> None:
    village, group = open_village("keys", "haste", people=8)

    result = races.kills(village, group, bookings=60, people=8, times=3)

    assert [one for one in result.wrong if "nobody was told of" in one]


def test_what_is_answered_before_it_is_kept_is_lost_with_its_worker(open_village: Open) -> None:
    village, group = open_village("keeping first", people=8)

    result = races.kills(village, group, bookings=60, people=8, times=3)

    assert [one for one in result.wrong if "acknowledged bookings are lost" in one]
