"""The root of every table, and of every table that belongs to one cooperative."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, ForeignKeyConstraint, MetaData, and_
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    declared_attr,
    mapped_column,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class OfCooperative:
    """A row of one cooperative: its key begins with the cooperative.

    Rows of different cooperatives cannot refer to each other, since every foreign key
    between them carries the cooperative too (`belongs_to`).
    """

    @declared_attr
    def cooperative_id(cls) -> Mapped[int]:  # noqa: N805 (SQLAlchemy hands the class)
        return mapped_column(ForeignKey("cooperatives.id"), primary_key=True, sort_order=-2)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


def same_row(
    model: type[OfCooperative], key: InstrumentedAttribute[Any], of: type[OfCooperative]
) -> ColumnElement[bool]:
    """What joins the row of `model` that `key` of another table refers to."""
    return and_(model.cooperative_id == of.cooperative_id, model.id == key)


def belongs_to(table: str, column: str, **options: Any) -> ForeignKeyConstraint:
    """A reference to a row of the same cooperative, kept by the database."""
    return ForeignKeyConstraint(
        ["cooperative_id", column], [f"{table}.cooperative_id", f"{table}.id"], **options
    )
