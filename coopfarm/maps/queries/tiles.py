"""The plots of a tile: what our own encoder needs of them, or the layer made by PostGIS itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.types import NullType

from coopfarm.land.models import Plot
from coopfarm.maps.queries.layers import WATERED, Asked, turns_within
from coopfarm.maps.rules.layers import number_of
from coopfarm.maps.rules.tiles import BUFFER, EXTENT, Tile
from coopfarm.store.geometry import boxes_meet, read_fields, unread
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import Turn

_MERCATOR: Final = 3857


class TilePlots(NamedTuple):
    """Plots of a tile for who sees them all: their numbers, boundaries and what is said of them."""

    ids: Sequence[int]
    shapes: NDArray[Any]
    facts: Sequence[Mapping[str, str]]


def plots(session: TenantSession, tile: Tile, asked: Asked) -> TilePlots:
    """Every plot the tile may show, read as sparely as can be."""
    query = (
        select(type_coerce(Plot.id, NullType()), Plot.crop, unread(Plot.boundary))
        .where(Plot.boundary.is_not(None), boxes_meet(Plot.boundary, *tile.box))
        .order_by(Plot.id)
    )
    turns = session.scalars(select(Turn.plot_id).where(*turns_within(asked.during)))
    watered = frozenset(map(number_of, turns))
    rows = session.execute(query).all()
    ids = [_number_as_kept(row[0]) for row in rows]
    shapes = read_fields([row[2] for row in rows])
    facts = {
        (crop, water): _facts(crop, is_watered=water)
        for crop in {row[1] for row in rows}
        for water in (False, True)
    }
    said = [facts[row[1], number in watered] for row, number in zip(rows, ids, strict=True)]
    return TilePlots(ids, shapes, said)


def _number_as_kept(row_id: UUID | str) -> int:
    """`number_of` an id as SQLite keeps it, in hexadecimal digits."""
    return int(row_id[:12], 16) if isinstance(row_id, str) else number_of(row_id)


def _facts(crop: str | None, *, is_watered: bool) -> Mapping[str, str]:
    said = {"crop": crop or "", "water": WATERED if is_watered else ""}
    return {name: value for name, value in said.items() if value}


def made_by_postgis(session: TenantSession, tile: Tile, asked: Asked, called: str) -> bytes:
    """The layer of plots of the tile, whole, by ST_AsMVT."""
    turn = select(Turn.id).where(
        Turn.cooperative_id == Plot.cooperative_id,
        Turn.plot_id == Plot.id,
        *turns_within(asked.during),
    )
    found = (
        select(
            _number().label("id"),
            func.nullif(Plot.crop, "").label("crop"),
            case((turn.exists(), literal(WATERED)), else_=null()).label("water"),
            _placed(tile).label("shape"),
        )
        .where(
            Plot.cooperative_id == session.cooperative_id,
            Plot.boundary.is_not(None),
            boxes_meet(Plot.boundary, *tile.box),
        )
        .order_by(Plot.id)
        .subquery("found")
    )
    made = func.ST_AsMVT(found.table_valued(), called, EXTENT, "shape", "id")
    return bytes(session.execute(select(made).select_from(found)).scalar_one())


def _number() -> ColumnElement[int]:
    """`number_of` as PostgreSQL works it out."""
    digits = func.substr(func.replace(cast(Plot.id, String), "-", ""), 1, 12)
    return cast(cast(func.concat("x", digits), BIT(48)), BigInteger)


def _placed(tile: Tile) -> ColumnElement[Any]:
    square = func.ST_TileEnvelope(tile.z, tile.x, tile.y)
    placed = func.ST_Transform(Plot.boundary, _MERCATOR, type_=String)
    return func.ST_AsMVTGeom(placed, square, EXTENT, BUFFER, type_=String)
