"""Tables, marked-up text, databases, and files that are something else altogether."""

import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from tests.land.hostile.case import Hostile
from tests.land.hostile.zips import FIELD, patched, zipped

NOT_KML = ("file-broken", "file-format-unknown", "archive-unsafe")
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+9)", "\t=1+1", "\r=1+1", "=1+1\x00")


def cases() -> Iterator[Hostile]:
    yield from tables()
    yield from marked_up()
    yield from databases()
    yield from impostors()


def _csv(name: str, make: object, *said: str) -> Hostile:
    return Hostile(name, "plots.csv", make, said)  # type: ignore[arg-type]


def wkt(shape: str) -> bytes:
    return f'code,wkt\nP1,"{shape}"\n'.encode()


def formulas() -> bytes:
    rows = [f'"{said}","{said}",1' for said in FORMULAS if "\0" not in said]
    return "\n".join(["code,name,area_ha", *rows]).encode()


def tables() -> Iterator[Hostile]:
    blank = ("file-broken", "file-format-unknown")
    unreadable = ("import-unreadable-shape", "file-broken", "coordinate-system-missing")
    yield _csv("formulas for names", formulas, f"plots: {len(FORMULAS) - 1}", "file-broken")
    yield _csv("NUL in a cell", lambda: b"code,name,area_ha\nP1,a\0b,1\n", *blank)
    yield _csv(
        "a million columns",
        lambda: b",".join(b"c%d" % n for n in range(10**6)) + b"\n1",
        "too-many-columns",
        "file-broken",
    )
    yield _csv(
        "one line of 19 MB",
        lambda: b"code,name\n" + b"x" * (19 * 1024**2),
        "file-broken",
        "file-too-full",
        "file-too-hard",
    )
    yield _csv(
        "19 MB of commas",
        lambda: b"code,name\n" + b"," * (19 * 1024**2),
        "file-broken",
        "file-too-full",
        "file-too-hard",
    )
    yield _csv(
        "19 MB of line ends",
        lambda: b"code,area_ha\nP1,1" + b"\n" * (19 * 1024**2),
        "file-broken",
        "file-too-full",
        "file-too-hard",
        "too-many-features",
        "plots: 1",
    )
    yield _csv("quotes that never close", lambda: b'code,name\nP1,"' + b"x\n" * 100_000, *blank)
    yield _csv(
        "two encodings", lambda: "code,name\nP1,é\nP2,".encode() + b"\xe1\xe2\n", "text-unreadable"
    )
    yield _csv(
        "UTF-16 that ends in half a letter",
        lambda: "code,area_ha\nP1,1".encode("utf-16") + b"\xd8",
        *blank,
        "text-unreadable",
    )
    yield _csv("100,000 rows", lambda: b"code,area_ha\n" + b"P1,1\n" * 100_000, "too-many-features")
    yield _csv(
        "WKT nested 10,000 deep",
        lambda: wkt("GEOMETRYCOLLECTION(" * 10_000 + "POINT(1 1)" + ")" * 10_000),
        *unreadable,
    )
    yield _csv(
        "WKT of a million points",
        lambda: wkt("LINESTRING(" + ",".join(["72 30"] * 10**6) + ")"),
        *unreadable,
        "file-too-full",
    )
    yield _csv(
        "WKT of 100,000 points",
        lambda: wkt("POLYGON((" + ",".join(f"72.{n} 30" for n in range(10**5)) + ",72.0 30))"),
        *unreadable,
        "import-too-many-vertices",
    )
    yield _csv(
        "WKT with NaN",
        lambda: wkt("POLYGON((72 30, NaN NaN, 73 31, 72 30))"),
        "import-not-finite",
        *unreadable,
    )
    yield _csv(
        "WKT with 1e999",
        lambda: wkt("POLYGON((72 30, 1e999 30, 73 31, 72 30))"),
        "import-not-finite",
        *unreadable,
    )
    yield _csv(
        "an area of 1e308 ha",
        lambda: b"code,area_ha\nP1,1e308\n",
        "import-number-out-of-range",
        "import-bad-number",
    )
    yield _csv(
        "an area of 5,000 digits",
        lambda: b"code,area_ha\nP1," + b"9" * 5_000,
        "import-number-out-of-range",
        "import-bad-number",
    )
    yield _csv("headings that are one heading", lambda: b"code,code\n1,2\n", "file-broken")


def kml(body: str, start: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    names = 'xmlns="http://www.opengis.net/kml/2.2"'
    return f"{head}{start}<kml {names}><Document>{body}</Document></kml>".encode()


def laughs() -> bytes:
    kinds = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return kml("<name>&l9;</name>", f'<!DOCTYPE kml [<!ENTITY l0 "ha">{kinds}]>')


def quadratic() -> bytes:
    return kml(
        "<name>" + "&a;" * 4_000 + "</name>", f'<!DOCTYPE kml [<!ENTITY a "{"x" * 50_000}">]>'
    )


def outside(address: str) -> bytes:
    return kml(
        "<Placemark><name>&x;</name></Placemark>",
        f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{address}">]>',
    )


def placemark(coordinates: str, more: str = "") -> str:
    ring = f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
    boundary = f"<outerBoundaryIs>{ring}</outerBoundaryIs>"
    return f"<Placemark {more}><name>P1</name><Polygon>{boundary}</Polygon></Placemark>"


def _kml(name: str, make: object, *said: str) -> Hostile:
    return Hostile(name, "plots.kml", make, (*NOT_KML, *said))  # type: ignore[arg-type]


def marked_up() -> Iterator[Hostile]:
    yield _kml("a billion laughs", laughs)
    yield _kml("a quadratic blow-up", quadratic)
    yield _kml("an entity from a file", lambda: outside("file:///etc/passwd"))
    yield _kml("an entity from the network", lambda: outside("http://127.0.0.1:9/x"))
    yield _kml(
        "a document type from the network",
        lambda: kml("", '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">'),
    )
    yield _kml(
        "entities of parameters",
        lambda: kml("", '<!DOCTYPE kml [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>'),
    )
    yield _kml(
        "laughs in UTF-16", lambda: laughs().decode().replace("UTF-8", "UTF-16").encode("utf-16")
    )
    yield _kml(
        "100,000 folders, one in the other",
        lambda: kml("<Folder>" * 100_000 + "</Folder>" * 100_000),
        "nothing-to-import",
        "file-too-full",
    )
    yield _kml("folders that never close", lambda: kml("")[:-17] + b"<Folder>" * 100_000)
    yield _kml(
        "an attribute of 10 MB",
        lambda: kml(placemark("72,30 73,30 73,31 72,30", f'id="{"x" * 10 * 1024**2}"')),
        "plots: 1",
        "odd",
        "file-too-full",
        "file-too-large",
    )
    yield _kml(
        "coordinates that are words",
        lambda: kml(placemark("a,b c,d e,f a,b")),
        "import-unreadable-shape",
    )
    yield _kml(
        "coordinates that are NaN",
        lambda: kml(placemark("72,30 nan,nan 73,31 72,30")),
        "import-not-finite",
        "import-unreadable-shape",
    )
    yield _kml(
        "coordinates of a million points",
        lambda: kml(placemark("72,30 " * 10**6)),
        "file-too-full",
        "file-too-large",
        "import-too-many-vertices",
    )
    yield _kml(
        "SVG with a script",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "nothing-to-import",
    )
    kmz = "plots.kmz"
    unpacked = ("archive-unsafe", "archive-without-shapefile", "file-broken")
    yield Hostile(
        "a KMZ that is a bomb",
        kmz,
        lambda: zipped(("doc.kml", b"<kml>" + b" " * 40 * 1024**2)),
        ("archive-unsafe",),
        "over a hundredfold",
    )
    yield Hostile("a KMZ full of laughs", kmz, lambda: zipped(("doc.kml", laughs())), unpacked)


@cache
def geopackage() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plots.gpkg"
        pyogrio.raw.write(
            path,
            np.array(shapely.to_wkb([FIELD]), dtype=object),
            [np.array(["P1"], dtype=object)],
            ["code"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="GPKG",
        )
        return path.read_bytes()


def database(*statements: str, start: bytes = b"") -> bytes:
    """A GeoPackage, or an empty database, after these statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plots.gpkg"
        path.write_bytes(start)
        with sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return path.read_bytes()


def as_view(query: str) -> bytes:
    """A GeoPackage whose layer is a view."""
    return database(
        "PRAGMA writable_schema=ON",
        "ALTER TABLE plots RENAME TO real",
        f"CREATE VIEW plots AS {query}",
        start=_plain_geopackage(),
    )


@cache
def _plain_geopackage() -> bytes:
    """The GeoPackage without triggers, so that any program may change it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plots.gpkg"
        path.write_bytes(geopackage())
        with sqlite3.connect(path) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            for (name,) in found.fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
        connection.close()
        return path.read_bytes()


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT i AS fid, NULL AS geom, 'P' || i AS code FROM n"
)
FOR_EVER = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT 1 AS fid, NULL AS geom, count(*) AS code FROM n"
)


def _gpkg(name: str, make: object, *said: str) -> Hostile:
    return Hostile(name, "plots.gpkg", make, said)  # type: ignore[arg-type]


def databases() -> Iterator[Hostile]:
    broken = ("file-broken", "several-layers")
    yield _gpkg("a GeoPackage cut in half", lambda: geopackage()[: len(geopackage()) // 2], *broken)
    yield _gpkg("a GeoPackage of its first 200 bytes", lambda: geopackage()[:200], *broken)
    yield _gpkg(
        "a GeoPackage with torn pages",
        lambda: patched(
            geopackage(),
            *(
                (place, b"\xff" * 512)
                for place in range(8_192, len(geopackage()), 8_192)
                if place + 512 < len(geopackage())
            ),
        ),
        *broken,
    )
    yield _gpkg(
        "a database that is no GeoPackage",
        lambda: database(
            "CREATE TABLE plots (code TEXT)",
            "CREATE VIEW v AS SELECT * FROM plots",
            "CREATE TRIGGER t AFTER INSERT ON plots BEGIN DELETE FROM plots; END",
        ),
        *broken,
        "nothing-to-import",
    )
    yield _gpkg(
        "a layer that is a view without end",
        lambda: as_view(ENDLESS),
        "too-many-features",
        "file-too-hard",
        *broken,
    )
    yield _gpkg(
        "a layer that is counted for ever", lambda: as_view(FOR_EVER), "file-too-hard", *broken
    )
    yield _gpkg(
        "a layer that is a view of itself",
        lambda: database(
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET type='view', rootpage=0,"
            " sql='CREATE VIEW plots AS SELECT * FROM plots' WHERE name='plots'",
            start=_plain_geopackage(),
        ),
        *broken,
    )
    yield _gpkg(
        "a geometry of rubbish",
        lambda: database(
            "UPDATE plots SET geom = x'47500001E6100000FFFFFFFFFFFF'", start=_plain_geopackage()
        ),
        "import-unreadable-shape",
        "import-neither-drawn-nor-declared",
        *broken,
    )
    yield _gpkg(
        "a code of 19 MB",
        lambda: database(
            "UPDATE plots SET code = printf('%.*c', 19000000, 'x')", start=_plain_geopackage()
        ),
        "import-cell-too-long",
        "file-too-full",
        "file-too-hard",
    )
    yield _gpkg(
        "a layer with a name that is SQL",
        lambda: database(
            "UPDATE gpkg_contents SET table_name = 'x\"; DROP TABLE plots; --'",
            start=_plain_geopackage(),
        ),
        *broken,
    )


def impostors() -> Iterator[Hostile]:
    for name, start in (
        ("a PDF", b"%PDF-1.7\n1 0 obj\n"),
        ("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0"),
        ("a page of HTML", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a gzip", b"\x1f\x8b\x08\0\0\0\0\0"),
        ("a Word document of old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"),
    ):
        yield Hostile(
            f"{name} called .geojson",
            "plots.geojson",
            lambda start=start: start * 3,
            ("file-format-unknown", "file-broken", "text-unreadable"),
        )
    yield Hostile("nothing", "plots.geojson", lambda: b"", ("file-empty",))
    yield Hostile(
        "a mark of byte order alone", "plots.csv", lambda: b"\xef\xbb\xbf", ("file-empty",)
    )
    yield Hostile(
        "a zip that is a page of HTML first",
        "plots.zip",
        polyglot,
        ("file-format-unknown", "file-broken", "archive-unsafe"),
    )
    yield Hostile(
        "a page of HTML in a zip",
        "plots.zip",
        lambda: zipped(("index.html", b"<script>alert(1)</script>")),
        ("archive-without-shapefile", "file-format-unknown"),
    )


def polyglot() -> bytes:
    out = io.BytesIO(b"<html><script>alert(1)</script></html>")
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("plots.shp", b"x")
    return out.getvalue()
