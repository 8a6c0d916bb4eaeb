"""The same questions to our functions on SQLite and to PostGIS, about the same random shapes."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import psycopg
import pytest
import shapely

from coopfarm.store import spatialite
from coopfarm.store.spatialite import blob
from tests.postgres import cluster, fresh_database

RELATIONS = (
    "Intersects",
    "Disjoint",
    "Contains",
    "Within",
    "Covers",
    "CoveredBy",
    "Touches",
    "Overlaps",
    "Crosses",
    "Equals",
)
PAIRS = 1_600


class Both:
    """One list of pairs of shapes on both databases, as rows of a table `pairs`."""

    def __init__(self, lite: sqlite3.Connection, postgres: psycopg.Connection) -> None:
        self._lite = lite
        self._postgres = postgres

    def hold(self, ones: Sequence[shapely.Geometry], others: Sequence[shapely.Geometry]) -> None:
        self._lite.execute("DROP TABLE IF EXISTS pairs")
        self._lite.execute("CREATE TABLE pairs (n INTEGER PRIMARY KEY, a, b)")
        self._lite.executemany(
            "INSERT INTO pairs (a, b) VALUES (?, ?)",
            [
                (blob.encode(a, 4326), blob.encode(b, 4326))
                for a, b in zip(ones, others, strict=True)
            ],
        )
        self._postgres.execute("DROP TABLE IF EXISTS pairs")
        self._postgres.execute(
            "CREATE TABLE pairs AS SELECT n, ST_GeomFromWKB(a, 4326) AS a, ST_GeomFromWKB(b, 4326)"
            " AS b FROM unnest(%s::bytea[], %s::bytea[]) WITH ORDINALITY AS given (a, b, n)",
            (list(shapely.to_wkb(ones)), list(shapely.to_wkb(others))),
        )

    def lite(self, columns: str) -> list[tuple]:
        return self._lite.execute(f"SELECT {columns}").fetchall()

    def postgis(self, columns: str) -> list[tuple]:
        return self._postgres.execute(f"SELECT {columns}").fetchall()


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with (
        closing(sqlite3.connect(":memory:")) as lite,
        cluster() as admin_url,
        fresh_database(admin_url) as url,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as postgres,
    ):
        spatialite.install(lite)
        yield Both(lite, postgres)


def on_a_grid(rng: np.random.Generator) -> shapely.Geometry:
    """Shapes on few whole numbers, so that they often touch, cover and equal each other."""
    kind = rng.integers(6)
    corners = rng.integers(0, 4, (rng.integers(2, 5), 2))
    if kind == 0:
        return shapely.Point(corners[0])
    if kind == 1:
        return shapely.MultiPoint(corners)
    if kind == 2 and len(np.unique(corners, axis=0)) > 1:
        return shapely.LineString(corners)
    if kind == 3:
        return shapely.box(*corners[0], *(corners[0] + rng.integers(1, 4, 2)))
    cells = rng.integers(0, 3, (rng.integers(1, 8), 2))
    return shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in cells])


def field(rng: np.random.Generator, lon: float, lat: float, size: float) -> shapely.Geometry:
    """A field of four to nine corners in degrees, one in three with a hole or in two parts."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 10)))
    reach = size * rng.uniform(0.5, 1, len(angles))
    around = np.column_stack((lon + reach * np.cos(angles), lat + reach * np.sin(angles)))
    whole = shapely.make_valid(shapely.Polygon(around), method="structure")
    if rng.integers(3):
        return whole
    cut = shapely.box(
        lon - size / 9, lat - size * rng.choice([0.1, 2]), lon + size / 9, lat + 2 * size
    )
    return shapely.difference(whole, cut)


def fields_near(rng: np.random.Generator, count: int, spread: float) -> list[shapely.Geometry]:
    places = rng.uniform((71 - spread, 30 - spread), (71 + spread, 30 + spread), (count, 2))
    return [field(rng, lon, lat, 0.004) for lon, lat in places]


def test_every_relation_of_random_pairs_is_the_same(both):
    rng = np.random.default_rng(20260101)
    grid = [on_a_grid(rng) for _ in range(PAIRS)]
    near = fields_near(rng, PAIRS, 0.006)
    ones, others = grid[::2] + near[::2], grid[1::2] + near[1::2]
    others[::40] = [shapely.reverse(twin) for twin in ones[::40]]
    both.hold(ones, others)
    asked = ", ".join(f"ST_{name}(a, b)" for name in RELATIONS) + " FROM pairs ORDER BY n"

    ours, theirs = both.lite(asked), both.postgis(asked)

    assert len(ours) == PAIRS
    assert [tuple(map(bool, row)) for row in ours] == theirs
    # The pairs are worth asking about: every relation holds of some, and of some it does not.
    for name, answers in zip(RELATIONS, zip(*theirs, strict=True), strict=True):
        assert 20 < sum(answers) < PAIRS - 20, name


def test_areas_lengths_and_perimeters_are_the_same_in_degrees_and_in_metres(both):
    rng = np.random.default_rng(20260102)
    shapes = fields_near(rng, 300, 3)
    lines = [shapely.boundary(shape) for shape in fields_near(rng, 300, 3)]
    both.hold(shapes, lines)

    ours = both.lite(
        "ST_Area(a), ST_Area(b), ST_Length(a), ST_Length(b), ST_Perimeter(a), ST_Area(a, 1),"
        " ST_Length(b, 1), ST_Perimeter(a, 1) FROM pairs ORDER BY n"
    )
    theirs = both.postgis(
        "ST_Area(a), ST_Area(b), ST_Length(a), ST_Length(b), ST_Perimeter(a),"
        " ST_Area(a::geography), ST_Length(b::geography), ST_Perimeter(a::geography)"
        " FROM pairs ORDER BY n"
    )

    assert np.array(ours) == pytest.approx(np.array(theirs), rel=1e-7)


@pytest.mark.parametrize("spread", [0.01, 0.1, 0.3])
def test_distances_in_metres_are_within_a_thousandth(both, spread):
    rng = np.random.default_rng(20260103)
    shapes = fields_near(rng, 600, spread)
    both.hold(shapes[::2], shapes[1::2])

    ours = both.lite("ST_Distance(a, b, 1) FROM pairs ORDER BY n")
    theirs = both.postgis("ST_Distance(a::geography, b::geography) FROM pairs ORDER BY n")

    assert np.array(ours) == pytest.approx(np.array(theirs), rel=1e-3, abs=0.01)
    assert 0 < np.max(theirs) < 100_000


def test_what_is_within_some_metres_is_the_same_but_at_the_very_edge(both):
    rng = np.random.default_rng(20260104)
    shapes = fields_near(rng, 600, 0.02)
    both.hold(shapes[::2], shapes[1::2])

    ours = both.lite("PtDistWithin(a, b, 1000) FROM pairs ORDER BY n")
    theirs = both.postgis(
        "ST_DWithin(a::geography, b::geography, 1000),"
        " ST_Distance(a::geography, b::geography) NOT BETWEEN 999 AND 1001 FROM pairs ORDER BY n"
    )

    clear = [
        (bool(our), their)
        for (our,), (their, is_clear) in zip(ours, theirs, strict=True)
        if is_clear
    ]
    assert len(clear) > 290
    assert all(our == their for our, their in clear)


@pytest.mark.parametrize(
    "function", ["ST_Union", "ST_Intersection", "ST_Difference", "ST_SymDifference"]
)
def test_what_is_made_of_two_shapes_covers_the_same_ground(both, function):
    rng = np.random.default_rng(20260105)
    shapes = fields_near(rng, 400, 0.004)
    both.hold(shapes[::2], shapes[1::2])
    asked = f"ST_AsBinary({function}(a, b)) FROM pairs ORDER BY n"

    ours, theirs = (
        shapely.from_wkb([row[0] for row in ask(asked)]) for ask in (both.lite, both.postgis)
    )

    assert shapely.area(shapely.symmetric_difference(ours, theirs)).max() < 1e-15
    assert shapely.area(ours) == pytest.approx(shapely.area(theirs), abs=1e-15)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("ST_Union(a)", "ST_Union(a)"),
        ("ST_Union(ST_Union(a, b))", "ST_Union(ST_Union(a, b))"),
        ("Extent(a)", "ST_SetSRID(ST_Extent(a)::geometry, 4326)"),
    ],
)
def test_many_rows_are_gathered_into_the_same_ground(both, ours, theirs):
    rng = np.random.default_rng(20260106)
    both.hold(fields_near(rng, 200, 0.02), fields_near(rng, 200, 0.02))

    [[our]] = both.lite(f"ST_AsBinary({ours}) FROM pairs")
    [[their]] = both.postgis(f"ST_AsBinary({theirs}) FROM pairs")

    one, other = shapely.from_wkb(our), shapely.from_wkb(their)
    assert shapely.symmetric_difference(one, other).area < 1e-12 * other.area


def test_many_rows_are_collected_with_all_their_parts(both):
    rng = np.random.default_rng(20260108)
    both.hold(fields_near(rng, 200, 0.02), fields_near(rng, 200, 0.02))
    asked = (
        "ST_Area(ST_Collect(a)), ST_NPoints(ST_Collect(a)), ST_NPoints(ST_Collect(b)) FROM pairs"
    )

    [ours], [theirs] = both.lite(asked), both.postgis(asked)

    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("ST_Centroid(a)", "ST_Centroid(a)"),
        ("ST_Centroid(b)", "ST_Centroid(b)"),
        ("ST_Envelope(a)", "ST_Envelope(a)"),
        ("ST_ConvexHull(a)", "ST_ConvexHull(a)"),
        ("ST_Boundary(a)", "ST_Boundary(a)"),
        ("ST_Simplify(b, 0.3)", "ST_Simplify(b, 0.3)"),
        ("ST_Buffer(b, 0.001)", "ST_Buffer(b, 0.001)"),
        ("ST_GeometryN(a, 1)", "ST_GeometryN(a, 1)"),
        ("ST_StartPoint(b)", "ST_StartPoint(b)"),
        ("ST_EndPoint(b)", "ST_EndPoint(b)"),
        ("ST_LineInterpolatePoint(b, 0.3)", "ST_LineInterpolatePoint(b, 0.3)"),
        ("ST_SetSRID(a, 3857)", "ST_SetSRID(a, 3857)"),
        ("ST_Transform(a, 3857)", "ST_Transform(a, 3857)"),
        ("ST_Transform(a, 32642)", "ST_Transform(a, 32642)"),
        ("ST_Transform(ST_Transform(a, 32642), 4326)", "a"),
        ("ST_MakeEnvelope(1, 2, 3, 4, 4326)", "ST_MakeEnvelope(1, 2, 3, 4, 4326)"),
    ],
)
def test_what_is_made_of_one_shape_is_the_same(both, ours, theirs):
    rng = np.random.default_rng(20260107)
    lines = [shapely.LineString(rng.uniform((70, 29), (72, 31), (5, 2))) for _ in range(100)]
    both.hold(fields_near(rng, 100, 2), lines)

    one = both.lite(f"ST_AsBinary({ours}), ST_SRID({ours}) FROM pairs ORDER BY n")
    other = both.postgis(f"ST_AsBinary({theirs}), ST_SRID({theirs}) FROM pairs ORDER BY n")

    ours, theirs = (
        shapely.normalize(shapely.from_wkb([row[0] for row in rows])) for rows in (one, other)
    )
    assert [row[1] for row in one] == [row[1] for row in other]
    assert shapely.get_coordinates(ours) == pytest.approx(
        shapely.get_coordinates(theirs), rel=1e-9, abs=1e-9
    )
