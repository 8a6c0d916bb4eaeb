"""The file of the embedded database, opened by the programs that others use."""

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
import pytest
import shapely
import sqlalchemy as sa

from coopfarm.store.db import make_engine
from coopfarm.store.geometry import Shape, add_spatial

FIELDS = {
    "الحقل الشمالي": shapely.box(71.00, 30.00, 71.01, 30.01),
    "الحقل الجنوبي": shapely.box(71.00, 29.98, 71.01, 29.99),
    "ٻنيءَ واري زمين": shapely.box(72.50, 30.00, 72.51, 30.01),
}
ROW, DONE = 100, 101


@pytest.fixture
def village(tmp_path) -> Path:
    path = tmp_path / "village.db"
    engine = make_engine(f"sqlite:///{path}")
    plots = sa.Table(
        "plots",
        sa.MetaData(),
        sa.Column("cooperative_id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("boundary", Shape("MULTIPOLYGON")),
    )
    with engine.begin() as connection:
        plots.create(connection)
        add_spatial(connection, "plots", "boundary", "MULTIPOLYGON")
        rows = [{"cooperative_id": 1, "name": n, "boundary": s} for n, s in FIELDS.items()]
        connection.execute(plots.insert(), rows)
        connection.execute(plots.insert().values(cooperative_id=2, name="not yet drawn"))
    engine.dispose()
    return path


def test_gdal_finds_the_layer_with_its_kind_and_coordinate_system(village):
    layers = pyogrio.list_layers(village)

    info = pyogrio.read_info(village, layer="plots")

    assert layers.tolist() == [["plots", "MultiPolygon"]]
    assert (info["crs"], info["geometry_type"], info["features"]) == (
        "EPSG:4326",
        "MultiPolygon",
        4,
    )
    assert info["total_bounds"] == pytest.approx((71.0, 29.98, 72.51, 30.01), abs=1e-5)


def test_gdal_reads_the_shapes_and_the_arabic_names(village):
    meta, _, shapes, columns = pyogrio.raw.read(village, layer="plots")

    names = columns[list(meta["fields"]).index("name")]

    read = dict(zip(names, shapely.from_wkb(shapes), strict=True))
    assert read.pop("not yet drawn") is None
    assert read == {name: shapely.MultiPolygon([field]) for name, field in FIELDS.items()}


def test_gdal_finds_the_fields_in_a_box(village):
    _, _, shapes, columns = pyogrio.raw.read(village, layer="plots", bbox=(72, 29, 73, 31))

    assert len(shapes) == 1
    assert "ٻنيءَ واري زمين" in columns[1]


@contextmanager
def real_spatialite(path: Path) -> Iterator["RealSpatialite"]:
    """The library that QGIS uses, called directly: most Pythons cannot load it."""
    found = ctypes.util.find_library("spatialite")
    if found is None:
        pytest.fail("libspatialite is missing: apt-get install libsqlite3-mod-spatialite")
    library = RealSpatialite(found, path)
    try:
        yield library
    finally:
        library.close()


class RealSpatialite:
    """Just enough of SQLite's C interface to ask one question at a time."""

    def __init__(self, library: str, path: Path) -> None:
        self._sqlite = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
        self._sqlite.sqlite3_column_text.restype = ctypes.c_char_p
        self._spatialite = ctypes.CDLL(library)
        self._spatialite.spatialite_alloc_connection.restype = ctypes.c_void_p
        self._spatialite.gaiaGetVectorLayersList.restype = ctypes.c_void_p
        self._handle = ctypes.c_void_p()
        self._sqlite.sqlite3_open(str(path).encode(), ctypes.byref(self._handle))
        self._cache = ctypes.c_void_p(self._spatialite.spatialite_alloc_connection())
        self._spatialite.spatialite_init_ex(self._handle, self._cache, 0)

    def ask(self, question: str) -> str | None:
        """The first column of the first row, as text."""
        statement = ctypes.c_void_p()
        self._sqlite.sqlite3_prepare_v2(
            self._handle, question.encode(), -1, ctypes.byref(statement), None
        )
        try:
            assert self._sqlite.sqlite3_step(statement) in (ROW, DONE), self.complaint()
            answer = self._sqlite.sqlite3_column_text(statement, 0)
        finally:
            self._sqlite.sqlite3_finalize(statement)
        return None if answer is None else answer.decode()

    def complaint(self) -> str:
        self._sqlite.sqlite3_errmsg.restype = ctypes.c_char_p
        return self._sqlite.sqlite3_errmsg(self._handle).decode()

    def lists_layers(self) -> bool:
        """Whether the function by which QGIS finds layers finds one."""
        layers = self._spatialite.gaiaGetVectorLayersList(self._handle, None, None, 1)
        if layers is None:
            return False
        first = ctypes.cast(layers, ctypes.POINTER(ctypes.c_void_p))[0]
        self._spatialite.gaiaFreeVectorLayersList(ctypes.c_void_p(layers))
        return first is not None

    def close(self) -> None:
        self._sqlite.sqlite3_close(self._handle)
        self._spatialite.spatialite_cleanup_ex(self._cache)


def test_spatialite_itself_lists_the_layer_as_qgis_asks_for_it(village):
    with real_spatialite(village) as real:
        assert real.ask("SELECT CheckSpatialMetaData()") == "3"
        assert real.lists_layers()


def test_spatialite_itself_reads_our_shapes_and_trusts_our_index(village):
    with real_spatialite(village) as real:
        read = real.ask("SELECT AsText(boundary) FROM plots WHERE name = 'الحقل الشمالي'")
        index = real.ask("SELECT CheckSpatialIndex('plots', 'boundary')")

    assert shapely.from_wkt(read).equals(FIELDS["الحقل الشمالي"])
    assert index == "1"


def test_what_spatialite_itself_adds_is_checked_and_indexed(village):
    add = "INSERT INTO plots VALUES (9, 'by QGIS', GeomFromText('{}', 4326))"

    with real_spatialite(village) as real:
        real.ask(add.format("MULTIPOLYGON(((80 20, 81 20, 81 21, 80 20)))"))
        with pytest.raises(AssertionError, match="violates Geometry constraint"):
            real.ask(add.format("POINT(1 2)"))
        index = real.ask("SELECT CheckSpatialIndex('plots', 'boundary')")

    assert index == "1"
    assert len(pyogrio.raw.read(village, layer="plots", bbox=(79, 19, 82, 22))[2]) == 1
