"""What is seen of a file at a glance, before any program opens it."""

from coopfarm.land.schemas import refusals
from coopfarm.land.schemas.raw import MOST_FEATURES

MOST_BYTES = 50 * 1024 * 1024
# Every place of a GeoJSON stands between brackets of its own: 20,000 plots of 30 corners.
MOST_BRACKETS = 700_000
_BLANK = b"\xef\xbb\xbf \t\r\n"


def check(content: bytes) -> None:
    """Raise EmptyFile, FileTooLarge, TooManyFeatures or TooFull; costs no more than a look."""
    if len(content) > MOST_BYTES:
        raise refusals.FileTooLarge(field="file", most_mb=MOST_BYTES // 1024**2)
    start = content[:512].lstrip(_BLANK)
    if not start:
        raise refusals.EmptyFile(field="file")
    if start.startswith((b"{", b"[", b"\x1e")):
        _check_json(content)


def _check_json(content: bytes) -> None:
    if content.count(b'"geometry"') > MOST_FEATURES:
        raise refusals.TooManyFeatures(field="file", most=MOST_FEATURES)
    if content.count(b"[") > MOST_BRACKETS:
        raise refusals.TooFull(field="file")
