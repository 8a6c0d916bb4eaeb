"""The officer's map: its page, its list, and what a tap tells."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from coopfarm.land.models import Plot
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.factories.pests import make_sighting
from tests.land.making import make_plot, point, square
from tests.maps import decoding
from tests.maps.conftest import HOLDERS, serve_there
from tests.maps.test_tiles import PATH
from tests.maps.test_views import listed, said

PAGE = "/map/land"


def test_the_list_says_what_the_map_shows_and_names_nobody(village: None, officer: Visitor) -> None:
    page = officer.get(PAGE).text

    assert [row[0] for row in listed(page)] == [f"W1-0{n}" for n in range(1, 6)]
    assert [row[-2] for row in listed(page)] == [*["has a turn"] * 4, "–"]
    assert not [name for name in HOLDERS if name in page]
    assert "Holder" not in page


def test_the_list_goes_by_layer_day_and_crop(
    village: None, officer: Visitor, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        make_plot(session, "R1", boundary=square(0, 400), crop="rice")

    canals, other_day, rice = (
        listed(officer.get(f"{PAGE}?{asked}").text)
        for asked in ("layer=canals", "day=2026-05-01", "crop=rice")
    )

    assert [(row[0], row[-2]) for row in canals] == [("K1", "water flows"), ("K2", "–")]
    assert {row[-2] for row in other_day} == {"–"}
    assert [row[0] for row in rice] == ["R1"]


def test_every_cooperative_that_agreed_is_on_the_map_and_in_the_list(
    village: None, officer: Visitor, database: Database, cooperative_id: int, neighbours: int
) -> None:
    serve_there(database, neighbours, officer, cooperative_id, "active")

    page = officer.get(PAGE).text

    assert [row[0] for row in listed(page)][-1] == "Z1"
    assert listed(page)[-1][-1] == "Zahr"


def test_a_tap_tells_what_the_list_says(
    village: None, officer: Visitor, cooperative_id: int
) -> None:
    plots = decoding.layers(officer.get(PATH).data)[f"plots:{cooperative_id}"]["features"]
    numbers = list(plots)

    told = [officer.get(f"{PAGE}/plots/{cooperative_id}/{number}").json for number in numbers]

    assert {one["name"] for one in told} == {f"W1-0{n}" for n in range(1, 6)}
    assert "Outlet: W1" in told[0]["says"]


@pytest.mark.parametrize("where", ["{other}/{number}", "{home}/5", "{home}/999999999999999999"])
def test_a_tap_tells_nothing_of_what_is_not_there(
    village: None, officer: Visitor, cooperative_id: int, neighbours: int, where: str
) -> None:
    plots = decoding.layers(officer.get(PATH).data)[f"plots:{cooperative_id}"]["features"]
    path = where.format(home=cooperative_id, other=neighbours, number=next(iter(plots)))

    assert officer.get(f"{PAGE}/plots/{path}").status_code == 404


def test_to_a_water_master_the_map_does_not_begin_where_exactly_the_plots_lie(
    database: Database, cooperative_id: int, visitor: Callable[..., Visitor]
) -> None:
    master = visitor("water_master")
    with database.transaction(cooperative_id) as session:
        for n in range(6):
            place = square(100 * n, 300, 50)
            make_plot(session, f"A{n}", boundary=place, holder_id=make_member(session).id)

    page = master.get(PAGE).text

    found = re.search(r'data-bounds="([^"]*)"', page)
    assert found
    assert {side[-2:] for side in found[1].split(",")} <= {"00", "10"}
    assert listed(page) == []


def test_without_land_there_is_a_page_and_no_map(officer: Visitor) -> None:
    page = officer.get(PAGE).text

    assert "Nothing here" in said(page)
    assert "data-bounds" not in page


def test_what_was_seen_stays_on_the_map_for_a_fortnight(
    village: None, officer: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.transaction(cooperative_id) as session:
        plot = session.scalars(select(Plot).where(Plot.code == "W1-02")).one()
        place = point(550, 270)
        make_sighting(session, plot.holder_id, plot_id=plot.id, seen_at=clock.now, place=place)

    on, fortnight_on = (
        listed(officer.get(f"{PAGE}?layer=sightings&day={day}").text)
        for day in ("2026-07-10", "2026-07-20")
    )

    assert [(row[0], row[4], row[6]) for row in on] == [
        ("Fall armyworm", "not looked at yet", "W1-02")
    ]
    assert fortnight_on == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_can_be_kept_and_then_tells_of_when_it_is(village: None, officer: Visitor) -> None:
    page = officer.get("/map/land").text
    worker = officer.get("/sw.js").text

    assert f'data-keep-map="1.{officer.member_id}"' in page
    assert "Kept on this device: as of Wednesday 1 July" in page
    assert "kept-map.js" in worker
