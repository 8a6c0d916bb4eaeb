"""Whom to scout next: a rank by what was verified, on the map and in the list."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.maps.rules.ranking import AtRisk, ranked
from coopfarm.maps.rules.tiles import around
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.factories.pests import make_number, make_sighting
from tests.land.making import make_plot, point, square
from tests.maps import decoding
from tests.maps.test_views import listed, said

PAGE = "/map/land?layer=risk"
KERNEL: dict[str, Any] = {"scale_m": 200.0, "shape": None}

risks = st.builds(
    AtRisk,
    st.sampled_from([UUID(int=n) for n in range(1, 6)]),
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["armyworm", "bollworm"]),
    st.floats(0.0, 1.0, exclude_max=True),
)


@pytest.fixture
def land(database: Database, cooperative_id: int, clock: Clock) -> dict[str, UUID]:
    """Plots going east; armyworms verified on the first, and a whitefly nobody looked at."""
    with database.transaction(cooperative_id) as session:
        holder = make_member(session, name="Salma")
        plots = {
            code: make_plot(session, code, boundary=square(east), crop=crop, holder_id=holder.id).id
            for code, east, crop in (
                ("A", 0, "maize"),
                ("B", 150, "cotton"),
                ("C", 450, "maize"),
                ("Z", 9_000, "maize"),
            )
        }
        about: dict[str, Any] = {"plot_id": plots["A"], "place": point(50, 70)}
        decided = {"decided_by": holder.id, "decided_at": clock.now}
        about["seen_at"] = clock.now - timedelta(days=3)
        make_sighting(session, holder.id, state="verified", **about, **decided)
        make_sighting(session, holder.id, pest="whitefly", **about)
        for pest in ("fall-armyworm", "whitefly"):
            make_number(session, "kernel", pest, KERNEL)
        return plots


def test_plots_are_listed_by_rank_and_those_out_of_reach_are_not(
    land: dict[str, UUID], officer: Visitor
) -> None:
    page = officer.get(PAGE).text

    rows = listed(page)
    assert [row[:3] for row in rows] == [
        ["1", "A", "Fall armyworm"],
        ["2", "B", "Fall armyworm"],
        ["3", "C", "Fall armyworm"],
    ]
    assert (rows[0][4], rows[0][5]) == ("first", "100")
    assert "It is a rank that says where to look first, not a forecast" in said(page)
    assert "/pests/scouting" in page


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("crop=cotton", ["B"]),
        ("pest=fall-armyworm", ["A", "B", "C"]),
        ("pest=whitefly", []),
        ("day=2026-06-20", []),
        ("day=2026-07-27", ["A", "B", "C"]),
        ("day=2026-08-05", []),
    ],
)
def test_the_list_goes_by_pest_crop_and_day(
    land: dict[str, UUID], officer: Visitor, asked: str, codes: list[str]
) -> None:
    rows = listed(officer.get(f"{PAGE}&{asked}").text)

    assert [row[1] for row in rows] == codes


def test_sightings_are_listed_by_pest_too(land: dict[str, UUID], officer: Visitor) -> None:
    rows = listed(officer.get("/map/land?layer=sightings&pest=whitefly").text)

    assert len(rows) == 1
    assert rows[0][0].startswith("White")


def test_a_pest_that_there_is_not_is_refused(officer: Visitor) -> None:
    answer = officer.get(f"{PAGE}&pest=unicorn")

    assert answer.status_code == 422


def test_the_map_draws_what_the_list_says_and_goes_by_pest(
    land: dict[str, UUID], officer: Visitor, cooperative_id: int
) -> None:
    square = around(72.003, 0.001, 12)
    path = f"/map/tiles/{square.z}/{square.x}/{square.y}.mvt"

    whole, other = (
        decoding.layers(officer.get(f"{path}?layers=risk{more}").data)
        for more in ("", "&pest=whitefly")
    )

    orders = [
        one["properties"]["order"] for one in whole[f"risk:{cooperative_id}"]["features"].values()
    ]
    assert {"first"} < {*orders}
    assert not other.get(f"risk:{cooperative_id}", {"features": {}})["features"]


def test_without_a_number_of_how_far_it_spreads_nothing_is_ranked(
    database: Database, cooperative_id: int, clock: Clock, officer: Visitor
) -> None:
    with database.transaction(cooperative_id) as session:
        holder = make_member(session)
        plot = make_plot(session, "A", boundary=square(0), holder_id=holder.id)
        decided = {"state": "verified", "decided_by": holder.id, "decided_at": clock.now}
        make_sighting(session, holder.id, plot_id=plot.id, seen_at=clock.now, **decided)

    assert listed(officer.get(PAGE).text) == []


def test_who_is_not_shown_where_plots_lie_is_not_shown_the_rank(
    land: dict[str, UUID], visitor: Callable[..., Visitor]
) -> None:
    master = visitor("water_master")

    assert listed(master.get(PAGE).text) == []


@given(st.lists(risks, max_size=12))
def test_each_plot_at_risk_has_one_rank_and_none_stands_above_a_higher_part(
    found: list[AtRisk],
) -> None:
    told = ranked(found)

    assert [one.rank for one in told] == list(range(1, len(told) + 1))
    assert {one.plot.plot_id for one in told} == {one.plot_id for one in found if one.risk > 0}
    assert all(one.percent >= two.percent for one, two in pairwise(told))
    assert all(0 < one.percent <= 100 for one in told)


def test_two_pests_are_each_compared_with_their_own_highest() -> None:
    one, two = uuid4(), uuid4()
    found = [AtRisk(one, "A", "thrips", 0.01), AtRisk(two, "B", "locust", 0.9)]

    told = ranked([*found, AtRisk(two, "B", "thrips", 0.002)])

    assert [(r.plot.code, r.plot.pest, r.order) for r in told] == [
        ("A", "thrips", "first"),
        ("B", "locust", "first"),
    ]
