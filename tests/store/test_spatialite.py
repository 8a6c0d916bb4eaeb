import json
import math
import sqlite3
from contextlib import closing

import pytest
import shapely

from coopfarm.store import spatialite

FIELD = "GeomFromText('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))', 32642)"
DITCH = "GeomFromText('LINESTRING(0 0, 0 3, 4 3)', 32642)"
OUTLET = "MakePoint(1, 3, 32642)"
NOWHERE = "GeomFromText('POLYGON EMPTY', 32642)"


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:")) as connection:
        spatialite.install(connection)
        yield connection


@pytest.fixture
def ask(connection):
    def ask(expression: str, *values):
        return connection.execute(f"SELECT {expression}", values).fetchone()[0]

    return ask


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        (f"Area({FIELD})", 15),
        (f"Area({DITCH})", 0),
        (f"ST_Length({DITCH})", 7),
        (f"GLength({FIELD})", 0),
        (f"Perimeter({FIELD})", 20),
        (f"ST_Perimeter({DITCH})", 0),
        (f"Distance({OUTLET}, {FIELD})", 0),
        (f"ST_Distance({OUTLET}, MakePoint(4, 7, 32642))", 5),
        (f"PtDistWithin({OUTLET}, MakePoint(4, 7, 32642), 5)", 1),
        (f"PtDistWithin({OUTLET}, MakePoint(4, 7, 32642), 4.9)", 0),
        (f"SRID({OUTLET})", 32642),
        (f"SRID(SetSRID({OUTLET}, 4326))", 4326),
        (f"X({OUTLET})", 1),
        (f"ST_Y({OUTLET})", 3),
        ("Z(MakePointZ(1, 2, 3, 4326))", 3),
        ("M(GeomFromText('POINTM(1 2 9)'))", 9),
        (f"X({DITCH})", None),
        (f"Z({OUTLET})", None),
        (f"MbrMinX({DITCH})", 0),
        (f"MbrMaxX({DITCH})", 4),
        (f"ST_MinY({DITCH})", 0),
        (f"ST_MaxY({DITCH})", 3),
        (f"MbrMinX({NOWHERE})", None),
        (f"IsEmpty({NOWHERE})", 1),
        (f"IsEmpty({FIELD})", 0),
        (f"IsValid({FIELD})", 1),
        ("IsValid(GeomFromText('POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))'))", 0),
        (f"NumGeometries({FIELD})", 1),
        ("NumGeometries(GeomFromText('MULTIPOINT((1 2), (3 4))'))", 2),
        (f"NPoints({DITCH})", 3),
        (f"NumInteriorRings({FIELD})", 1),
        (f"Dimension({DITCH})", 1),
        (f"CoordDimension({DITCH})", "XY"),
        ("CoordDimension(GeomFromText('POINTZM(1 2 3 4)'))", "XYZM"),
        (f"GeometryType({FIELD})", "POLYGON"),
        ("GeometryType(GeomFromText('MULTIPOINTZ(1 2 3)'))", "MULTIPOINT Z"),
        (f"Line_Locate_Point({DITCH}, MakePoint(0, 1.75, 32642))", 0.25),
        (f"Area(Buffer({OUTLET}, 2, 64))", pytest.approx(4 * math.pi, rel=1e-3)),
    ],
)
def test_shapes_are_measured(ask, expression, answer):
    found = ask(expression)

    assert found == answer


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        (f"Envelope({DITCH})", "POLYGON ((0 0, 4 0, 4 3, 0 3, 0 0))"),
        ("Centroid(BuildMbr(0, 0, 4, 2))", "POINT (2 1)"),
        ("PointOnSurface(BuildMbr(0, 0, 4, 2))", "POINT (2 1)"),
        (f"ConvexHull({DITCH})", "POLYGON ((0 0, 0 3, 4 3, 0 0))"),
        ("ExteriorRing(BuildMbr(0, 0, 1, 1))", "LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0)"),
        (f"InteriorRingN({FIELD}, 1)", "LINESTRING (1 1, 1 2, 2 2, 2 1, 1 1)"),
        (f"InteriorRingN({FIELD}, 2)", None),
        (f"StartPoint({DITCH})", "POINT (0 0)"),
        (f"EndPoint({DITCH})", "POINT (4 3)"),
        (f"PointN({DITCH}, 2)", "POINT (0 3)"),
        (f"PointN({DITCH}, 0)", None),
        ("GeometryN(GeomFromText('MULTIPOINT((1 2), (3 4))'), 2)", "POINT (3 4)"),
        ("GeometryN(GeomFromText('MULTIPOINT((1 2), (3 4))'), 3)", None),
        (f"Line_Interpolate_Point({DITCH}, 0.5)", "POINT (0.5 3)"),
        (
            "MakeValid(GeomFromText('POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))'))",
            "MULTIPOLYGON (((0 0, 0 2, 1 1, 0 0)), ((1 1, 2 2, 2 0, 1 1)))",
        ),
        ("Simplify(GeomFromText('LINESTRING(0 0, 1 0.01, 2 0)'), 0.1)", "LINESTRING (0 0, 2 0)"),
        (
            "Intersection(BuildMbr(0, 0, 2, 2), BuildMbr(1, 1, 3, 3))",
            "POLYGON ((1 2, 2 2, 2 1, 1 1, 1 2))",
        ),
        ("Intersection(BuildMbr(0, 0, 1, 1), BuildMbr(5, 5, 6, 6))", "POLYGON EMPTY"),
        ("Difference(MakePoint(1, 2), MakePoint(1, 2))", "POINT EMPTY"),
        ("SymDifference(MakePoint(1, 2), MakePoint(3, 4))", "MULTIPOINT ((1 2), (3 4))"),
        ("ST_Union(MakePoint(1, 2), MakePoint(3, 4))", "MULTIPOINT ((1 2), (3 4))"),
        (
            "Collect(MakePoint(1, 2), GeomFromText('LINESTRING(0 0, 1 1)'))",
            "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
        ),
        ("CastToMulti(MakePoint(1, 2))", "MULTIPOINT ((1 2))"),
        ("CastToMultiPoint(MakePoint(1, 2))", "MULTIPOINT ((1 2))"),
        ("CastToMultiPolygon(MakePoint(1, 2))", None),
        ("CastToPoint(CastToMulti(MakePoint(1, 2)))", "POINT (1 2)"),
        ("CastToPoint(GeomFromText('MULTIPOINT((1 2), (3 4))'))", None),
        ("CastToSingle(CastToMulti(MakePoint(1, 2)))", "POINT (1 2)"),
        ("CastToGeometryCollection(MakePoint(1, 2))", "GEOMETRYCOLLECTION (POINT (1 2))"),
        ("CastToXYZ(MakePoint(1, 2), 7)", "POINT Z (1 2 7)"),
        ("CastToXY(MakePointZ(1, 2, 7))", "POINT (1 2)"),
        ("Transform(SetSRID(MakePoint(1, 2), 4326), 4326)", "POINT (1 2)"),
        ("Transform(GeomFromText('POINTZM(0 0 5 6)', 4326), 3857)", "POINT Z (0 0 5)"),
        ("Transform(GeomFromText('POLYGON EMPTY', 4326), 3857)", "POLYGON EMPTY"),
    ],
)
def test_shapes_are_made_of_shapes(ask, expression, answer):
    found = ask(f"AsText({expression})")

    assert found == answer or shapely.equals(*shapely.from_wkt([found, answer]))


@pytest.mark.parametrize(
    ("relation", "one", "other", "answer"),
    [
        ("Intersects", FIELD, OUTLET, 1),
        ("Disjoint", FIELD, OUTLET, 0),
        ("Contains", FIELD, OUTLET, 1),
        ("Within", OUTLET, FIELD, 1),
        ("Covers", FIELD, "MakePoint(0, 0, 32642)", 1),
        ("Contains", FIELD, "MakePoint(0, 0, 32642)", 0),
        ("CoveredBy", "MakePoint(0, 0, 32642)", FIELD, 1),
        ("Touches", FIELD, "MakePoint(0, 0, 32642)", 1),
        ("Overlaps", FIELD, "BuildMbr(3, 3, 5, 5, 32642)", 1),
        ("Crosses", "GeomFromText('LINESTRING(-1 3, 9 3)', 32642)", FIELD, 1),
        ("Equals", DITCH, f"ST_Reverse({DITCH})", 1),
        ("Intersects", FIELD, NOWHERE, 0),
    ],
)
def test_shapes_are_compared(ask, relation, one, other, answer):
    found = ask(f"{relation}({one}, {other})"), ask(f"ST_{relation}({one}, {other})")

    assert found == (answer, answer)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("GeomFromEWKT('SRID=4326;POINTZ(1.5 2 3)')", "SRID=4326;POINT Z (1.5 2 3)"),
        ("GeomFromEWKT('POINT(1 2)')", "SRID=0;POINT (1 2)"),
        ("GeomFromText('POINT(1 2)')", "SRID=0;POINT (1 2)"),
        ("GeomFromWKB(AsBinary(MakePoint(1, 2)), 3857)", "SRID=3857;POINT (1 2)"),
        ("GeomFromEWKB(AsEWKB(MakePoint(1, 2, 3857)))", "SRID=3857;POINT (1 2)"),
        ('GeomFromGeoJSON(\'{"type": "Point", "coordinates": [1, 2]}\')', "SRID=4326;POINT (1 2)"),
        ("GeomFromText('POINT(0.1 1e-9)')", "SRID=0;POINT (0.1 1e-9)"),
    ],
)
def test_shapes_are_read_and_written_in_every_format(ask, written, read):
    found = ask(f"AsEWKT({written})")

    assert found == read


def test_ewkb_is_the_hexadecimal_text_that_spatialite_gives(ask):
    found = ask("AsEWKB(GeomFromText('POINTZ(1 2 3)', 4326))")

    assert found == "01010000A0E6100000000000000000F03F00000000000000400000000000000840"


def test_geojson_is_rounded_on_request(ask):
    found = [json.loads(ask(f"AsGeoJSON(MakePoint(1.23456789, 2) {more})")) for more in ("", ", 3")]

    assert [point["coordinates"][0] for point in found] == [1.23456789, 1.235]


@pytest.mark.parametrize(
    "expression",
    [
        "Area(NULL)",
        "Intersects(MakePoint(1, 2), NULL)",
        "Buffer(MakePoint(1, 2), NULL)",
        "AsText(NULL)",
        "GeometryType(NULL)",
        "MbrMinX(NULL)",
        "MakePoint(1, NULL)",
        "Area(x'00')",
        "Area('POINT (1 2)')",
        "Area(7)",
        "Intersects(MakePoint(1, 2), x'0001')",
        "GeomFromText('POLYGON((0 0')",
        "GeomFromWKB(x'0102')",
        "GeomFromEWKB('nonsense')",
        "GeomFromEWKT('SRID=many;POINT(1 2)')",
        "GeomFromGeoJSON('{}')",
        "Buffer(MakePoint(1, 2), 'wide')",
        "Transform(MakePoint(1, 2, 4326), 999999)",
        "Transform(MakePoint(1, 2), 4326)",
        "Transform(MakePoint(0, 95, 4326), 3857)",
        "GeometryN(MakePoint(1, 2), 'first')",
        "Intersects(MakePoint(1, 2, 4326), MakePoint(1, 2, 3857))",
        "Distance(MakePoint(1, 2, 3857), MakePoint(1, 2, 3857), 1)",
        "Intersection(GeomFromText('POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))'), BuildMbr(0, 0, 2, 1))",
    ],
)
def test_what_cannot_be_answered_is_null(ask, expression):
    found = ask(expression)

    assert found is None


def test_metres_are_measured_on_the_ellipsoid_when_asked(ask):
    degree = "GeomFromText('LINESTRING(0 0, 0 1)', 4326)"
    square = "BuildMbr(0, 0, 1, 1, 4326)"

    found = [
        ask(f"ST_Length({degree}, 1)"),
        ask(f"ST_Perimeter({square}, 1)"),
        ask(f"Area({square}, 1)"),
        ask("Distance(MakePoint(0, 0, 4326), MakePoint(0, 1, 4326), 1)"),
        ask("PtDistWithin(MakePoint(0, 0, 4326), MakePoint(0, 1, 4326), 110575)"),
        ask("PtDistWithin(MakePoint(0, 0, 4326), MakePoint(0, 1, 4326), 110574)"),
    ]

    # One degree of latitude from the equator is 110,574.39 m; the square by geographiclib.
    assert found == [
        pytest.approx(110_574.39, abs=0.01),
        pytest.approx(443_770.92, abs=0.01),
        pytest.approx(12_308_778_361.47, rel=1e-9),
        pytest.approx(110_574.39, abs=0.01),
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("aggregate", "answer"),
    [
        ("ST_Union(shape)", "POLYGON ((0 0, 0 1, 1 1, 2 1, 3 1, 3 0, 2 0, 1 0, 0 0))"),
        ("GUnion(shape)", "POLYGON ((0 0, 0 1, 1 1, 2 1, 3 1, 3 0, 2 0, 1 0, 0 0))"),
        (
            "Collect(shape)",
            "MULTIPOLYGON (((0 0, 2 0, 2 1, 0 1, 0 0)), ((1 0, 3 0, 3 1, 1 1, 1 0)))",
        ),
        ("Extent(shape)", "POLYGON ((0 0, 3 0, 3 1, 0 1, 0 0))"),
    ],
)
def test_rows_are_gathered_into_one_shape_and_nulls_passed_over(connection, ask, aggregate, answer):
    connection.execute("CREATE TABLE fields (shape)")
    connection.execute(
        "INSERT INTO fields VALUES (NULL), (BuildMbr(0, 0, 2, 1, 4326)), (x'00'), ('text'),"
        " (BuildMbr(1, 0, 3, 1, 4326))"
    )

    gathered = ask(f"AsEWKT({aggregate}) FROM fields").removeprefix("SRID=4326;")

    assert shapely.from_wkt(gathered).normalize() == shapely.from_wkt(answer).normalize()


@pytest.mark.parametrize("aggregate", ["ST_Union", "Collect", "Extent"])
@pytest.mark.parametrize("rows", ["NULL AS x", "x'00' AS x", "1 AS x WHERE 0"])
def test_nothing_gathered_is_null(ask, aggregate, rows):
    gathered = ask(f"{aggregate}(x) FROM (SELECT {rows})")

    assert gathered is None


def test_the_extent_of_nothing_does_not_widen_the_extent(ask):
    extent = ask(
        "AsText(Extent(x)) FROM (SELECT GeomFromText('POLYGON EMPTY') AS x"
        " UNION ALL SELECT BuildMbr(1, 1, 2, 2))"
    )

    assert shapely.from_wkt(extent).bounds == (1, 1, 2, 2)


def test_installing_leaves_the_file_as_it_was(connection):
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    assert tables == (0,)


def test_a_file_that_may_only_be_read_can_be_asked(tmp_path):
    path = tmp_path / "village.sqlite"
    with closing(sqlite3.connect(path)) as writing:
        spatialite.install(writing)
        spatialite.create_metadata(writing)
        writing.commit()

    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reading:
        spatialite.install(reading)
        layout = reading.execute("SELECT CheckSpatialMetaData(), ST_X(MakePoint(1, 2))").fetchone()

    assert layout == (3, 1.0)


def test_sqlite_keeps_its_own_length_of_text(ask):
    found = ask("length('ماء')")

    assert found == 3
