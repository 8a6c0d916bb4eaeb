"""Sightings: one, those of a member, those that wait, and how long they waited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple
from uuid import UUID

from shapely import Point
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.pests.models import Sighting, SightingNotice
from coopfarm.pests.rules.sightings import LIVE
from coopfarm.store.base import same_row
from coopfarm.store.geometry import touches_shape, within_distance

_MOST: Final = 200
# What was decided, or told near me, stands on the home page so long.
NEWS_FOR: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting with the plot it is of, where it is of one."""

    sighting: Sighting
    plot: Plot | None

    @property
    def concerned(self) -> tuple[UUID | None, ...]:
        """Who told it, and who holds, works or pays the plot."""
        plot = self.plot
        of_plot = (plot.holder_id, plot.worker_id, plot.payer_id) if plot else ()
        return (self.sighting.member_id, *of_plot)


class News(NamedTuple):
    """Sightings of a member that were decided, and others near a plot of the member's."""

    decided: Sequence[Sighting]
    near: Sequence[Seen]


def sighting(session: Session, sighting_id: UUID, *, for_update: bool = False) -> Sighting:
    """One sighting. Raises Missing."""
    query = select(Sighting).where(Sighting.id == sighting_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def seen(session: Session, sighting_id: UUID) -> Seen:
    """One sighting with its plot. Raises Missing."""
    found = sighting(session, sighting_id)
    plot = session.scalar(select(Plot).where(Plot.id == found.plot_id)) if found.plot_id else None
    return Seen(found, plot)


def of_member(session: Session, member_id: UUID, *, most: int = 50) -> Sequence[Seen]:
    """What a member told, the latest first."""
    return _seen(session, Sighting.member_id == member_id, most=most)


def waiting(session: Session) -> Sequence[Seen]:
    """What nobody has looked at yet, the oldest first."""
    return _seen(session, Sighting.state == "submitted", oldest_first=True)


def decided(session: Session, *, most: int = 30) -> Sequence[Seen]:
    """What was decided lately, the latest first."""
    return _seen(session, Sighting.decided_at.is_not(None), most=most)


def live_between(session: Session, start: datetime, end: datetime) -> Sequence[Seen]:
    """What was seen from `start` to before `end` and stands: for maps and for the risk."""
    when = (Sighting.seen_at >= start, Sighting.seen_at < end, Sighting.state.in_(LIVE))
    return _seen(session, *when, most=5_000)


def count_waiting(session: Session) -> int:
    query = select(func.count()).select_from(Sighting).where(Sighting.state == "submitted")
    return session.scalar(query) or 0


def told_lately(session: Session, like: Sighting, since: datetime) -> Sighting | None:
    """The same, told already: a page that was sent twice."""
    query = select(Sighting).where(
        Sighting.member_id == like.member_id,
        Sighting.told_pest == like.told_pest,
        Sighting.plot_id == like.plot_id if like.plot_id else Sighting.plot_id.is_(None),
        Sighting.note == like.note,
        Sighting.state != "withdrawn",
        Sighting.made_at > since,
    )
    same = (like.severity, like.counts)
    found = session.scalars(query.order_by(Sighting.made_at))
    return next((one for one in found if (one.severity, one.counts) == same), None)


@dataclass(frozen=True, slots=True)
class Waited:
    """The median of the minutes from telling to deciding, and of how many sightings."""

    minutes: float
    sightings: int


def waited(session: Session, since: datetime) -> Waited | None:
    """How long sightings decided since then had waited; None where there are none."""
    query = select(Sighting.made_at, Sighting.decided_at).where(Sighting.decided_at >= since)
    found = [
        (at - made).total_seconds() / 60 for made, at in session.execute(query) if at is not None
    ]
    return Waited(median(found), len(found)) if found else None


def news(session: Session, member_id: UUID, now: datetime) -> News:
    """What the home page of a member tells, in one question."""
    since = now - NEWS_FOR
    noticed = and_(
        SightingNotice.cooperative_id == Sighting.cooperative_id,
        SightingNotice.sighting_id == Sighting.id,
        SightingNotice.member_id == member_id,
        SightingNotice.made_at > since,
        Sighting.state.in_(LIVE),
    )
    query = (
        select(Sighting, Plot)
        .outerjoin(SightingNotice, noticed)
        .outerjoin(Plot, same_row(Plot, SightingNotice.plot_id, SightingNotice))
        .where(
            or_(
                SightingNotice.id.is_not(None),
                and_(Sighting.member_id == member_id, Sighting.decided_at > since),
            )
        )
        .order_by(Sighting.made_at.desc(), Sighting.id)
    )
    rows = [Seen(*row) for row in session.execute(query)]
    return News(
        tuple(one.sighting for one in rows if one.sighting.member_id == member_id),
        tuple(one for one in rows if one.sighting.member_id != member_id),
    )


def own_plots(session: Session, member_id: UUID) -> Sequence[Plot]:
    """The plots that a member holds, works or pays, by code."""
    concerned = (Plot.holder_id, Plot.worker_id, Plot.payer_id)
    query = select(Plot).where(or_(*(column == member_id for column in concerned)))
    return session.scalars(query.order_by(Plot.code)).all()


def plot_at(session: Session, place: Point) -> Plot | None:
    """The plot on which a place lies."""
    query = select(Plot).where(Plot.boundary.is_not(None), touches_shape(Plot.boundary, place))
    return session.scalars(query.order_by(Plot.code)).first()


def plots_near(session: Session, place: Point, metres: float) -> Sequence[Plot]:
    """The plots that are at most so far from a place, by code."""
    near_by = within_distance(Plot.boundary, place, metres)
    query = select(Plot).where(Plot.boundary.is_not(None), near_by)
    return session.scalars(query.order_by(Plot.code)).all()


def _seen(
    session: Session, *where: object, oldest_first: bool = False, most: int = _MOST
) -> Sequence[Seen]:
    query = (
        select(Sighting, Plot)
        .outerjoin(Plot, same_row(Plot, Sighting.plot_id, Sighting))
        .where(*where)  # type: ignore[arg-type]  # conditions of SQLAlchemy have no common type
        .limit(most)
    )
    order = Sighting.made_at if oldest_first else Sighting.made_at.desc()
    return [Seen(*row) for row in session.execute(query.order_by(order, Sighting.id))]
