"""Land as files for other programs, and back again."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyogrio import raw as gdal
from shapely import MultiPolygon, Polygon
from sqlalchemy import select

from coopfarm.land.models import Plot, Upload
from coopfarm.maps.rules.layers import PLOTS, Drawn
from coopfarm.maps.schemas import features, files
from coopfarm.maps.schemas.files import Sheet
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.land.test_wizard import led_to_report
from tests.maps.conftest import HOLDERS

PAGE = "/map/exports"


def taken(who: Visitor, **wish: str) -> Any:
    """The file as it is fetched after asking for it."""
    asked = {"layer": "plots", "format": "gpkg", "reason": "to draw the new ditch"} | wish
    answer = who.post(PAGE, asked, page=PAGE)
    assert answer.status_code == 303, answer.text
    return who.get(answer.location)


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    manager = visitor("manager")
    manager.client.set_cookie("language", "en")
    return manager


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes], Path]:
    def save(content: bytes) -> Path:
        path = tmp_path / "land.gpkg"
        path.write_bytes(content)
        return path

    return save


def test_every_file_is_written_down_with_its_reason(
    village: None, officer: Visitor, database: Database, cooperative_id: int
) -> None:
    taken(officer, format="csv")

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "map.export")).one()
    assert event.actor_id == officer.member_id
    assert event.after["reason"] == "to draw the new ditch"
    assert event.after["layers"] == ["plots"]


def test_nothing_is_taken_out_without_a_reason(village: None, officer: Visitor) -> None:
    answer = officer.post(PAGE, {"layer": "plots", "format": "csv", "reason": " "}, page=PAGE)

    assert answer.status_code == 422
    assert officer.get(f"{PAGE}/file").status_code == 303


@pytest.mark.parametrize("role", ["member", "water_master", "auditor", "treasurer"])
def test_only_the_manager_and_the_officer_take_land_out(
    visitor: Callable[..., Visitor], role: str
) -> None:
    who = visitor(role)

    assert [who.get(PAGE).status_code, who.get(f"{PAGE}/file").status_code] == [403, 403]


def test_the_officer_is_told_no_names_and_the_manager_the_numbers(
    village: None, officer: Visitor, manager: Visitor
) -> None:
    to_officer, to_manager = (taken(who, format="csv").text for who in (officer, manager))

    assert "holder" not in to_officer.splitlines()[0]
    assert "M-" not in to_officer
    assert "M-" in to_manager
    assert not [name for name in HOLDERS if name in to_officer + to_manager]


def test_geojson_goes_by_the_standard(village: None, officer: Visitor) -> None:
    answer = taken(officer, format="geojson")

    whole = json.loads(answer.text)
    assert answer.content_type == "application/geo+json"
    assert "crs" not in whole
    assert len(whole["features"]) == 5
    for one in whole["features"]:
        rings = one["geometry"]["coordinates"][0]
        assert Polygon(rings[0]).exterior.is_ccw
        assert all(round(n, 7) == n for ring in rings for at in ring for n in at)


@given(
    at=st.tuples(st.floats(-179, 178), st.floats(-88, 87)),
    is_turned=st.booleans(),
)
def test_rings_turn_as_they_should_however_they_were_drawn(
    at: tuple[float, float], is_turned: bool
) -> None:
    x, y = at
    shell = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
    hole = [(x + 0.2, y + 0.2), (x + 0.4, y + 0.2), (x + 0.4, y + 0.4)]
    step = -1 if is_turned else 1

    (rings,) = features.geometry(MultiPolygon([Polygon(shell[::step], [hole[::step]])]))[
        "coordinates"
    ]

    assert shapely.LinearRing(rings[0]).is_ccw
    assert not shapely.LinearRing(rings[1]).is_ccw


def test_several_layers_as_tables_come_in_a_zip(village: None, officer: Visitor) -> None:
    answer = taken(officer, layer="all", format="csv")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist()[:3] == ["plots.csv", "canals.csv", "machines.csv"]
        table = list(csv.reader(io.StringIO(archive.read("canals.csv").decode("utf-8-sig"))))
    assert table[0][:2] == ["id", "code"]
    assert {row[1] for row in table[1:]} == {"K1", "K2"}


def test_no_cell_of_a_table_is_taken_for_a_formula() -> None:
    thing = Drawn(UUID(int=7), None, {"code": "=1+1", "name": "-", "crop": "rice"})
    sheet = Sheet(PLOTS, "Plots", PLOTS.seen(names=False), [thing])

    file = files.written([sheet], "csv", "land", lambda field: field.name)

    row = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))[1]
    assert row[1:4] == ["'=1+1", "'-", ""]


def test_a_geopackage_names_its_layers_and_columns_in_the_readers_words(
    village: None, officer: Visitor, saved: Callable[[bytes], Path]
) -> None:
    path = saved(taken(officer, layer="all").data)

    assert [name for name, _ in pyogrio.list_layers(path)][:3] == ["Plots", "Canals", "Machines"]
    info = pyogrio.read_info(path, layer="Plots")
    assert (info["crs"], info["geometry_type"]) == ("EPSG:4326", "MultiPolygon")
    with sqlite3.connect(path) as package:
        aliases = dict(
            package.execute(
                "SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'Plots'"
            ).fetchall()
        )
        (name,) = package.execute(
            "SELECT extension_name FROM gpkg_extensions WHERE table_name = 'gpkg_data_columns'"
        ).fetchone()
    assert aliases["net_area_m2"] == "Net area, m²"
    assert name == "gpkg_schema"


def _edited(path: Path) -> bytes:
    """As map programs write it: one crop another, one corner elsewhere, all else as it was."""
    meta, _, shapes, columns = gdal.read(path, layer="Plots")
    fields = [str(name) for name in meta["fields"]]
    found = dict(zip(fields, columns, strict=True))
    places = {code: place for place, code in enumerate(found["code"])}
    found["crop"][places["W1-02"]] = "rice"
    moved = shapely.transform(shapely.from_wkb(shapes[places["W1-04"]]), lambda at: at + 1e-5)
    shapes[places["W1-04"]] = shapely.to_wkb(moved)
    found["code"][places["W1-05"]] = "W1-5B"
    gdal.write(
        path.with_name("edited.gpkg"),
        geometry=shapes,
        field_data=list(found.values()),
        fields=fields,
        geometry_type="MultiPolygon",
        layer="Plots",
        crs="EPSG:4326",
        driver="GPKG",
    )
    return path.with_name("edited.gpkg").read_bytes()


def test_a_geopackage_that_comes_back_unchanged_changes_nothing(
    village: None, manager: Visitor
) -> None:
    path = led_to_report(manager, taken(manager).data, "land.gpkg")

    page = " ".join(re.sub("<[^>]+>", " ", manager.get(path).text).split())

    assert "new 0 changed 0 as they were 5 problems 0" in page


def test_what_was_changed_in_a_map_program_is_told_row_by_row_before_it_is_stored(
    village: None,
    manager: Visitor,
    database: Database,
    cooperative_id: int,
    saved: Callable[[bytes], Path],
) -> None:
    before = rows(database, cooperative_id)
    path = led_to_report(manager, _edited(saved(taken(manager).data)), "land.gpkg")
    assert rows(database, cooperative_id) == before

    manager.post(path, page=path)

    after = rows(database, cooperative_id)
    changed = {row_id for row_id in before if after[row_id] != before[row_id]}
    assert {before[row_id][0] for row_id in changed} == {"W1-02", "W1-04", "W1-05"}
    assert {after[row_id][0] for row_id in changed} == {"W1-02", "W1-04", "W1-5B"}
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        upload = session.scalars(select(Upload)).one()
    assert upload.options["done"] == {"new": 0, "changed": 3, "unchanged": 2}


def rows(database: Database, cooperative_id: int) -> dict[Any, tuple[Any, ...]]:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        query = select(Plot.id, Plot.code, Plot.crop, Plot.holder_id, Plot.boundary)
        return {r.id: (r.code, r.crop, r.holder_id, r.boundary.wkb) for r in session.execute(query)}
