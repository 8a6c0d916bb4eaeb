"""What is drawn of the land already, for a map to lie a file over it."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import shapely
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.rules import coordinates

CANALS, PLOTS, CITY = "canals", "plots", "city"


class Home(NamedTuple):
    """Where the cooperative is, in degrees, and of what that is known: canals, plots or a city."""

    shape: BaseGeometry | None
    known_by: str


class DrawnPlot(NamedTuple):
    """A plot's code and boundary in degrees."""

    id: UUID
    code: str
    boundary: MultiPolygon


def home(session: Session, timezone: str) -> Home:
    """The canals; where none is drawn the plots, and without any the city of the time zone."""
    lines = canals(session)
    if lines:
        return Home(shapely.MultiLineString(list(lines)), CANALS)
    boundaries = [plot.boundary for plot in plots(session)]
    if boundaries:
        return Home(shapely.GeometryCollection(boundaries), PLOTS)
    city = coordinates.city_of(timezone)
    return Home(None if city is None else shapely.Point(city), CITY)


def canals(session: Session) -> Sequence[LineString]:
    """Every line of a canal, and the watercourses of outlets."""
    found: list[LineString] = []
    for column in (Canal.line, Outlet.watercourse):
        found += [line for line in session.scalars(select(column)) if line is not None]
    return found


def plots(session: Session) -> Sequence[DrawnPlot]:
    query = select(Plot.id, Plot.code, Plot.boundary).where(Plot.boundary.is_not(None))
    return [DrawnPlot._make(row) for row in session.execute(query.order_by(Plot.code))]
