"""Who sees where exactly a plot lies: its coordinates have digits that nothing else has."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from flask import Flask
from shapely import MultiPolygon, box

from coopfarm.kernel.roles import ROLES
from coopfarm.land.models import Plot
from coopfarm.store.db import Database
from tests.factories.members import Visitor, make_member
from tests.land.making import line, make_canal, make_outlet, make_plot, point

WEST, SOUTH = 31.2471839, 30.0461957
# As they are kept, and as the map rounds them.
DIGITS = ("471839", "461957", "478142", "468261", "247184", "046196")
EXACT = {"manager", "officer"}
# Identifiers, and what is signed or drawn by lot: no number of ours goes on for so long.
CHANCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w.-]{24,}")


class Ids(NamedTuple):
    """A plot and its outlet."""

    id: UUID
    outlet_id: UUID


@pytest.fixture
def plot(database: Database, cooperative_id: int) -> Ids:
    with database.transaction(cooperative_id) as session:
        canal = make_canal(session, "K1", line=line((0, 0), (1000, 0)))
        outlet = make_outlet(session, "W1", canal_id=canal.id, place=point(500))
        shape = MultiPolygon([box(WEST, SOUTH, 31.2478142, 30.0468261)])
        made = make_plot(session, "W1-01", outlet, place_from_head=1, boundary=shape)
        return Ids(made.id, outlet.id)


def readable(app: Flask, plot: Ids) -> list[str]:
    """Every address that can be read without knowing more than the plot."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            values: dict[str, Any] = {"plot_id": plot.id, "outlet_id": plot.outlet_id}
            if rule.arguments <= values.keys():
                given = {name: values[name] for name in rule.arguments}
                found.append(app.url_map.bind("localhost").build(rule.endpoint, given))
    return found


def shows_where(who: Visitor, paths: list[str]) -> set[str]:
    """Which pages show it; what is made up by chance (identifiers, tokens) is left out."""
    answers = {
        path: CHANCE.sub("", who.get(path, buffered=True).text)
        for path in paths
        if ".pdf" not in path
    }
    return {path for path, digits in product(answers, DIGITS) if digits in answers[path]}


@pytest.mark.parametrize("role", ROLES)
def test_only_some_see_where_exactly_a_plot_lies(
    app: Flask, visitor: Callable[..., Visitor], plot: Ids, role: str
) -> None:
    seen = shows_where(visitor(role), readable(app, plot))

    assert bool(seen) is (role in EXACT)


@pytest.mark.parametrize("others", [3, 4])
def test_the_water_master_sees_the_neighbourhood_where_five_households_are(
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
    plot: Ids,
    others: int,
) -> None:
    master = visitor("water_master")
    with database.transaction(cooperative_id) as session:
        there = session.get_one(Plot, (cooperative_id, plot.id))
        there.holder_id = make_member(session).id
        for count in range(others):
            holder = make_member(session).id
            make_plot(session, f"W1-1{count}", boundary=there.boundary, holder_id=holder)

    drawn = master.get("/map/data.geojson").json["features"]
    told = master.get(f"/api/v1/plots/{plot.id}").json

    near = {"type": "Point", "coordinates": [31.245, 30.045]}
    assert (near in [feature["geometry"] for feature in drawn]) is (others == 4)
    assert (told["boundary"], told["near"]) == (None, near)


def test_who_works_a_plot_sees_it_as_it_lies(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, plot: Ids
) -> None:
    master = visitor("water_master")
    with database.transaction(cooperative_id) as session:
        session.get_one(Plot, (cooperative_id, plot.id)).worker_id = master.member_id

    drawn = master.get("/map/data.geojson").text
    told = master.get(f"/api/v1/plots/{plot.id}").json

    assert str(round(WEST, 6)) in drawn
    assert told["boundary"]["type"] == "MultiPolygon"


def test_changing_a_plot_does_not_tell_where_it_lies(
    visitor: Callable[..., Visitor], plot: Ids
) -> None:
    master = visitor("water_master")
    tag = master.get(f"/api/v1/plots/{plot.id}").headers["ETag"]

    answer = master.send("PATCH", f"/api/v1/plots/{plot.id}", {"name": "At the mill"}, If_Match=tag)

    assert answer.status_code == 200
    assert not [digits for digits in DIGITS if digits in answer.text]
