"""GeoJSON as nobody should write it."""

import json
import math
import random
from collections.abc import Iterator, Sequence

from tests.land.hostile.case import Hostile

SQUARE = [[72, 30], [72.001, 30], [72.001, 30.001], [72, 30.001], [72, 30]]
UNREADABLE = "import-unreadable-shape"


def feature(geometry: object, **properties: object) -> dict[str, object]:
    cells = {"code": "P1", **properties}
    return {"type": "Feature", "properties": cells, "geometry": geometry}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def polygon(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": rings}


def drawn(geometry: object) -> bytes:
    return collection(feature(geometry))


def raw(coordinates: str) -> bytes:
    """One polygon, its coordinates as they are written."""
    return drawn(polygon("HERE")).replace(b'["HERE"]', coordinates.encode())


def ring(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(x, 7), round(y, 7)] for x, y in (*points, points[0])]


def circle(vertices: int, radius: float = 0.01) -> list[list[float]]:
    turns = (2 * math.pi * n / vertices for n in range(vertices))
    return ring([(72 + radius * math.cos(t), 30 + radius * math.sin(t)) for t in turns])


def spikes(vertices: int) -> list[list[float]]:
    """Every side crosses nearly every other: the worst that a repair can be given."""
    chance = random.Random(17)  # noqa: S311 (a seeded drawing, no secret)
    return ring([(72 + chance.random() / 50, 30 + chance.random() / 50) for _ in range(vertices)])


def star(vertices: int) -> list[list[float]]:
    """A star drawn in one stroke, each side through the middle."""
    step = vertices // 2 - (1 - vertices % 2)
    turns = (2 * math.pi * (n * step % vertices) / vertices for n in range(vertices))
    return ring([(72 + 0.01 * math.cos(t), 30 + 0.01 * math.sin(t)) for t in turns])


def slivers(count: int) -> bytes:
    """Thin plots that all lie across each other: the worst for whoever looks for overlaps."""
    features = []
    for n in range(count):
        turn = math.pi * n / count
        x, y = 0.1 * math.cos(turn), 0.1 * math.sin(turn)
        points = [(72 - x, 30 - y), (72 + x, 30 + y), (72 + x + 1e-7, 30 + y + 1e-7)]
        features.append(feature(polygon(ring(points)), code=f"P{n}"))
    return collection(*features)


def parts(count: int) -> bytes:
    many = [[[[72, 30], [72, 31], [73, 30], [72, 30]]]] * count
    return drawn({"type": "MultiPolygon", "coordinates": many})


def nested_collection(depth: int) -> bytes:
    start = '{"type":"GeometryCollection","geometries":['
    return drawn("HERE").replace(b'"HERE"', (start * depth + "]}" * depth).encode())


def many_features(count: int) -> bytes:
    one = json.dumps(feature({"type": "Point", "coordinates": [72, 30]}))
    return f'{{"type":"FeatureCollection","features":[{",".join([one] * count)}]}}'.encode()


def _json(name: str, make: object, *said: str) -> Hostile:
    return Hostile(name, "plots.geojson", make, said)  # type: ignore[arg-type]


def cases() -> Iterator[Hostile]:
    yield from texts()
    yield from types()
    yield from shapes()
    yield from crowds()


def texts() -> Iterator[Hostile]:
    number = json.dumps({"n": "HERE"})
    yield _json(
        "NaN for a coordinate",
        lambda: raw("[[[72,30],[NaN,30],[73,31],[72,30]]]"),
        "import-not-finite",
        "file-broken",
    )
    yield _json(
        "Infinity for a coordinate",
        lambda: raw("[[[72,30],[Infinity,3],[7,3],[72,30]]]"),
        "import-not-finite",
        "file-broken",
    )
    yield _json(
        "1e999 for a coordinate",
        lambda: raw("[[[72,30],[1e999,30],[73,31],[72,30]]]"),
        "import-not-finite",
        "file-broken",
    )
    yield _json(
        "a whole number of 5,000 digits",
        lambda: raw(f"[[[{'9' * 5_000},30]]]"),
        "file-broken",
        UNREADABLE,
    )
    yield _json(
        "a number of 400 digits",
        lambda: raw(f"[[[{'9' * 400},3],[1,2],[3,4],[1,2]]]"),
        "import-not-finite",
        UNREADABLE,
        "import-not-on-earth",
    )
    yield _json(
        "100,000 brackets, one in the other",
        lambda: raw("[" * 100_000 + "]" * 100_000),
        "file-broken",
        UNREADABLE,
    )
    yield _json(
        "100,000 brackets that never close", lambda: b'{"a":' + b"[" * 100_000, "file-broken"
    )
    yield _json(
        "100,000 objects, one in the other", lambda: b'{"a":' * 100_000 + b"1", "file-broken"
    )
    yield _json(
        "every name twice",
        lambda: b'{"type":"Feature","type":"FeatureCollection","features":[],"features":[]}',
        "nothing-to-import",
        "file-broken",
    )
    yield _json(
        "half of a surrogate pair",
        lambda: collection(feature(polygon(SQUARE), code="\ud800P1", name="\udfff" * 50)),
        "plots: 1",
        "file-broken",
    )
    yield _json(
        "NUL and other controls in a name",
        lambda: collection(feature(polygon(SQUARE), name="a\0b\x07\u202ec")),
        "plots: 1",
        "file-broken",
    )
    yield _json(
        "a text of 19 MB",
        lambda: collection(feature(polygon(SQUARE), code="x" * (19 * 1024**2))),
        "import-cell-too-long",
        "file-too-full",
    )
    yield _json(
        "a heading of 1 MB",
        lambda: collection(feature(polygon(SQUARE), **{"x" * 1024**2: 1})),
        "file-broken",
    )
    yield _json("an array of a million numbers", lambda: raw(f"[{'1,' * 999_999}1]"), UNREADABLE)
    yield _json("cut in half", lambda: drawn(polygon(SQUARE))[:80], "file-broken")
    yield _json(
        "bytes that are no UTF-8",
        lambda: number.encode().replace(b"HERE", b"\xff\xfe"),
        "text-unreadable",
        "file-broken",
    )
    yield _json(
        "a list instead of an object", lambda: b"[1, 2, 3]", "file-format-unknown", "file-broken"
    )


def types() -> Iterator[Hostile]:
    for name, wrong in (
        ("texts", [[["72", "30"], ["73", "30"], ["73", "31"], ["72", "30"]]]),
        ("nulls", [[None, None, None, None]]),
        ("objects", {"x": 72, "y": 30}),
        ("true and false", [[[True, False], [True, True], [False, True], [True, False]]]),
        ("one number", 7),
        ("rows of unequal length", [[[72, 30], [73], [73, 31, 5, 6], [72, 30]]]),
        ("numbers nested too deep", [[[[[72, 30]]]]]),
        ("a text", "72 30, 73 31"),
    ):
        yield _json(
            f"coordinates that are {name}",
            lambda wrong=wrong: drawn({"type": "Polygon", "coordinates": wrong}),
            UNREADABLE,
            "import-not-finite",
        )
    yield _json(
        "features that are an object",
        lambda: b'{"type":"FeatureCollection","features":{"0":{}}}',
        "file-broken",
    )
    yield _json("features that are numbers", lambda: collection(1, 2, 3), "file-broken")
    yield _json(
        "properties that are a list",
        lambda: (
            b'{"type":"FeatureCollection","features":'
            b'[{"type":"Feature","properties":[1],"geometry":null}]}'
        ),
        "file-broken",
    )
    yield _json("a geometry that is a list", lambda: drawn([1, 2, 3]), UNREADABLE)
    yield _json("a geometry of no type", lambda: drawn({"coordinates": [1, 2]}), UNREADABLE)
    yield _json(
        "a type that is an object", lambda: drawn({"type": {}, "coordinates": [1]}), UNREADABLE
    )
    yield _json(
        "a crs of 1 MB",
        lambda: json.dumps(
            {
                "type": "FeatureCollection",
                "features": [feature(polygon(SQUARE))],
                "crs": {"type": "name", "properties": {"name": "GEOGCS[" * 140_000}},
            }
        ).encode(),
        "no-such-coordinate-system",
        "coordinate-system-missing",
    )
    yield _json(
        "cells that are objects, 500 deep",
        lambda: collection(feature(polygon(SQUARE), name=json.loads("[" * 500 + "]" * 500))),
        "import-cell-too-long",
        "file-broken",
        "plots: 1",
    )


def shapes() -> Iterator[Hostile]:
    crossed = (
        "import-tangled",
        "import-crosses-itself",
        "import-invalid-shape",
        "file-too-hard",
        "repaired",
    )
    yield _json("17 kB of spikes", lambda: drawn(polygon(spikes(800))), *crossed)
    yield _json("2,000 spikes", lambda: drawn(polygon(spikes(1_999))), *crossed)
    for vertices in (100, 333, 1_000):
        yield _json(
            f"a star of {vertices} corners", lambda v=vertices: drawn(polygon(star(v))), *crossed
        )
    yield _json(
        "ten stars of 1,000 corners",
        lambda: collection(*(feature(polygon(spikes(1_000)), code=f"P{n}") for n in range(10))),
        *crossed,
    )
    yield _json(
        "a circle of 710,000 corners", lambda: drawn(polygon(circle(710_000))), "file-too-full"
    )
    yield _json(
        "a circle of 60,000 corners",
        lambda: drawn(polygon(circle(60_000))),
        "import-too-many-vertices",
    )
    yield _json(
        "a plot across the antimeridian",
        lambda: drawn(
            polygon([[179.9, 30], [-179.9, 30], [-179.9, 30.1], [179.9, 30.1], [179.9, 30]])
        ),
        "import-crosses-date-line",
        "odd",
    )
    yield _json(
        "a plot round the pole",
        lambda: drawn(polygon([[0, 90], [90, 90], [180, 90], [-90, 90], [0, 90]])),
        "import-invalid-shape",
        "import-no-area",
        "import-at-the-pole",
    )
    yield _json(
        "metres of EPSG:32637 said to be degrees",
        lambda: drawn(
            polygon(
                [
                    [500_000, 3_320_000],
                    [500_100, 3_320_000],
                    [500_100, 3_320_100],
                    [500_000, 3_320_000],
                ]
            )
        ),
        "import-not-on-earth",
        "coordinate-system-wrong",
    )
    yield _json(
        "a plot without area",
        lambda: drawn(polygon([[72, 30], [72.001, 30], [72.002, 30], [72, 30]])),
        "import-invalid-shape",
        "import-no-area",
        "repaired",
        "import-crosses-itself",
    )
    yield _json(
        "a hole outside its plot",
        lambda: drawn(polygon(SQUARE, [[75, 30], [75.1, 30], [75.1, 30.1], [75, 30]])),
        "import-invalid-shape",
        "repaired",
    )
    yield _json(
        "the same ring twice",
        lambda: drawn(polygon(SQUARE, SQUARE)),
        "import-invalid-shape",
        "import-no-area",
        "repaired",
        "import-crosses-itself",
    )
    yield _json(
        "a ring that touches itself",
        lambda: drawn(
            polygon(
                [
                    [72, 30],
                    [72.1, 30.1],
                    [72.2, 30],
                    [72.2, 30.2],
                    [72.1, 30.1],
                    [72, 30.2],
                    [72, 30],
                ]
            )
        ),
        "import-invalid-shape",
        "import-crosses-itself",
        "repaired",
        "plots: 1",
    )


def crowds() -> Iterator[Hostile]:
    yield _json(
        "a plot of 100,000 parts",
        lambda: parts(100_000),
        "file-too-full",
        "import-too-many-vertices",
    )
    yield _json("a plot of 10,000 parts", lambda: parts(10_000), "import-too-many-vertices")
    yield _json(
        "collections in collections, 1,000 deep",
        lambda: nested_collection(1_000),
        UNREADABLE,
        "file-broken",
    )
    yield _json(
        "collections in collections, 100 deep",
        lambda: nested_collection(100),
        UNREADABLE,
        "file-broken",
        "import-plot-not-an-area",
        "import-empty-shape",
    )
    yield _json("100,000 features", lambda: many_features(100_000), "too-many-features")
    yield _json(
        "20,000 properties",
        lambda: collection(feature(None, **{f"p{n}": n for n in range(20_000)})),
        "too-many-columns",
    )
    yield _json(
        "2,000 plots that lie across each other",
        lambda: slivers(2_000),
        "plots: 2000",
        "file-too-hard",
        "import-no-area",
        "import-invalid-shape",
        "odd",
    )
    yield _json(
        "3,000 times the same large plot",
        lambda: collection(
            *(
                feature(
                    polygon([[x * 100 - 7128, y * 100 - 2970] for x, y in SQUARE]), code=f"P{n}"
                )
                for n in range(3_000)
            )
        ),
        "plots: 3000",
        "file-too-hard",
        "odd",
    )
