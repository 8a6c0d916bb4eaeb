"""What is seen of a file at a glance, before any program opens it."""

from coopfarm.land.schemas import archives, formats, refusals
from coopfarm.land.schemas.raw import MOST_FEATURES

MOST_BYTES = 20 * 1024 * 1024
# Every place of a GeoJSON stands between brackets of its own: 20,000 plots of 30 corners.
MOST_BRACKETS = 700_000
MOST_TAGS = 2_000_000
# Places as WKT and KML, and the cells of a table, are parted by these.
MOST_COMMAS = 3_000_000
MOST_LINES = 10 * MOST_FEATURES
LONGEST_HEADING_BYTES = 100_000


def check(content: bytes) -> None:
    """Refuse what can be told from sizes and counts; costs no more than a look.

    Raises EmptyFile, NoSuchFormat, FileTooLarge, TooManyFeatures, TooFull, FileBroken and, for
    a zip, what `archives` refuses.
    """
    if len(content) > MOST_BYTES:
        raise refusals.FileTooLarge(field="file", most_mb=MOST_BYTES // 1024**2)
    form = formats.of(content)
    if form == formats.ZIP:
        archives.unpacked_bytes(content)
    elif form == formats.GEOJSON:
        _check_json(content)
    elif form == formats.KML:
        _check_full(content, (b"<", MOST_TAGS), (b",", MOST_COMMAS))
    elif form == formats.TABLE:
        _check_table(content)


def _check_json(content: bytes) -> None:
    if content.count(b'"geometry"') > MOST_FEATURES:
        raise refusals.TooManyFeatures(field="file", most=MOST_FEATURES)
    _check_full(content, (b"[", MOST_BRACKETS))


def _check_table(content: bytes) -> None:
    end = content.find(b"\n", 0, LONGEST_HEADING_BYTES)
    if end < 0 and len(content) > LONGEST_HEADING_BYTES:
        reason = f"a first line of over {LONGEST_HEADING_BYTES // 1000} kB"
        raise refusals.FileBroken(field="file", reason=reason)
    if content.count(b"\n") > MOST_LINES:
        raise refusals.TooManyFeatures(field="file", most=MOST_FEATURES)
    _check_full(content, *((mark, MOST_COMMAS) for mark in (b",", b";", b"\t", b"|")))


def _check_full(content: bytes, *marks: tuple[bytes, int]) -> None:
    """Raise TooFull where one of the marks stands oftener than its most."""
    if any(content.count(mark) > most for mark, most in marks):
        raise refusals.TooFull(field="file")
