"""Land for tests: along the equator, so that a hundredth of a degree is 1,112 m everywhere."""

from typing import Any

from shapely import LineString, MultiPolygon, Point, box

from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.rows import Record
from coopfarm.store.tenancy import TenantSession

METRE = 1 / 111_195


def point(east_m: float, north_m: float = 0) -> Point:
    return Point(72 + east_m * METRE, north_m * METRE)


def line(*points_m: tuple[float, float]) -> LineString:
    return LineString([(72 + east * METRE, north * METRE) for east, north in points_m])


def square(east_m: float, north_m: float = 20, side_m: float = 100) -> MultiPolygon:
    east, north, side = 72 + east_m * METRE, north_m * METRE, side_m * METRE
    return MultiPolygon([box(east, north, east + side, north + side)])


def make_canal(session: TenantSession, code: str, **more: Any) -> Canal:
    return _kept(session, Canal(code=code, **more))


def make_outlet(session: TenantSession, code: str = "W1", **more: Any) -> Outlet:
    return _kept(session, Outlet(code=code, **more))


def make_plot(session: TenantSession, code: str, outlet: Outlet | None = None, **more: Any) -> Plot:
    area_m2 = more.pop("area_m2", 10_000.0)
    defaults = {"gross_area_m2": area_m2, "net_area_m2": area_m2}
    outlet_id = None if outlet is None else outlet.id
    return _kept(session, Plot(code=code, outlet_id=outlet_id, **(defaults | more)))


def reading(kind: str, *features: dict[str, Any], **how: Any) -> Reading:
    """A file as it was read; `shape`, `area_m2`, `length_m` and `flaw` among the cells."""
    records = []
    for number, cells in enumerate(features, start=1):
        measured = {n: cells.pop(n) for n in ("shape", "area_m2", "length_m", "flaw") if n in cells}
        records.append(Record(number, cells, **measured))
    columns = list(dict.fromkeys(name for record in records for name in record.values))
    return Reading(kind, columns, records, **how)


def _kept(session: TenantSession, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
