from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from coopfarm.land.rules import order
from coopfarm.land.rules.order import CanalFacts, OutletFacts, PlotFacts

METRE = 1 / order.METRES_A_DEGREE


def plot(code, east_m, north_m=20, *, nakka_metres=None):
    east, north = 72 + east_m * METRE, 0 + north_m * METRE
    return PlotFacts(
        code, code, box(east, north, east + 30 * METRE, north + 30 * METRE), nakka_metres
    )


def line(*points_m):
    return LineString([(72 + east * METRE, north * METRE) for east, north in points_m])


def point(east_m, north_m=0):
    return Point(72 + east_m * METRE, north_m * METRE)


def test_plots_follow_their_watercourse_however_it_bends():
    bent = line((0, 0), (500, 0), (500, 400), (0, 400))
    plots = [plot("past-both-bends", 100, 410), plot("first", 100), plot("past-one-bend", 510, 200)]

    found = order.head_to_tail(OutletFacts(point(0), bent), plots)

    assert found == ("first", "past-one-bend", "past-both-bends")


def test_a_watercourse_drawn_from_its_tail_is_turned_round():
    backwards = line((500, 0), (0, 0))

    found = order.head_to_tail(
        OutletFacts(point(0), backwards), [plot("far", 400), plot("near", 50)]
    )

    assert found == ("near", "far")


def test_a_watercourse_without_an_outlet_starts_at_its_canal():
    canal = CanalFacts(line((510, -900), (510, 900)))

    found = order.head_to_tail(
        OutletFacts(watercourse=line((0, 0), (500, 0)), canal=canal),
        [plot("far", 0), plot("near", 400)],
    )

    assert found == ("near", "far")


def test_a_nakka_tells_more_than_the_drawing():
    plots = [plot("drawn-near", 50, nakka_metres=300), plot("drawn-far", 400, nakka_metres=20)]

    found = order.head_to_tail(OutletFacts(point(0), line((0, 0), (500, 0))), plots)

    assert found == ("drawn-far", "drawn-near")


def test_a_strip_of_plots_runs_away_from_its_outlet():
    zigzag = [plot(str(i), 60 * i, 20 if i % 2 else 90) for i in range(10)]

    found = order.head_to_tail(OutletFacts(point(-20)), zigzag[::-1])

    assert found == tuple(str(i) for i in range(10))


def test_plots_all_round_an_outlet_are_ordered_by_distance():
    plots = [plot("east", 300), plot("west", -200), plot("beside", 20)]

    found = order.head_to_tail(OutletFacts(point(0)), plots)

    assert found == ("beside", "west", "east")


def test_an_outlet_at_a_known_distance_along_its_canal_needs_no_place():
    canal = CanalFacts(line((1000, 0), (0, 0)), flows_against_line=True)

    found = order.head_to_tail(
        OutletFacts(canal=canal, metres_from_head=100), [plot("far", 700), plot("near", 120)]
    )

    assert found == ("near", "far")


def test_an_outlet_known_only_by_its_canal_is_taken_where_water_first_passes():
    canal = CanalFacts(line((0, 0), (1000, 0)))

    found = order.head_to_tail(OutletFacts(canal=canal), [plot("later", 700), plot("first", 120)])

    assert found == ("first", "later")


def test_without_any_network_plots_stand_by_their_numbers():
    plots = [PlotFacts(code, code) for code in ("P-10", "P-9", "P-1")]

    found = order.head_to_tail(OutletFacts(), plots)

    assert found == ("P-1", "P-9", "P-10")


def test_plots_that_are_not_drawn_come_after_those_that_are():
    found = order.head_to_tail(
        OutletFacts(point(0)), [PlotFacts("A", "A"), plot("far", 400), plot("near", 50)]
    )

    assert found == ("near", "far", "A")


def test_a_plot_placed_by_hand_keeps_its_place_and_the_others_close_up_around_it():
    found = order.places(("a", "b", "c", "d"), {"d": 2})

    assert found == {"a": 1, "d": 2, "b": 3, "c": 4}


def test_a_plot_that_moves_up_pushes_the_others_down():
    assert order.moved(("a", "b", "c", "d"), {"d": 2}) == ("a", "d", "b", "c")


def test_a_plot_that_moves_down_lets_the_others_up():
    assert order.moved(("a", "b", "c", "d"), {"a": 3}) == ("b", "c", "a", "d")


def test_of_two_who_want_one_place_the_one_nearer_the_head_gets_it():
    assert order.moved(("a", "b", "c", "d"), {"d": 1, "c": 1}) == ("c", "d", "a", "b")


def test_a_place_past_the_tail_is_the_tail():
    assert order.moved(("a", "b", "c"), {"a": 99}) == ("b", "c", "a")


@given(
    st.lists(st.integers(0, 40), unique=True, max_size=20),
    st.dictionaries(st.integers(0, 40), st.integers(1, 25)),
)
def test_moving_loses_nobody_and_gives_lone_wishes_their_place(now, wished):
    wished = {id_: place for id_, place in wished.items() if id_ in now}

    found = order.moved(now, wished)

    assert sorted(found) == sorted(now)
    if len(wished) == 1:
        [(who, place)] = wished.items()
        assert found[min(place, len(now)) - 1] == who


@given(
    st.lists(st.integers(0, 40), unique=True, max_size=20),
    st.dictionaries(st.integers(0, 40), st.integers(1, 25)),
)
def test_places_by_hand_are_kept_and_all_others_keep_their_order(computed, by_hand):
    by_hand = {id_: place for id_, place in by_hand.items() if id_ in computed}

    found = order.places(computed, by_hand)

    others = [id_ for id_ in computed if id_ not in by_hand]
    assert {id_: found[id_] for id_ in by_hand} == by_hand
    assert [found[id_] for id_ in others] == sorted(
        {found[id_] for id_ in others} - set(by_hand.values())
    )


def test_distance_along_a_canal_follows_its_water():
    against = CanalFacts(line((0, 0), (1000, 0)), flows_against_line=True)

    assert round(order.metres_along(against, point(900, 40))) == 100
