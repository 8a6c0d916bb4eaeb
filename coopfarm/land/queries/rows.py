"""Rows of the land by their ids."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Canal, Outlet, Plot, Upload

Row = TypeVar("Row", Canal, Outlet, Plot, Upload)


def one(session: Session, table: type[Row], row_id: UUID, *, for_update: bool = False) -> Row:
    """The row with this id, held until the act ends where asked. Raises Missing."""
    query = select(table).where(table.id == row_id)
    found = session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if found is None:
        raise Missing
    return found


def by_id(session: Session, table: type[Row], ids: Collection[UUID]) -> Mapping[UUID, Row]:
    """The rows with these ids, held until the act ends; ids that are gone are left out."""
    query = select(table).where(table.id.in_(ids)).with_for_update()
    return {row.id: row for row in session.scalars(query)}
