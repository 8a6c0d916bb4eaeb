"""What was sprayed, on whose plots, what is locked by it, and what was planned there before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from coopfarm.equipment.models import Booking
from coopfarm.equipment.rules.on_plot import HARVESTS as HARVEST_JOBS
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar
from coopfarm.members.models import Member
from coopfarm.parties.models import PartyPlot, Place, WorkParty
from coopfarm.parties.rules.tasks import HARVESTS as HARVEST_TASKS
from coopfarm.pests.models import PestCampaign, PestNumber, Spray
from coopfarm.pests.queries import numbers
from coopfarm.pests.rules.sprays import Label, Lock, NotYourSpray
from coopfarm.store.base import same_row

_MOST: Final = 200
# What people plan on a plot; a window in which a pest may come keeps nobody away.
_PLANNED: Final = frozenset({"turn", "booking", "work_party"})


@dataclass(frozen=True, slots=True)
class Sprayed:
    """A record with its plot and who sprayed."""

    spray: Spray
    plot: Plot
    operator: Member

    @property
    def lock(self) -> Lock:
        spray, plot = self.spray, self.plot
        return Lock(
            plot.name or plot.code,
            spray.product,
            spray.began_at,
            spray.re_entry_until,
            spray.pre_harvest_until,
        )

    @property
    def concerned(self) -> tuple[UUID | None, ...]:
        """Who sprayed, who wrote it down, and who holds, works or pays the plot."""
        plot, spray = self.plot, self.spray
        return (
            *(spray.operator_id, spray.made_by),
            *(plot.holder_id, plot.worker_id, plot.payer_id),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that was planned on a plot before it was locked; for whom, where known."""

    time: PlotTime
    member_ids: tuple[UUID, ...] = ()
    is_harvest: bool = False


def spray(session: Session, spray_id: UUID, *, for_update: bool = False) -> Sprayed:
    """One record. Raises NotYourSpray."""
    if for_update:
        held = select(Spray).where(Spray.id == spray_id).with_for_update()
        session.scalar(held.execution_options(populate_existing=True))
    found = _sprayed(session, Spray.id == spray_id)
    if not found:
        raise NotYourSpray
    return found[0]


def lately(session: Session, since: datetime) -> Sequence[Sprayed]:
    """What was sprayed since then, the latest first; what was struck out among it."""
    return _sprayed(session, Spray.ended_at >= since)


def locks(session: Session, at: datetime) -> Sequence[Sprayed]:
    """The records that lock a plot at that moment or after it."""
    return _sprayed(session, *holds(at))


def between(session: Session, during: Interval) -> Sequence[Sprayed]:
    """Sprayings within a stretch of time, and those that lock their plot in it: for maps."""
    stands, is_locked = holds(during.start)
    is_there = or_(is_locked, Spray.ended_at > during.start)
    return _sprayed(session, stands, is_there, Spray.began_at < during.end, most=5_000)


def locks_of(session: Session, member_id: UUID, now: datetime) -> Sequence[Sprayed]:
    """What locks the plots that a member holds, works or pays."""
    concerned = (Plot.holder_id, Plot.worker_id, Plot.payer_id)
    own = or_(*(column == member_id for column in concerned))
    return _sprayed(session, *holds(now), own)


def of_member(session: Session, member_id: UUID, since: datetime) -> Sequence[Sprayed]:
    """What a member sprayed or wrote down, or was sprayed on their plots, the latest first."""
    people = (Plot.holder_id, Plot.worker_id, Plot.payer_id, Spray.operator_id, Spray.made_by)
    return _sprayed(session, or_(*(one == member_id for one in people)), Spray.ended_at >= since)


def known_products(session: Session) -> Sequence[str]:
    """The products of which an interval is gone by, in the order of their names."""
    return sorted({row.subject for row in numbers.in_force(session, "interval")})


def label_of(session: Session, product: str, crop: str) -> Label | None:
    """The interval that is gone by: of this crop before that of any, the last entered."""
    rows = numbers.in_force(session, "interval", product)
    fitting = [row for row in rows if row.numbers["crop"] == crop and crop]
    fitting = fitting or [row for row in rows if not row.numbers["crop"]]
    return _as_label(fitting[-1]) if fitting else None


def _as_label(row: PestNumber) -> Label:
    values = row.numbers
    return Label(
        values["re_entry_hours"], values["pre_harvest_days"], row.source, row.source_year, row.id
    )


def check_campaign(session: Session, campaign_id: UUID | None) -> None:
    """Raise Missing for a campaign that there is not."""
    query = select(PestCampaign.id).where(PestCampaign.id == campaign_id)
    if campaign_id is not None and session.scalar(query) is None:
        raise Missing


def worked_there(session: Session, member_id: UUID, plot_id: UUID, during: Interval) -> bool:
    """Whether a member has a place in a work party on a plot on that day."""
    query = (
        select(Place.id)
        .join(WorkParty, same_row(WorkParty, Place.party_id, Place))
        .join(
            PartyPlot,
            and_(
                PartyPlot.cooperative_id == WorkParty.cooperative_id,
                PartyPlot.party_id == WorkParty.id,
            ),
        )
        .where(
            or_(Place.member_id == member_id, Place.substitute_id == member_id),
            Place.state.in_(("joined", "present")),
            PartyPlot.plot_id == plot_id,
            WorkParty.starts_at < during.end,
            WorkParty.ends_at > during.start,
        )
    )
    return session.scalar(query.limit(1)) is not None


def planned(session: Session, found: Spray) -> Sequence[Planned]:
    """What begins on the plot while it is locked: turns, machines and work parties."""
    until = max(found.re_entry_until, found.pre_harvest_until)
    if until <= found.ended_at:
        return []
    times = [
        time
        for time in calendar.of_plots(session, [found.plot_id], Interval(found.ended_at, until))
        if time.kind in _PLANNED and time.starts_at >= found.ended_at
    ]
    ids = [time.id for time in times]
    told = {**_bookings(session, ids), **_crews(session, ids)}
    rows = [Planned(time, *told.get(time.id, ((), False))) for time in times]
    return [
        one
        for one in rows
        if one.time.starts_at < (until if one.is_harvest else found.re_entry_until)
    ]


_Told = Mapping[UUID, tuple[tuple[UUID, ...], bool]]


def _bookings(session: Session, ids: Sequence[UUID]) -> _Told:
    query = select(Booking).where(Booking.id.in_(ids))
    return {one.id: ((one.member_id,), one.job in HARVEST_JOBS) for one in session.scalars(query)}


def _crews(session: Session, ids: Sequence[UUID]) -> _Told:
    query = (
        select(PartyPlot.id, WorkParty.task, Place.member_id)
        .join(WorkParty, same_row(WorkParty, PartyPlot.party_id, PartyPlot))
        .outerjoin(
            Place,
            and_(
                Place.cooperative_id == WorkParty.cooperative_id,
                Place.party_id == WorkParty.id,
                Place.is_live,
            ),
        )
        .where(PartyPlot.id.in_(ids))
        .order_by(Place.made_at)
    )
    found: dict[UUID, tuple[tuple[UUID, ...], bool]] = {}
    for row_id, task, member_id in session.execute(query):
        crew = found.get(row_id, ((), False))[0]
        found[row_id] = ((*crew, member_id) if member_id else crew, task in HARVEST_TASKS)
    return found


def holds(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions on records that stand and lock their plot at a moment or after it."""
    is_locked = or_(Spray.re_entry_until > at, Spray.pre_harvest_until > at)
    return (Spray.struck_at.is_(None), is_locked)


def _sprayed(session: Session, *where: ColumnElement[bool], most: int = _MOST) -> Sequence[Sprayed]:
    operator = aliased(Member)
    query = (
        select(Spray, Plot, operator)
        .join(Plot, same_row(Plot, Spray.plot_id, Spray))
        .join(operator, same_row(operator, Spray.operator_id, Spray))
        .where(*where)
        .order_by(Spray.ended_at.desc(), Spray.id)
        .limit(most)
    )
    return [Sprayed(*row) for row in session.execute(query)]
