"""Which coordinate system a file may be in, when it does not say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

WGS84 = "EPSG:4326"
MERCATOR = "EPSG:3857"

LON_DEG = 180.0
LAT_DEG = 90.0
ZONE_DEG = 6
UTM_EAST_M = (100_000.0, 900_000.0)
UTM_NORTH_M = (0.0, 10_000_000.0)

_ISO6709 = re.compile(r"[+-]\d+")


class CoordinateSystemMissing(Invalid):
    """Numbers without a system are nowhere."""

    code = "coordinate-system-missing"
    words = N_(
        "The file does not say which coordinate system it is in, and guessing would put the"
        " plots in the wrong place. Ask whoever made it; likely here: %(likely)s."
    )

    def __init__(self, candidates: Sequence["Candidate"], **facts: str) -> None:
        likely = ", ".join(c.code for c in candidates[:6]) or "–"
        super().__init__(field="crs", likely=likely, **facts)
        self.alternatives = tuple(c.as_json() for c in candidates)


class CoordinateSystemWrong(CoordinateSystemMissing):
    """A file in metres that says degrees, or the other way round."""

    code = "coordinate-system-wrong"
    words = N_(
        "The file says it is in %(said)s, and its numbers are no places there. Choose the"
        " coordinate system it was made in; likely here: %(likely)s."
    )


class NoSuchCoordinateSystem(Invalid):
    """The code names no system."""

    code = "no-such-coordinate-system"
    words = N_(
        "%(crs)s names no coordinate system that places on Earth can be worked out from."
        " Write a code such as EPSG:4326 or EPSG:32642."
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coordinate system to offer: its EPSG code, its name, and where the file would land.

    `bounds` are west, south, east, north in degrees, where that was worked out.
    """

    code: str
    name: str
    bounds: tuple[float, float, float, float] | None = None

    def as_json(self) -> Mapping[str, object]:
        bounds = None if self.bounds is None else list(self.bounds)
        return {"crs": self.code, "title": f"{self.name} ({self.code})", "bounds": bounds}


@dataclass(frozen=True, slots=True)
class Extent:
    """The least and the greatest coordinates in a file, in its own units."""

    west: float
    south: float
    east: float
    north: float

    @property
    def fits_degrees(self) -> bool:
        return max(-self.west, self.east) <= LON_DEG and max(-self.south, self.north) <= LAT_DEG

    @property
    def fits_utm(self) -> bool:
        (least_e, most_e), (least_n, most_n) = UTM_EAST_M, UTM_NORTH_M
        return least_e <= self.west <= self.east <= most_e and (
            least_n <= self.south <= self.north <= most_n
        )


def candidates(extent: Extent, near: tuple[float, float] | None) -> tuple[Candidate, ...]:
    """The systems these coordinates could be in, the likeliest first.

    `near` is a longitude and latitude of the cooperative, where one is known.
    """
    found = []
    if extent.fits_degrees:
        found.append(Candidate(WGS84, "WGS 84"))
    if extent.fits_utm and not extent.fits_degrees:
        found.extend(_utm(near))
    if not extent.fits_degrees:
        found.append(Candidate(MERCATOR, "Web Mercator"))
    return tuple(found)


def _utm(near: tuple[float, float] | None) -> Sequence[Candidate]:
    if near is None:
        return [_zone(zone, north) for north in (True, False) for zone in range(1, 61)]
    lon, lat = near
    zone = int((lon + LON_DEG) // ZONE_DEG) % 60 + 1
    close = [(zone + step - 1) % 60 + 1 for step in (0, -1, 1)]
    return [_zone(z, north) for north in (lat >= 0, lat < 0) for z in close]


def _zone(zone: int, north: bool) -> Candidate:
    return Candidate(
        f"EPSG:{(32600 if north else 32700) + zone}", f"UTM {zone}{'N' if north else 'S'}"
    )


def city_of(timezone: str) -> tuple[float, float] | None:
    """Longitude and latitude in degrees of the city a time zone is named after."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    for line in table.splitlines():
        country, *where = line.split("\t")
        if not country.startswith("#") and where[1] == timezone:
            lat, lon = _ISO6709.findall(where[0])
            return _in_degrees(lon, 3), _in_degrees(lat, 2)
    return None


def _in_degrees(text: str, digits: int) -> float:
    """+0670300 (degrees in `digits` figures, then minutes and perhaps seconds) as degrees."""
    sign = -1.0 if text.startswith("-") else 1.0
    figures = text[1:]
    minutes, seconds = figures[digits : digits + 2], figures[digits + 2 :] or "0"
    return sign * (int(figures[:digits]) + int(minutes) / 60 + int(seconds) / 3600)
