"""Tiles as they are sent: to whom, of what, and once."""

import gzip
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from coopfarm.land.models import Plot
from coopfarm.maps.rules.tiles import around
from coopfarm.maps.schemas.tiles import Shelf
from coopfarm.members.models import Member
from coopfarm.store import audit
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.land.making import make_plot, square
from tests.maps import decoding
from tests.maps.conftest import serve_there

HERE = around(72.005, 0.003, 14)
PATH = f"/map/tiles/{HERE.z}/{HERE.x}/{HERE.y}.mvt"


def read(who: Visitor, path: str = PATH, **asked: str) -> dict[str, dict[str, Any]]:
    """The layers by kind, whichever cooperative's."""
    answer = who.get(path, query_string=asked)
    assert answer.status_code == 200, answer.text
    return {name.split(":")[0]: one for name, one in decoding.layers(answer.data).items()}


def test_a_tile_has_the_plots_with_their_crop_and_water(village: None, officer: Visitor) -> None:
    found = read(officer)

    plots = found["plots"]["features"].values()
    assert sorted(one["properties"].get("water", "") for one in plots) == ["", *["turn"] * 4]
    canals = found["canals"]["features"].values()
    assert [one["properties"] for one in canals] == [{"water": "flows"}, {}] or [
        one["properties"] for one in canals
    ] == [{}, {"water": "flows"}]


def test_another_day_has_other_water(village: None, officer: Visitor) -> None:
    found = read(officer, layers="plots", day="2026-05-01")

    assert list(found) == ["plots"]
    assert all(one["properties"] == {} for one in found["plots"]["features"].values())


def test_nothing_of_a_person_or_of_money_is_in_a_tile(village: None, officer: Visitor) -> None:
    said = {
        key
        for one in read(officer).values()
        for f in one["features"].values()
        for key in f["properties"]
    }

    assert said <= {"crop", "water", "state", "plots"}


def test_a_tile_that_one_has_is_not_sent_again_until_something_was_done(
    village: None, officer: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    first = officer.get(PATH)
    known = {"If-None-Match": first.headers["ETag"]}

    again = officer.get(PATH, headers=known)
    with database.transaction(cooperative_id) as session:
        row = session.get_one(Plot, (cooperative_id, _first_plot(session)))
        row.crop = "rice"
        audit.record(session, "plot.change", row, actor_id=None, at=clock.now)
    after = officer.get(PATH, headers=known)

    assert (again.status_code, again.data) == (304, b"")
    assert after.status_code == 200
    assert b"rice" in after.data


def _first_plot(session: Any) -> UUID:
    return session.scalars(select(Plot.id).limit(1)).one()


def test_a_program_that_reads_packed_tiles_gets_the_same_packed(
    village: None, officer: Visitor
) -> None:
    plain = officer.get(PATH)
    packed = officer.get(PATH, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data


def test_the_land_of_a_cooperative_shows_once_both_have_agreed(
    village: None, officer: Visitor, database: Database, cooperative_id: int, neighbours: int
) -> None:
    before = decoding.layers(officer.get(PATH).data)
    serve_there(database, neighbours, officer, cooperative_id, "applied")
    asked = decoding.layers(officer.get(PATH).data)
    with database.transaction(neighbours) as session:
        session.scalars(select(Member).where(Member.number == "O-1")).one().state = "active"
    agreed = decoding.layers(officer.get(PATH).data)

    assert f"plots:{neighbours}" not in before | asked
    (plot,) = agreed[f"plots:{neighbours}"]["features"].values()
    assert plot["properties"] == {"crop": "rice"}


def test_a_water_master_sees_cells_of_five_households_and_no_smaller(
    database: Database, cooperative_id: int, visitor: Callable[..., Visitor]
) -> None:
    master = visitor("water_master")
    with database.transaction(cooperative_id) as session:
        for n in range(5):
            holder = make_member(session).id
            make_plot(session, f"A{n}", boundary=square(100 * n, 300, 50), holder_id=holder)
        for n in range(4):
            holder = make_member(session).id
            make_plot(session, f"B{n}", boundary=square(1200 + 100 * n, 300, 50), holder_id=holder)

    found = read(master)

    assert "plots" not in found
    (cell,) = found["cells"]["features"].values()
    assert cell["properties"] == {"plots": 5}


@pytest.mark.parametrize("role", ["member", "treasurer", "auditor", "caretaker"])
def test_tiles_are_the_offices(visitor: Callable[..., Visitor], role: str) -> None:
    assert visitor(role).get(PATH).status_code == 403


@pytest.mark.parametrize("path", ["/map/tiles/2/4/0.mvt", "/map/tiles/23/0/0.mvt"])
def test_there_is_no_tile_beside_the_world(officer: Visitor, path: str) -> None:
    assert officer.get(path).status_code == 404


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(officer: Visitor) -> None:
    answer = officer.get(f"{PATH}?layers=plots,debts", headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json["code"] == "map-no-such-layer"
    assert "plots, canals, machines" in answer.text


def test_what_was_not_asked_for_longest_leaves_the_shelf_first() -> None:
    shelf, made = Shelf(most_bytes=600), []

    def make(name: str) -> bytes:
        made.append(name)
        return name.encode() * 200

    for name in ("a", "b", "a", "c", "a", "b"):
        shelf.get(name, lambda name=name: make(name))

    assert made == ["a", "b", "c", "b"]
