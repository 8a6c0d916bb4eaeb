"""A machine is never booked twice, whoever comes at the same moment and whatever dies of it.

The short form: `python -m tests.races --long` runs the same races for longer.
"""

from tests.races import races, spraying
from tests.races.server import Group
from tests.races.village import Village

Served = tuple[Village, Group]


def test_of_two_hundred_phones_one_gets_the_hour_and_the_others_are_offered_three(
    served: Served,
) -> None:
    result = races.one_slot(*served, people=200, rounds=1)

    assert result.wrong == []
    assert len(result.workers) == 2


def test_of_stretches_that_overlap_no_two_are_booked_and_none_is_refused_for_nothing(
    served: Served,
) -> None:
    result = races.shapes(*served, people=40, rounds=2)

    assert result.wrong == []


def test_machines_named_in_any_order_are_booked_together_without_a_deadlock(
    served: Served,
) -> None:
    result = races.several(*served, people=32, rounds=2)

    assert result.wrong == []


def test_a_member_who_asks_fifty_times_at_once_gets_the_two_bookings_there_may_be(
    served: Served,
) -> None:
    result = races.limit(*served, requests=50, most=2)

    assert result.wrong == []


def test_an_act_that_is_sent_five_times_is_done_once_and_answered_alike(served: Served) -> None:
    result = races.repeats(*served, acts=20, times=5, people=4)

    assert result.wrong == []


def test_no_booking_slips_onto_a_plot_while_it_is_sprayed(served: Served) -> None:
    result = spraying.sprayed(*served, people=24, rounds=2)

    assert result.wrong == []


def test_a_killed_worker_loses_no_booking_and_doubles_none(served: Served) -> None:
    result = races.kills(*served, bookings=120, people=8, times=3)

    assert result.wrong == []
    assert result.kills == 3
