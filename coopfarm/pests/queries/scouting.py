"""Rounds of scouting, traps, and what was proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.land.rules.order import Plane
from coopfarm.pests.models import (
    ControlProposal,
    ScoutingRound,
    ScoutingStop,
    Sighting,
    Trap,
    TrapCount,
)
from coopfarm.pests.queries import numbers
from coopfarm.pests.rules.crossing import Threshold
from coopfarm.pests.rules.sightings import LIVE
from coopfarm.planning.pests.risk import Infestation, Place
from coopfarm.store.base import same_row

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Stop:
    """A plot to be looked at, and what was counted there."""

    stop: ScoutingStop
    plot: Plot


@dataclass(frozen=True, slots=True)
class Emptied:
    """A trap with its plot and its counts, the earliest first."""

    trap: Trap
    plot: Plot
    counts: Sequence[TrapCount]

    @property
    def rates(self) -> list[float]:
        """Caught a night, by count."""
        return [one.caught / one.nights for one in self.counts]


def scouting(session: Session, scouting_id: UUID, *, for_update: bool = False) -> ScoutingRound:
    """One round. Raises Missing."""
    query = select(ScoutingRound).where(ScoutingRound.id == scouting_id)
    return _one(session.scalar(query.with_for_update() if for_update else query))


def rounds(session: Session, member_id: UUID | None = None) -> Sequence[ScoutingRound]:
    """The rounds of everybody, or those one member walks, the open ones first."""
    query = select(ScoutingRound).order_by(
        ScoutingRound.state.desc(), ScoutingRound.on_day.desc(), ScoutingRound.id
    )
    if member_id is not None:
        query = query.where(ScoutingRound.member_id == member_id)
    return session.scalars(query.limit(50)).all()


def stops(session: Session, scouting_id: UUID) -> Sequence[Stop]:
    """The plots of a round in the order they are walked."""
    query = (
        select(ScoutingStop, Plot)
        .join(Plot, same_row(Plot, ScoutingStop.plot_id, ScoutingStop))
        .where(ScoutingStop.scouting_id == scouting_id)
        .order_by(ScoutingStop.place)
    )
    return [Stop(*row) for row in session.execute(query)]


def stop(session: Session, stop_id: UUID) -> ScoutingStop:
    """One stop, held. Raises Missing."""
    query = select(ScoutingStop).where(ScoutingStop.id == stop_id)
    return _one(session.scalar(query.with_for_update()))


def traps(session: Session, trap_id: UUID | None = None) -> Sequence[Emptied]:
    """The traps that stand, by code, with their counts; or the one asked for."""
    query = select(Trap, Plot).join(Plot, same_row(Plot, Trap.plot_id, Trap))
    chosen = Trap.taken_in_on.is_(None) if trap_id is None else Trap.id == trap_id
    rows = session.execute(query.where(chosen).order_by(Trap.code)).all()
    counts = _counts(session, [trap.id for trap, _ in rows])
    return [Emptied(trap, plot, counts.get(trap.id, [])) for trap, plot in rows]


def trap(session: Session, trap_id: UUID) -> Emptied:
    """One trap with its counts. Raises Missing."""
    return _one(next(iter(traps(session, trap_id)), None))


def _counts(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[TrapCount]]:
    query = select(TrapCount).where(TrapCount.trap_id.in_(ids)).order_by(TrapCount.on_day)
    found: dict[UUID, list[TrapCount]] = {}
    for one in session.scalars(query):
        found.setdefault(one.trap_id, []).append(one)
    return found


def thresholds(session: Session, pest: str) -> Sequence[Threshold]:
    """What is published on when something is done against a pest."""
    return [
        Threshold(
            row.id,
            row.numbers["crop"],
            row.numbers["stage"],
            row.numbers["measure"],
            row.numbers["value"],
            row.source,
            row.source_year,
        )
        for row in numbers.in_force(session, "threshold", pest)
    ]


def proposal(session: Session, proposal_id: UUID, *, for_update: bool = False) -> ControlProposal:
    """One proposal. Raises Missing."""
    query = select(ControlProposal).where(ControlProposal.id == proposal_id)
    return _one(session.scalar(query.with_for_update() if for_update else query))


def proposals(session: Session) -> Sequence[ControlProposal]:
    """What was proposed, the open ones first, then the latest."""
    is_open = ControlProposal.state == "proposed"
    query = select(ControlProposal).order_by(
        is_open.desc(), ControlProposal.made_at.desc(), ControlProposal.id
    )
    return session.scalars(query.limit(50)).all()


def open_proposal(session: Session, pest: str, crop: str) -> ControlProposal | None:
    """What is proposed already against a pest on a crop."""
    query = select(ControlProposal).where(
        ControlProposal.pest == pest,
        ControlProposal.crop == crop,
        ControlProposal.state == "proposed",
    )
    return session.scalars(query).first()


def places(session: Session, plots: Sequence[Plot]) -> dict[UUID, Place]:
    """The middles of drawn plots, in metres on one plane."""
    drawn = {plot.id: plot.boundary.centroid for plot in plots if plot.boundary is not None}
    if not drawn:
        return {}
    origin = plane_of(session)
    flat = {key: origin.flat(middle) for key, middle in drawn.items()}
    return {key: Place(str(key), at.x, at.y) for key, at in flat.items()}


def plane_of(session: Session) -> Plane:
    """The plane about the first drawn plot: every place of a cooperative lies on it."""
    query = select(Plot.boundary).where(Plot.boundary.is_not(None)).order_by(Plot.code).limit(1)
    first = session.scalar(query)
    middle = first.centroid if first is not None else None
    return Plane(middle.x, middle.y) if middle is not None else Plane(0.0, 0.0)


def drawn_plots(session: Session, crop: str = "") -> Sequence[Plot]:
    """The plots that are drawn, of a crop where one is asked, by code."""
    query = select(Plot).where(Plot.boundary.is_not(None)).order_by(Plot.code)
    return session.scalars(query.where(Plot.crop == crop) if crop else query).all()


def infestations(session: Session, pest: str, since: datetime) -> Sequence[Infestation]:
    """Where a pest was seen since a day and stands: as bad as its face, on its plot's land.

    A sighting off every plot counts for a hectare; a count without a face for 2 of 3.
    """
    origin = plane_of(session)
    query = (
        select(Sighting, Plot.net_area_m2)
        .outerjoin(Plot, same_row(Plot, Sighting.plot_id, Sighting))
        .where(Sighting.pest == pest, Sighting.state.in_(LIVE), Sighting.seen_at >= since)
    )
    found = []
    for one, area_m2 in session.execute(query):
        at = origin.flat(one.place)
        found.append(Infestation(at.x, at.y, area_m2 or 10_000.0, (one.severity or 2) / 3))
    return found


def _one(row: Row | None) -> Row:
    if row is None:
        raise Missing
    return row
