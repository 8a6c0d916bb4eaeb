"""Write the village of Al-Nur, byte for byte the same each time: see docs/village.md.

python seed_data/make_village.py [FOLDER]
"""

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from pyproj import Geod
from shapely import LineString, Polygon
from shapely.geometry import mapping
from village_channels import GATES, REACHES
from village_ground import Spot
from village_lot import Lot
from village_people import Person, people
from village_plots import Hands, Planned, filling_minutes, hands, planned, qirats
from village_weather import HEADER, weather

HERE = Path(__file__).parent
SEED = 1448
HOUSEHOLDS, MEMBERS = 120, 150
LATITUDE, LONGITUDE = 30.3312, 29.6127  # where the minor leaves its branch
FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2026, 12, 31)
EARTH = Geod(ellps="WGS84")
NAKKA_COLUMNS = ("outlet", "nakka", "metres_from_outlet", "lon", "lat")


def main(folder: Path) -> None:
    lot = Lot(SEED)
    folk = people(lot, HOUSEHOLDS, MEMBERS)
    plots = [plot for gate in GATES for plot in planned(lot, gate)]
    files = {
        "members.csv": _table(Person._fields, folk),
        "canals.geojson": _features(_canal_features()),
        "outlets.geojson": _features(_outlet_features()),
        "nakkas.csv": _table(NAKKA_COLUMNS, _nakkas(plots)),
        "plots.geojson": _features(_plot_features(lot, plots, hands(lot, plots, folk))),
        "weather.csv": "\n".join([HEADER, *weather(lot, FIRST_DAY, LAST_DAY, LATITUDE)]) + "\n",
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
        print(f"{name}: {len(text.encode()):,} bytes")


def _canal_features() -> Iterable[dict[str, Any]]:
    for reach in REACHES:
        line = [_on_earth(spot) for spot in reach.line]
        told = {
            "code": reach.code,
            "name": reach.name,
            "name_latin": reach.name_latin,
            "feeds_from": reach.feeds_from,
            "capacity_l_s": reach.capacity_l_s,
            "efficiency": reach.efficiency,
            "length_m": round(EARTH.geometry_length(LineString(line))),
        }
        yield _feature(told, {"type": "LineString", "coordinates": line})


def _outlet_features() -> Iterable[dict[str, Any]]:
    """Each outlet as its watercourse's line, which begins at the outlet."""
    for gate in GATES:
        line = [_on_earth(spot) for spot in gate.course.spots]
        told = {
            "code": gate.code,
            "name": gate.name,
            "name_latin": gate.name_latin,
            "canal": gate.canal,
            "metres_from_head": round(gate.metres_from_head),
            "capacity_l_s": gate.capacity_l_s,
        }
        yield _feature(told, {"type": "LineString", "coordinates": line})


def _nakkas(plots: Sequence[Planned]) -> Iterable[tuple[Any, ...]]:
    course = {gate.code: gate.course for gate in GATES}
    for outlet, nakka, metres in sorted({(p.outlet, p.nakka, p.field.takes_at_m) for p in plots}):
        yield outlet, nakka, round(metres), *_on_earth(course[outlet].at(metres))


def _plot_features(
    lot: Lot, plots: Sequence[Planned], people_of: Sequence[Hands]
) -> Iterable[dict[str, Any]]:
    shapes = [_lifted(plot.field.shape) for plot in plots]
    gross = [round(abs(EARTH.geometry_area_perimeter(shape)[0])) for shape in shapes]
    shares = qirats(lot, plots, gross)
    last = {plot.outlet: plot.place for plot in plots}
    for place, (plot, who, shape) in enumerate(zip(plots, people_of, shapes, strict=True)):
        winter, winter_sown, summer, summer_sown = plot.rotation
        told = {
            "code": f"{plot.outlet}-{plot.place:02d}",
            "outlet": plot.outlet,
            "nakka": str(plot.nakka),
            **who._asdict(),
            "gross_area_m2": gross[place],
            "net_area_m2": round(gross[place] * lot.between(0.93, 0.985)),
            "shares": shares.get(place),
            "filling_minutes": filling_minutes(plot),
            "draining_minutes": 12 if plot.place == last[plot.outlet] else 0,
            "soil": plot.soil,
            "winter_crop": winter,
            "winter_sown": winter_sown,
            "summer_crop": summer,
            "summer_sown": summer_sown,
        }
        yield _feature(told, mapping(shape))


def _lifted(shape: Polygon) -> Polygon:
    """The polygon in degrees, its ring counterclockwise as GeoJSON wants it."""
    ring = Polygon([_on_earth((x, y)) for x, y in shape.exterior.coords])
    return shapely.orient_polygons(ring)


def _on_earth(spot: Spot) -> tuple[float, float]:
    """Longitude and latitude of a spot, to a centimetre."""
    # Snyder (1987), Map Projections, p. 24: radii of the meridian and of the prime vertical.
    lat = math.radians(LATITUDE)
    bent = 1.0 - EARTH.es * math.sin(lat) ** 2
    meridian = EARTH.a * (1.0 - EARTH.es) / bent**1.5
    vertical = EARTH.a / math.sqrt(bent)
    east = math.degrees(spot[0] / (vertical * math.cos(lat)))
    north = math.degrees(spot[1] / meridian)
    return round(LONGITUDE + east, 7), round(LATITUDE + north, 7)


def _feature(told: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": told, "geometry": geometry}


def _features(features: Iterable[dict[str, Any]]) -> str:
    """A feature collection with one feature a line, so that a change shows as one line."""
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
