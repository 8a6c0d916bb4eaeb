"""The village as its files tell it: made again byte for byte, and possible on the ground."""

import csv
import json
import re
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from pyproj import Geod
from shapely import LineString, Point, Polygon, STRtree
from shapely.geometry import shape

from coopfarm.land.rules import canals, order
from coopfarm.planning.need.crops import CROPS

HERE = Path(__file__).resolve().parents[2] / "seed_data"
MADE = (
    "members.csv",
    "canals.geojson",
    "outlets.geojson",
    "nakkas.csv",
    "plots.geojson",
    "weather.csv",
)
EARTH = Geod(ellps="WGS84")

Row = dict[str, Any]


def features(name: str) -> list[tuple[Row, Any]]:
    told = json.loads((HERE / name).read_text("utf-8"))["features"]
    return [(feature["properties"], shape(feature["geometry"])) for feature in told]


def rows(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def plots() -> list[tuple[Row, Polygon]]:
    return features("plots.geojson")


@pytest.fixture(scope="module")
def members() -> list[Row]:
    return rows("members.csv")


def test_the_script_makes_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    script = [sys.executable, "-B", str(HERE / "make_village.py"), str(tmp_path)]

    subprocess.run(script, check=True, capture_output=True, cwd=tmp_path)

    assert {f.name for f in tmp_path.iterdir()} == set(MADE)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (HERE / name).read_bytes(), name


def test_the_village_fits_in_half_a_megabyte() -> None:
    sizes = [f.stat().st_size for f in HERE.iterdir() if f.is_file()]

    assert sum(sizes) <= 500_000


def test_there_are_120_households_and_three_outlets(members: list[Row]) -> None:
    outlets = features("outlets.geojson")

    assert len({m["household"] for m in members}) == 120
    assert len(outlets) == 3


def test_plots_are_valid_simple_and_small_enough_to_farm(plots: list[tuple[Row, Polygon]]) -> None:
    for told, field in plots:
        assert field.is_valid, told["code"]
        assert field.exterior.is_ccw, told["code"]
        assert 2_000 <= told["gross_area_m2"] <= 25_000, told["code"]
        assert 0.9 * told["gross_area_m2"] <= told["net_area_m2"] <= told["gross_area_m2"]


def test_areas_are_those_of_the_ground(plots: list[tuple[Row, Polygon]]) -> None:
    for told, field in plots:
        drawn_m2, _ = EARTH.geometry_area_perimeter(field)

        assert drawn_m2 == pytest.approx(told["gross_area_m2"], abs=0.51)


def test_no_two_plots_touch(plots: list[tuple[Row, Polygon]]) -> None:
    shapes = [field for _, field in plots]

    near, other = STRtree(shapes).query(shapes, predicate="intersects")

    assert (near == other).all()


def test_no_plot_lies_in_a_channel(plots: list[tuple[Row, Polygon]]) -> None:
    channels = [line for name in ("canals", "outlets") for _, line in features(f"{name}.geojson")]

    for told, field in plots:
        assert not any(field.intersects(line) for line in channels), told["code"]


def test_every_plot_names_an_outlet_a_nakka_and_people_who_exist(
    plots: list[tuple[Row, Polygon]], members: list[Row]
) -> None:
    outlets = {told["code"] for told, _ in features("outlets.geojson")}
    nakkas = {(nakka["outlet"], nakka["nakka"]) for nakka in rows("nakkas.csv")}
    numbers = {member["number"] for member in members}

    for told, _ in plots:
        assert told["outlet"] in outlets
        assert (told["outlet"], told["nakka"]) in nakkas
        assert {told["holder"], told["payer"], told["worker"]} <= numbers


def test_codes_and_numbers_are_given_once(
    plots: list[tuple[Row, Polygon]], members: list[Row]
) -> None:
    codes = [told["code"] for told, _ in plots]
    numbers = [member["number"] for member in members]
    names = [member["name"] for member in members]

    for given in (codes, numbers, names):
        assert len(given) == len(set(given))


def test_every_household_but_the_officers_farms(
    plots: list[tuple[Row, Polygon]], members: list[Row]
) -> None:
    house = {member["number"]: member["household"] for member in members}
    farming = {house[told[who]] for told, _ in plots for who in ("holder", "worker")}

    assert set(house.values()) - farming == {house["M-007"]}


def test_some_plots_are_worked_or_paid_for_by_somebody_else(
    plots: list[tuple[Row, Polygon]],
) -> None:
    for other in ("worker", "payer"):
        differ = sum(told[other] != told["holder"] for told, _ in plots)

        assert 0.05 * len(plots) < differ < 0.4 * len(plots)


def test_plots_are_told_head_to_tail_as_the_network_orders_them(
    plots: list[tuple[Row, Polygon]],
) -> None:
    metres = {(n["outlet"], n["nakka"]): float(n["metres_from_outlet"]) for n in rows("nakkas.csv")}
    for outlet, watercourse in features("outlets.geojson"):
        mine = [(told, field) for told, field in plots if told["outlet"] == outlet["code"]]
        facts = [
            order.PlotFacts(
                told["code"], told["code"], field, metres[outlet["code"], told["nakka"]]
            )
            for told, field in mine
        ]

        found = order.head_to_tail(order.OutletFacts(watercourse=watercourse), facts)

        assert list(found) == [told["code"] for told, _ in mine]


def test_nakkas_are_cuts_in_the_watercourse() -> None:
    course = {told["code"]: line for told, line in features("outlets.geojson")}

    for nakka in rows("nakkas.csv"):
        place = Point(float(nakka["lon"]), float(nakka["lat"]))
        along = _metres(course[nakka["outlet"]], place)

        assert course[nakka["outlet"]].distance(place) < 1e-5
        assert along == pytest.approx(float(nakka["metres_from_outlet"]), rel=0.004, abs=1.0)


def test_the_canals_are_a_tree_from_one_head() -> None:
    feeds_from = {told["code"]: told["feeds_from"] for told, _ in features("canals.geojson")}

    canals.check_tree(feeds_from)

    assert [code for code, feeder in feeds_from.items() if feeder is None] == ["FJR-1"]


def test_each_canal_begins_where_its_feeder_passes_or_ends() -> None:
    drawn = {told["code"]: (told["feeds_from"], line) for told, line in features("canals.geojson")}

    for feeder, line in drawn.values():
        if feeder is not None:
            assert drawn[feeder][1].distance(Point(line.coords[0])) < 1e-6


def test_each_outlet_stands_on_its_canal_at_the_metres_told() -> None:
    drawn = {told["code"]: line for told, line in features("canals.geojson")}

    for told, watercourse in features("outlets.geojson"):
        gate = Point(watercourse.coords[0])

        assert drawn[told["canal"]].distance(gate) < 1e-6
        along = _metres(drawn[told["canal"]], gate)
        assert along == pytest.approx(told["metres_from_head"], abs=2.0)


def test_lengths_are_those_of_the_lines() -> None:
    for told, line in features("canals.geojson"):
        assert EARTH.geometry_length(line) == pytest.approx(told["length_m"], abs=0.51)


def test_crops_are_ones_the_table_knows_with_a_day_in_every_year(
    plots: list[tuple[Row, Polygon]],
) -> None:
    for told, _ in plots:
        for season in ("winter", "summer"):
            assert told[f"{season}_crop"] in CROPS
            assert date.fromisoformat(f"2027-{told[f'{season}_sown']}")


def test_the_shares_of_the_second_outlet_make_a_week_of_hours(
    plots: list[tuple[Row, Polygon]],
) -> None:
    shares: defaultdict[str, list[float | None]] = defaultdict(list)
    for told, _ in plots:
        shares[told["outlet"]].append(told["shares"])

    assert sum(shares["W2"]) == 168.0
    assert {*shares["W1"], *shares["W3"]} == {None}


def test_weather_has_every_day_of_two_years_and_nothing_impossible() -> None:
    days = rows("weather.csv")

    first, last = date(2025, 1, 1), date(2026, 12, 31)
    assert [d["date"] for d in days] == [
        (first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)
    ]
    for day in days:
        values = {name: float(value) for name, value in day.items() if name != "date"}
        assert -5 < values["tmin_c"] < values["tmax_c"] < 48
        assert 0 < values["rs_mj_m2"] < 33
        assert 0 <= values["rain_mm"] < 60
        assert 5 < values["rh_mean_pct"] <= 100
        assert 0 < values["wind_m_s"] < 15


def test_phones_are_valid_and_shared_only_at_home(members: list[Row]) -> None:
    homes = defaultdict(set)
    for member in members:
        if member["phone"]:
            assert phonenumbers.is_valid_number(phonenumbers.parse(member["phone"]))
            assert re.fullmatch(r"\+20153000\d{4}", member["phone"])
            homes[member["phone"]].add(member["household"])

    assert all(len(sharing) == 1 for sharing in homes.values())
    assert not [m for m in members if m["shares_phone"] == "yes" and not m["phone"]]


def test_names_are_in_arabic_and_in_latin_letters(members: list[Row]) -> None:
    for member in members:
        assert re.fullmatch(r"[\u0621-\u064a ]+", member["name"])
        assert re.fullmatch(r"[A-Za-z -]+", member["name_latin"])


def test_history_has_six_weeks_of_two_seasons_that_do_not_overlap() -> None:
    weeks = json.loads((HERE / "history.json").read_text("utf-8"))["weeks"]
    starts = [date.fromisoformat(week["starts_on"]) for week in weeks]

    assert [week["season"] for week in weeks] == ["winter"] * 6 + ["summer"] * 6
    assert all(b - a >= timedelta(days=7) for a, b in pairwise(starts))
    assert all(0 < week["supply_percent"] <= 100 for week in weeks)
    assert all(week["note"] and week["note_en"] for week in weeks)


def test_watercourses_do_not_cross() -> None:
    lines = [line for _, line in features("outlets.geojson")]

    assert not any(a.intersects(b) for a, b in combinations(lines, 2))


def _metres(line: LineString, place: Point) -> float:
    plane = order.Plane(*line.coords[0])
    return float(plane.flat(line).project(plane.flat(place)))
