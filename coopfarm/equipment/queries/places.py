"""Plots by what people call them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.land.models import Plot


def plot_coded(session: Session, code: str) -> Plot | None:
    """The plot of a code, in letters of any size."""
    query = select(Plot).where(Plot.code.in_((code, code.upper())))
    return session.scalars(query.order_by(Plot.code)).first()
