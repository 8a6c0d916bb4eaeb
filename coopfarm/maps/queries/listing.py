"""A layer as a list, a page at a time: of a long table no more is read than is shown."""

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, collate, func, select

from coopfarm.land.models import Plot
from coopfarm.maps.queries import layers
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules.layers import PLOTS, Drawn, Value
from coopfarm.store.tenancy import TenantSession


class Listed(NamedTuple):
    """How many rows there are, and those that were asked for, by rank where there is one."""

    found: int
    rows: list[Drawn]


def listed(
    session: TenantSession, name: str, asked: Asked, crop: str, *, first: int, most: int
) -> Listed:
    """Up to `most` rows from the `first` on, counted from 0; only of a crop, where one is given.

    Raises NoSuchLayer.
    """
    if name == PLOTS.name and asked.sees_boundaries:
        return _plots(session, asked, crop, first, most)
    found = [
        one
        for one in layers.drawn(session, name, asked)
        if not crop or one.facts.get("crop") == crop
    ]
    return Listed(len(found), sorted(found, key=_in_order)[first : first + most])


def _plots(session: TenantSession, asked: Asked, crop: str, first: int, most: int) -> Listed:
    """For who is shown them all, the database looks which ones come on this page."""
    here = [Plot.crop == crop] if crop else []
    count = session.scalar(select(func.count(Plot.id)).where(*here)) or 0
    ids = session.scalars(
        select(Plot.id).where(*here).order_by(_code(session), Plot.id).offset(first).limit(most)
    )
    found = layers.drawn(session, PLOTS.name, replace(asked, ids=frozenset(ids)))
    return Listed(count, sorted(found, key=_in_order))


def _code(session: TenantSession) -> ColumnElement[str]:
    """The code as Python compares it, too."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return collate(Plot.code, "C") if is_postgres else Plot.code.expression


def _in_order(one: Drawn) -> tuple[Value, str]:
    """By rank where there is one, and by code."""
    return one.facts.get("rank", 0), str(one.facts.get("code", ""))
