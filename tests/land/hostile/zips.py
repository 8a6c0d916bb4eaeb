"""Zips packed to do harm, and Shapefiles that lie."""

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from tests.land.hostile.case import Hostile

LINK = 0o120777 << 16
FIELD = shapely.box(72, 30, 72.001, 30.001)
ELSEWHERE = "a file that would be put elsewhere"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], packing: int = 8) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


@cache
def shapefile() -> dict[str, bytes]:
    """The files of an honest Shapefile of one plot, by ending."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plots.shp"
        pyogrio.raw.write(
            path,
            np.array(shapely.to_wkb([FIELD]), dtype=object),
            [np.array(["P1"], dtype=object)],
            ["code"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver="ESRI Shapefile",
        )
        return {part.suffix: part.read_bytes() for part in Path(folder).iterdir()}


def of_parts(**changed: bytes | None) -> bytes:
    """The honest Shapefile, zipped, with some of its files changed or, as None, left out."""
    parts = {**shapefile(), **{f".{ending}": content for ending, content in changed.items()}}
    return zipped(*((f"plots{e}", content) for e, content in parts.items() if content is not None))


def patched(content: bytes, *changes: tuple[int, bytes]) -> bytes:
    """The same bytes with others written over them at some places."""
    out = bytearray(content)
    for place, new in changes:
        start = place if place >= 0 else len(out) + place
        out[start : start + len(new)] = new
    return bytes(out)


def directory(content: bytes, offset: int, new: bytes) -> bytes:
    """A zip with something else written into every entry of its directory."""
    out, place = bytearray(content), content.find(b"PK\x01\x02")
    while place >= 0:
        out[place + offset : place + offset + len(new)] = new
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(out)


def bomb(megabytes: int) -> bytes:
    return zipped(("plots.shp", bytes(megabytes * 1024**2)))


def lying_bomb() -> bytes:
    """30 MB that say they are 1,000 bytes, in the directory and before the member."""
    honest = zipped(("plots.shp", bytes(30 * 1024**2)), ("plots.dbf", b"x"))
    size = struct.pack("<L", 1_000)
    first = honest.find(b"PK\x01\x02")
    return patched(honest, (22, size), (first + 24, size))


def nested_bomb() -> bytes:
    """As 42.zip: zips of zips of zeros."""
    inner = zipped(("0.shp", bytes(4 * 1024**2)))
    for _ in range(4):
        inner = zipped(*((f"{number}.zip", inner) for number in range(8)))
    return inner


def overlapping() -> bytes:
    """Many names for the bytes of one member: every entry says it begins at the first."""
    members = [(f"plots{number}.shp", bytes(200_000)) for number in range(40)]
    return directory(zipped(*members), 42, b"\0\0\0\0")


def many_names(count: int) -> bytes:
    return zipped(*((f"{number}.txt", b"x") for number in range(count)), packing=0)


def lying_count() -> bytes:
    """20,000 members, of which the end of the zip says there are 3."""
    return patched(many_names(20_000), (-14, struct.pack("<HH", 3, 3)))


def link() -> bytes:
    entry = zipfile.ZipInfo("plots.shp")
    entry.create_system, entry.external_attr = 3, LINK
    return zipped((entry, b"/etc/passwd"))


def with_nul() -> bytes:
    return zipped(("plotsX.shp", b"x")).replace(b"plotsX", b"plots\0")


def duplicates() -> bytes:
    once = zipped(("plots.shp", b"1"), ("qlots.shp", b"2"))
    return once.replace(b"qlots", b"plots")


def locked() -> bytes:
    honest = of_parts()
    return directory(honest, 8, b"\x01\x00")


def shp_header(length_words: int) -> bytes:
    return patched(shapefile()[".shp"], (24, struct.pack(">i", length_words)))


def shp_counts(parts: int, points: int) -> bytes:
    """A polygon that says it has so many parts and points; 100 bytes of header, 8 of record."""
    return patched(shapefile()[".shp"], (100 + 8 + 36, struct.pack("<ii", parts, points)))


def shx_far_away() -> bytes:
    return patched(shapefile()[".shx"], (100, struct.pack(">ii", 0x3FFFFFFF, 0x3FFFFFFF)))


def dbf_rows(rows: int) -> bytes:
    return patched(shapefile()[".dbf"], (4, struct.pack("<L", rows)))


def shp_nan() -> bytes:
    nan = struct.pack("<d", float("nan"))
    return patched(shapefile()[".shp"], (100 + 8 + 48, nan), (100 + 8 + 64, nan))


def _zip(name: str, make: object, *said: str, what: str = "") -> Hostile:
    return Hostile(name, "plots.zip", make, said or ("archive-unsafe",), what)  # type: ignore[arg-type]


def cases() -> Iterator[Hostile]:
    yield from at_a_glance()
    yield from lies()


def at_a_glance() -> Iterator[Hostile]:
    """What the directory of the zip tells."""
    over = "a file packed over a hundredfold"
    yield _zip("a bomb of 60 MB", lambda: bomb(60), what=over)
    yield _zip("a bomb of 40 MB, below the limit of size", lambda: bomb(40), what=over)
    yield _zip("a bomb whose headers lie", lying_bomb, "file-broken", "archive-unsafe")
    yield _zip(
        "many members that are bombs together",
        lambda: zipped(*((f"{n}.shp", bytes(2 * 1024**2)) for n in range(50))),
        what=over,
    )
    yield _zip("a zip of zips of zips", nested_bomb, what="another zip")
    yield _zip("members that share their bytes", overlapping, what="files that share their bytes")
    yield _zip("61 members", lambda: many_names(61), what="over 60 files")
    yield _zip("20,000 members said to be 3", lying_count, what="over 60 files")
    yield _zip("a link", link, what="a link to another file")
    for name in (
        "../plots.shp",
        "a/../../plots.shp",
        "/etc/plots.shp",
        "C:\\plots.shp",
        "..\\plots.shp",
        "\\\\host\\plots.shp",
        "a" * 4_000 + ".shp",
    ):
        yield _zip(f"the name {name[:20]}", lambda n=name: zipped((n, b"x")), what=ELSEWHERE)
    yield _zip("a name with NUL in it", with_nul, what=ELSEWHERE)
    yield _zip("two members of one name", duplicates, what="two files of one name")
    yield _zip("a member locked with a password", locked, what="a file locked with a password")
    yield _zip(
        "a member packed by lzma",
        lambda: zipped(("plots.shp", bytes(99)), packing=14),
        what="a file packed in an unusual way",
    )
    yield _zip("a zip cut in half", lambda: of_parts()[: len(of_parts()) // 2], "file-broken")
    yield _zip(
        "a zip without its directory",
        lambda: of_parts().replace(b"PK\x01\x02", b"PK\0\0"),
        "file-broken",
    )
    yield _zip(
        "a zip with rubbish for data",
        lambda: patched(of_parts(), (60, b"\xff" * 40)),
        "file-broken",
    )
    yield _zip(
        "a zip without a Shapefile",
        lambda: zipped(("a.txt", b"x")),
        "archive-without-shapefile",
        "file-format-unknown",
    )


def lies() -> Iterator[Hostile]:
    broken = ("file-broken", "import-unreadable-shape", "import-empty-shape")
    yield _zip(
        "a .shp that says it is 4 GB",
        lambda: of_parts(shp=shp_header(0x7FFFFFFF)),
        *broken,
        "plots: 1",
    )
    yield _zip("a .shp of length -1", lambda: of_parts(shp=shp_header(-1)), *broken, "plots: 1")
    yield _zip(
        "a .shp of a billion points",
        lambda: of_parts(shp=shp_counts(1, 10**9)),
        *broken,
        "file-too-hard",
        "import-neither-drawn-nor-declared",
    )
    yield _zip(
        "a .shp of -1 parts",
        lambda: of_parts(shp=shp_counts(-1, -1)),
        *broken,
        "import-neither-drawn-nor-declared",
    )
    yield _zip(
        "a .shx that points behind the end",
        lambda: of_parts(shx=shx_far_away()),
        *broken,
        "import-neither-drawn-nor-declared",
        "plots: 1",
    )
    yield _zip(
        "a .dbf of 4 billion rows",
        lambda: of_parts(dbf=dbf_rows(0xFFFFFFFF)),
        *broken,
        "plots: 1",
        "too-many-features",
        "file-too-hard",
        "import-feature-without-code",
    )
    yield _zip(
        "a .shp with NaN in it",
        lambda: of_parts(shp=shp_nan()),
        "import-not-finite",
        "import-unreadable-shape",
        "file-broken",
    )
    yield _zip("a .shp without .shx", lambda: of_parts(shx=None), "plots: 1")
    yield _zip("a .shp without .dbf", lambda: of_parts(dbf=None), "import-without-code-column")
    yield _zip(
        "a .shp cut short",
        lambda: of_parts(shp=shapefile()[".shp"][:150]),
        *broken,
        "import-neither-drawn-nor-declared",
    )
    yield _zip(
        "a .dbf cut short",
        lambda: of_parts(dbf=shapefile()[".dbf"][:40]),
        *broken,
        "import-without-code-column",
        "import-feature-without-code",
    )
    yield _zip("a .shp that is a page of HTML", lambda: of_parts(shp=b"<html>" * 50), "file-broken")
    yield _zip(
        "a .prj of 1 MB of brackets",
        lambda: of_parts(prj=b"GEOGCS[" * 140_000),
        "no-such-coordinate-system",
        "coordinate-system-missing",
        "archive-unsafe",
    )
