"""The map page, its list, and the shapes behind it."""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.land.making import make_plot
from tests.maps.conftest import HOLDERS, make_rotation

DATA = "/map/data.geojson"
PAGES = ("/map/", DATA)


def said(page: str) -> str:
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    return re.sub(r"(\d) – (\d)", r"\1–\2", words)


def listed(page: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    cells = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
    rows = body[1].split("</tr>")[:-1] if body else []
    return [[said(cell) for cell in cells.findall(row)] for row in rows]


def drawn(visitor: Visitor, **asked: str) -> list[dict[str, Any]]:
    return list(json.loads(visitor.get(DATA, query_string=asked).text)["features"])


def plots_of(features: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The properties of the plots by their codes."""
    return {
        feature["properties"]["name"].split(" · ")[0]: feature["properties"]
        for feature in features
        if feature["geometry"]["type"] == "MultiPolygon"
    }


@contextmanager
def questions_asked(app: Any) -> Iterator[list[str]]:
    """The SELECTs that the program sends while this is open."""
    asked: list[str] = []
    engine = app.extensions["coopfarm_database"].engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("officer", 200), ("water_master", 200), ("manager", 200)]
)
def test_the_map_is_the_offices_and_names_are_not_the_officers(
    visitor: Callable[..., Visitor], village: None, path: str, role: str, status: int
) -> None:
    answer = visitor(role).get(path)

    assert answer.status_code == status
    assert (HOLDERS[0] in answer.text) is (role in {"manager", "water_master"})


@pytest.mark.parametrize("path", PAGES)
def test_strangers_see_nothing_of_it(app: Any, village: None, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code == 303
    assert HOLDERS[0] not in answer.text


def test_plots_are_drawn_by_who_has_the_water_and_not_by_colour_alone(
    manager: Visitor, village: None
) -> None:
    plots = plots_of(drawn(manager))

    states = {code: told["says"][0] for code, told in plots.items()}
    assert states == {
        "W1-01": "no turn ahead",
        "W1-02": "has the water now",
        "W1-03": "next at its outlet",
        "W1-04": "waiting",
        "W1-05": "no turn ahead",
    }
    looks = {(told["filling"], told["weight"], told.get("dash")) for told in plots.values()}
    assert len(looks) == 4
    assert plots["W1-02"]["name"] == "W1-02 · Hamid Omar"


def test_a_plot_tells_its_next_turn_in_the_cooperatives_time_and_its_part_of_the_need(
    officer: Visitor, village: None
) -> None:
    plots = plots_of(drawn(officer))

    assert plots["W1-04"]["says"] == [
        "waiting",
        "Wednesday 1 July, 13:30–15:00",
        "100 % of the need",
    ]
    assert re.fullmatch(r"/land/plots/[0-9a-f-]{36}", plots["W1-04"]["url"])


def test_satisfaction_is_drawn_in_five_steps_and_dry_plots_are_left_empty(
    officer: Visitor, village: None
) -> None:
    plots = plots_of(drawn(officer, colour="satisfaction"))

    assert [told["paint"] for told in plots.values()] == [
        "step-1",
        "step-3",
        "step-4",
        "step-5",
        "mute",
    ]


def test_canals_are_as_wide_as_they_carry_and_arrows_show_where_they_flow(
    officer: Visitor, village: None
) -> None:
    features = drawn(officer)

    canals = [f["properties"] for f in features if f["properties"].get("name", "")[:5] == "Canal"]
    arrows = [f["properties"]["arrow"] for f in features if "arrow" in f["properties"]]
    assert [(canal["name"], canal["weight"]) for canal in canals] == [
        ("Canal Nakhil", 9.0),
        ("Canal K2", 2.0),
    ]
    assert arrows == [90, 0]
    assert {"label": "W1"}.items() <= features[-1]["properties"].items()


def test_the_map_is_sent_again_only_when_something_on_it_changed(
    officer: Visitor, village: None, clock: Clock
) -> None:
    first = officer.get(DATA)
    again = officer.get(DATA, headers={"If-None-Match": first.headers["ETag"]})
    clock.forward(minutes=70)
    later = officer.get(DATA, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert later.status_code == 200
    assert plots_of(json.loads(later.text)["features"])["W1-03"]["says"][0] == "has the water now"
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_compressed_map_is_recognised_too(officer: Visitor, village: None) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = officer.get(DATA, headers=packed)

    again = officer.get(DATA, headers={**packed, "If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Encoding"] == "gzip"
    assert again.status_code == 304


def test_the_list_says_what_the_map_says(manager: Visitor, village: None) -> None:
    rows = listed(manager.get("/map/").text)

    assert rows == [
        ["W1", "W1-01", HOLDERS[0], "no turn ahead", "–", "12 %"],
        ["W1", "W1-02", HOLDERS[1], "has the water now", "Wednesday 1 July 10:30–12:00", "48 %"],
        ["W1", "W1-03", HOLDERS[2], "next at its outlet", "Wednesday 1 July 12:00–13:30", "80 %"],
        ["W1", "W1-04", HOLDERS[3], "waiting", "Wednesday 1 July 13:30–15:00", "100 %"],
        ["W1", "W1-05", HOLDERS[4], "no turn ahead", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"standing": "now"}, ["W1-02"]),
        ({"words": "farag"}, ["W1-04"]),
        ({"words": "سلمى"}, ["W1-01"]),
        ({"outlet": "W1", "standing": "none"}, ["W1-01", "W1-05"]),
        ({"outlet": "W9"}, []),
        ({"page": "٩"}, ["W1-01", "W1-02", "W1-03", "W1-04", "W1-05"]),
    ],
)
def test_the_list_is_filtered_without_scripts(
    manager: Visitor, village: None, asked: dict[str, str], codes: list[str]
) -> None:
    page = manager.get("/map/", query_string=asked).text

    assert [row[1] for row in listed(page)] == codes
    assert ("Nothing found" in page) is (not codes)


@pytest.mark.parametrize("asked", [{"colour": "pink"}, {"standing": "asleep"}])
def test_a_choice_that_there_is_not_is_named(officer: Visitor, asked: dict[str, str]) -> None:
    answer = officer.get("/map/", query_string=asked)

    assert answer.status_code == 422
    assert next(iter(asked.values())) in answer.text


def test_the_key_counts_the_plots_of_each_kind(officer: Visitor, village: None) -> None:
    water = said(officer.get("/map/").text)
    satisfaction = said(officer.get("/map/?colour=satisfaction").text)

    assert "has the water now: 1 next at its outlet: 1 waiting: 1 no turn ahead: 2" in water
    assert "60–80 %: 1 80–100 %: 1 nothing needed or planned: 1" in satisfaction
    assert "Water awarded by plan 1, as part of the need." in satisfaction


def test_without_land_the_page_says_what_to_do_first(officer: Visitor) -> None:
    page = officer.get("/map/").text

    assert "No land yet" in page
    assert 'href="/land/import"' in page
    assert drawn(officer) == []


def test_plots_without_a_shape_or_an_outlet_are_in_the_list_all_the_same(
    officer: Visitor, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        make_plot(session, "P-1")

    page = officer.get("/map/").text

    assert listed(page) == [["–", "P-1", "–", "no turn ahead", "–", "–"]]
    assert "No plan is in force" in page
    assert drawn(officer) == []


def test_what_is_shown_is_of_the_plan_of_this_moment(
    officer: Visitor, village: None, database: Database, cooperative_id: int, july: Callable
) -> None:
    with database.transaction(cooperative_id) as session:
        make_rotation(session, july(20), version=2)
        make_rotation(session, july(1), version=3, state="notice")

    page = officer.get("/map/?colour=satisfaction").text

    assert "Water awarded by plan 1" in said(page)


def test_the_map_runs_from_right_to_left_in_arabic(officer: Visitor, village: None) -> None:
    officer.client.set_cookie("language", "ar")

    page = officer.get("/map/").text
    plots = plots_of(drawn(officer))

    assert 'dir="rtl"' in page
    assert listed(page)[0][-1] == "١٢ %"
    assert "١٣:٣٠" in plots["W1-04"]["says"][1]


def test_shapes_take_one_question_for_each_kind_of_thing(
    officer: Visitor, village: None, app: Any
) -> None:
    with questions_asked(app) as asked:
        officer.get(DATA)

    for table in ("turns", "plots", "outlets", "canals", "allotments"):
        assert sum(f"FROM {table}" in one for one in asked) <= 1, table
    assert len(asked) <= 12
