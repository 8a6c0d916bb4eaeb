"""What is stored already, as the rules of importing compare it with a file."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.queries import network, plots
from coopfarm.land.rules import coordinates
from coopfarm.land.rules.incoming import Known, Values
from coopfarm.land.rules.whereabouts import StoredPlot, Whereabouts

PLOT_VALUES = (
    "name",
    "place_from_head",
    "placed_by_hand",
    "holder_id",
    "crop",
    "sown_on",
    "soil",
    "shares",
    "filling_minutes",
    "draining_minutes",
    "boundary",
    "gross_area_m2",
    "net_area_m2",
)
OUTLET_VALUES = ("name", "metres_from_head", "capacity_l_s", "place", "watercourse")
CANAL_VALUES = ("name", "capacity_l_s", "efficiency", "length_m", "flows_against_line", "line")


def known(session: Session, kind: str) -> Known:
    """What the cooperative has already that a file of `kind` could change or speak of."""
    by_name: dict[str, list[UUID]] = {}
    people = plots.holders(session) if kind == "plots" else ()
    for member in people:
        for name in {member.name, member.name_latin} - {""}:
            by_name.setdefault(" ".join(name.split()), []).append(member.id)
    return Known(
        stored=_STORED[kind](session),
        outlets=frozenset(network.codes(session, Outlet).values()),
        feeds_from=network.feeders(session),
        by_number={member.number: member.id for member in people},
        by_name=by_name,
        by_id=_by_id(session, _TABLES[kind]),
    )


def whereabouts(session: Session, timezone: str) -> Whereabouts | None:
    """Where the cooperative's land is; the city of its time zone where nothing is drawn."""
    drawn = session.execute(
        select(Plot.id, Plot.code, Plot.boundary).where(Plot.boundary.is_not(None))
    )
    plots = [StoredPlot(str(row_id), code, boundary) for row_id, code, boundary in drawn]
    shapes = [plot.boundary for plot in plots] or [
        *session.scalars(select(Canal.line).where(Canal.line.is_not(None))),
        *session.scalars(select(Outlet.place).where(Outlet.place.is_not(None))),
    ]
    if shapes:
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        middle = (west + east) / 2, (south + north) / 2
        return Whereabouts(*middle, land=(west, south, east, north), plots=plots)
    city = coordinates.city_of(timezone)
    return None if city is None else Whereabouts(*city)


def _by_id(session: Session, table: Any) -> Mapping[str, str]:
    return {str(row_id): code for row_id, code in session.execute(select(table.id, table.code))}


def _stored_plots(session: Session) -> Mapping[str, Values]:
    name = network.codes(session, Outlet)
    return {
        row.code: {**_values(row, PLOT_VALUES), "outlet": _code(name, row.outlet_id)}
        for row in session.scalars(select(Plot))
    }


def _stored_outlets(session: Session) -> Mapping[str, Values]:
    name = network.codes(session, Canal)
    return {
        row.code: {**_values(row, OUTLET_VALUES), "canal": _code(name, row.canal_id)}
        for row in session.scalars(select(Outlet))
    }


def _stored_canals(session: Session) -> Mapping[str, Values]:
    name = network.codes(session, Canal)
    return {
        row.code: {**_values(row, CANAL_VALUES), "feeds_from": _code(name, row.feeds_from_id)}
        for row in session.scalars(select(Canal))
    }


def _code(name: Mapping[UUID, str], row_id: UUID | None) -> str | None:
    return None if row_id is None else name[row_id]


def _values(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


_STORED: Mapping[str, Callable[[Session], Mapping[str, Values]]] = MappingProxyType(
    {"plots": _stored_plots, "outlets": _stored_outlets, "canals": _stored_canals}
)
_TABLES: Mapping[str, Any] = MappingProxyType({"plots": Plot, "outlets": Outlet, "canals": Canal})
