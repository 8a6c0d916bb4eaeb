"""What kind of file some bytes are, by what is in them and not by its name."""

from coopfarm.land.schemas import refusals
from coopfarm.land.schemas.tables import UTF_16

ZIP = "zip"
GEOPACKAGE = "geopackage"
GEOJSON = "geojson"
KML = "kml"
TABLE = "table"

_SNIFFED_BYTES = 512
_RECORD_SEPARATOR = b"\x1e"


def of(content: bytes) -> str:
    """The format of a file. Raises EmptyFile and NoSuchFormat."""
    start = content[:_SNIFFED_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise refusals.EmptyFile(field="file")
    if content.startswith(b"PK\x03\x04"):
        return ZIP
    if content.startswith(b"SQLite format 3\0"):
        return GEOPACKAGE
    if start.startswith((b"{", _RECORD_SEPARATOR)):
        return GEOJSON
    if start.startswith(b"<"):
        return KML
    if (b"\0" in start and not start.startswith(UTF_16)) or start.startswith((b"[", b"%PDF")):
        raise refusals.NoSuchFormat(field="file")
    return TABLE
