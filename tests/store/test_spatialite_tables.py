import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from geoalchemy2 import Geometry, WKTElement

from coopfarm.store import spatialite

TRIANGLE = "SRID=4326;MULTIPOLYGON(((0 0, 2 0, 1 1, 0 0)))"
ELSEWHERE = "SRID=4326;MULTIPOLYGON(((70 30, 72 30, 71 31, 70 30)))"


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        spatialite.install(connection)
        connection.execute(
            "CREATE TABLE plots (cooperative_id INTEGER, id TEXT, boundary MULTIPOLYGON,"
            " PRIMARY KEY (cooperative_id, id))"
        )
        connection.execute(
            "SELECT RecoverGeometryColumn('plots', 'boundary', 4326, 'MULTIPOLYGON', 'XY'),"
            " CreateSpatialIndex('plots', 'boundary')"
        ).fetchone()
        yield connection


def add(connection, name, shape, cooperative_id=1):
    connection.execute(
        "INSERT INTO plots VALUES (?, ?, GeomFromEWKT(?))", (cooperative_id, name, shape)
    )


def move(connection, name, shape):
    connection.execute("UPDATE plots SET boundary = GeomFromEWKT(?) WHERE id = ?", (shape, name))


def found_in_box(connection, west, south, east, north):
    rows = connection.execute(
        "SELECT id FROM plots WHERE rowid IN (SELECT pkid FROM idx_plots_boundary"
        " WHERE xmin <= ? AND xmax >= ? AND ymin <= ? AND ymax >= ?) ORDER BY id",
        (east, west, north, south),
    )
    return [name for (name,) in rows]


def is_index_right(connection):
    return connection.execute("SELECT CheckSpatialIndex('plots', 'boundary')").fetchone()[0]


@pytest.mark.parametrize(
    "wrong",
    [
        "GeomFromText('POLYGON((0 0, 2 0, 1 1, 0 0))', 4326)",
        "GeomFromText('MULTIPOLYGONZ(((0 0 1, 2 0 1, 1 1 1, 0 0 1)))', 4326)",
        "GeomFromText('MULTIPOLYGON(((0 0, 2 0, 1 1, 0 0)))', 3857)",
        "x'0001'",
        "'POLYGON((0 0, 2 0, 1 1, 0 0))'",
    ],
)
def test_a_column_refuses_another_kind_coordinate_system_or_thing(connection, wrong):
    add(connection, "right", TRIANGLE)
    value = connection.execute(f"SELECT {wrong}").fetchone()

    with pytest.raises(sqlite3.IntegrityError, match=r"plots\.boundary violates Geometry"):
        connection.execute("INSERT INTO plots VALUES (1, 'wrong', ?)", value)
    with pytest.raises(sqlite3.IntegrityError, match=r"plots\.boundary violates Geometry"):
        connection.execute("UPDATE plots SET boundary = ?", value)

    assert connection.execute("SELECT id FROM plots").fetchall() == [("right",)]


def test_a_column_takes_null_and_the_empty_shape_and_the_index_passes_them_over(connection):
    add(connection, "null", None)
    add(connection, "empty", "SRID=4326;MULTIPOLYGON EMPTY")

    everywhere = found_in_box(connection, -180, -90, 180, 90)

    assert everywhere == []
    assert is_index_right(connection) == 1


def test_the_index_follows_what_is_added_moved_and_removed(connection):
    for name in "abc":
        add(connection, name, TRIANGLE)
    add(connection, "d", ELSEWHERE, cooperative_id=2)
    add(connection, "e", None, cooperative_id=2)
    move(connection, "b", ELSEWHERE)
    move(connection, "c", None)
    move(connection, "e", ELSEWHERE)
    connection.execute("DELETE FROM plots WHERE id = 'd'")

    here, there = found_in_box(connection, 0, 0, 2, 2), found_in_box(connection, 70, 30, 71, 31)

    assert (here, there) == (["a"], ["b", "e"])
    assert is_index_right(connection) == 1


def test_a_row_may_take_the_number_of_one_that_was_replaced(connection):
    add(connection, "a", TRIANGLE)
    connection.execute("REPLACE INTO plots VALUES (1, 'a', GeomFromEWKT(?))", (ELSEWHERE,))

    connection.execute(
        "INSERT INTO plots (rowid, id, boundary) VALUES (1, 'b', GeomFromEWKT(?))", (ELSEWHERE,)
    )

    assert found_in_box(connection, 70, 30, 71, 31) == ["a", "b"]


def test_a_whole_transaction_that_is_undone_leaves_the_index_right(connection):
    connection.execute("BEGIN")
    add(connection, "a", TRIANGLE)
    connection.execute("ROLLBACK")

    assert found_in_box(connection, 0, 0, 2, 2) == []
    assert is_index_right(connection) == 1


def test_an_index_that_went_astray_is_noticed_and_rebuilt(connection):
    add(connection, "a", TRIANGLE)
    add(connection, "b", ELSEWHERE)
    connection.execute("UPDATE idx_plots_boundary SET pkid = 9 WHERE pkid = 1")
    before = is_index_right(connection)

    connection.execute("SELECT RecoverSpatialIndex('plots', 'boundary')").fetchone()

    assert (before, is_index_right(connection)) == (0, 1)


def test_the_index_serves_after_a_vacuum(connection):
    add(connection, "a", TRIANGLE)
    add(connection, "b", ELSEWHERE)
    connection.execute("DELETE FROM plots WHERE id = 'a'")

    connection.execute("VACUUM")
    connection.execute("SELECT RecoverSpatialIndex('plots', 'boundary')").fetchone()

    assert found_in_box(connection, 70, 30, 71, 31) == ["b"]
    assert is_index_right(connection) == 1


def test_an_index_is_made_for_rows_that_were_there_before(connection):
    connection.execute("SELECT DisableSpatialIndex('plots', 'boundary')").fetchone()
    add(connection, "a", TRIANGLE)

    connection.execute("SELECT CreateSpatialIndex('plots', 'boundary')").fetchone()

    assert found_in_box(connection, 0, 0, 2, 2) == ["a"]


def test_a_column_with_other_things_in_it_is_not_declared(connection):
    connection.execute("CREATE TABLE notes (words TEXT)")
    connection.execute("INSERT INTO notes VALUES ('north of the canal')")

    declared = connection.execute(
        "SELECT RecoverGeometryColumn('notes', 'words', 4326, 'POINT', 'XY')"
    ).fetchone()

    assert declared == (0,)


def test_disabling_and_discarding_leave_nothing_behind(connection):
    connection.execute("SELECT DisableSpatialIndex('plots', 'boundary')").fetchone()
    connection.execute("SELECT DiscardGeometryColumn('plots', 'boundary')").fetchone()

    left = connection.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE '%plots_%'"
        " AND name NOT LIKE 'sqlite_autoindex%'"
    ).fetchall()

    assert left == []
    assert is_index_right(connection) is None
    assert connection.execute("SELECT count(*) FROM geometry_columns").fetchone() == (0,)


def test_a_table_is_renamed_with_everything_that_goes_by_its_name(connection):
    add(connection, "a", TRIANGLE)

    connection.execute("SELECT RenameTable(NULL, 'plots', 'fields')").fetchone()

    with pytest.raises(sqlite3.IntegrityError, match=r"fields\.boundary violates Geometry"):
        connection.execute("UPDATE fields SET boundary = x'00'")
    assert connection.execute("SELECT CheckSpatialIndex('fields', 'boundary')").fetchone() == (1,)
    assert connection.execute("SELECT f_table_name FROM geometry_columns").fetchall() == [
        ("fields",)
    ]


def test_a_table_is_dropped_with_its_index(connection):
    connection.execute("SELECT DropTable(NULL, 'plots')").fetchone()

    left = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%plots%'").fetchall()

    assert left == []


def test_names_of_any_kind_are_quoted(connection):
    names = 'o\'er "there"', "la forme"
    connection.execute('CREATE TABLE "o\'er ""there""" ("la forme" POINT)')

    connection.execute(
        "SELECT RecoverGeometryColumn(?1, ?2, 4326, 'POINTZ', 'XYZ'), CreateSpatialIndex(?1, ?2)",
        names,
    ).fetchone()

    connection.execute('INSERT INTO "o\'er ""there""" VALUES (MakePointZ(1, 2, 3, 4326))')
    assert connection.execute("SELECT CheckSpatialIndex(?, ?)", names).fetchone() == (1,)
    assert connection.execute(
        "SELECT geometry_type, coord_dimension FROM geometry_columns WHERE f_geometry_column = ?",
        names[1:],
    ).fetchone() == (1001, 3)


def test_a_column_is_added_to_a_table_with_the_coordinate_system_it_uses(connection):
    connection.execute("SELECT AddGeometryColumn('plots', 'gate', 32642, 'POINT', 2)").fetchone()

    connection.execute("INSERT INTO plots (id, gate) VALUES ('a', MakePoint(1, 2, 32642))")

    name = connection.execute("SELECT ref_sys_name FROM spatial_ref_sys WHERE srid = 32642")
    assert name.fetchone() == ("WGS 84 / UTM zone 42N",)


def test_a_file_that_already_has_metadata_is_left_alone(connection):
    before = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()

    spatialite.create_metadata(connection)
    connection.execute("SELECT InitSpatialMetaData(1, 'WGS84')").fetchone()

    assert connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == before


def test_a_model_of_plain_geoalchemy2_is_created_filled_asked_and_dropped():
    engine = sa.create_engine("sqlite://")
    sa.event.listen(engine, "connect", lambda raw, _record: spatialite.install(raw))
    wells = sa.Table(
        "wells",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place", Geometry("POINTZ", srid=4326, dimension=3)),
    )

    with engine.begin() as connection:
        wells.create(connection)
        place = WKTElement("POINT Z (71.5 30.25 120)", srid=4326)
        connection.execute(wells.insert().values(id=1, place=place))
        read = connection.execute(sa.select(wells.c.place, wells.c.place.ST_AsText())).one()
        indexed = connection.execute(sa.text("SELECT count(*) FROM idx_wells_place")).scalar()
        wells.drop(connection)
        left = connection.execute(sa.text("SELECT count(*) FROM geometry_columns")).scalar()
    engine.dispose()

    assert (read[0].srid, read[1]) == (4326, "POINT Z (71.5 30.25 120)")
    assert (indexed, left) == (1, 0)
