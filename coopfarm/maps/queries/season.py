"""What a season brought: water, machines, hands and pests, each household's part beside it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Outlet, Plot
from coopfarm.maps.rules.season import Line
from coopfarm.members.models import Member
from coopfarm.parties.models import Place, WorkParty
from coopfarm.pests.models import PestCampaign, Sighting, Spray
from coopfarm.pests.queries import campaigns
from coopfarm.pests.rules.effect import Effect
from coopfarm.planning.pests.coverage import Coverage
from coopfarm.store.base import same_row
from coopfarm.water.models import Allotment, Rotation, Turn

_HAD: Final = ("out", "returned", "settled")
_HELD: Final = ("done", "credited")
_A_YEAR: Final = timedelta(days=365)
_HOUR: Final = timedelta(hours=1)
_MINUTES_AN_HOUR: Final = 60


@dataclass(slots=True)
class Part:
    """What one member had of the water and the machines, and gave in work parties."""

    member: Member
    need_m3: float = 0.0
    award_m3: float = 0.0
    machine_hours: float = 0.0
    given_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """A campaign: its land that joined, and what it did where that was counted."""

    row: PestCampaign
    coverage: Coverage
    effect: Effect | None


@dataclass(slots=True)
class Found:
    """A season as it is kept; figures of lines are told where they are filled in."""

    plans: Sequence[Rotation]
    turns: int
    turn_hours: float
    outlets: Sequence[Line]
    machines: Sequence[Line]
    parties: Sequence[Line]
    sightings: Sequence[tuple[str, Counter[str]]]
    courses: Sequence[Course]
    sprays: Sequence[tuple[str, int, float]]
    parts: dict[UUID, Part] = field(default_factory=dict)


def began_on(session: Session, today: date) -> date:
    """When the first of what stands now was sown; a year ago, where nobody wrote a sowing down."""
    year_ago = today - _A_YEAR
    query = select(func.min(Plot.sown_on)).where(Plot.sown_on > year_ago, Plot.sown_on <= today)
    return session.scalar(query) or year_ago


def found(session: Session, during: Interval) -> Found:
    """All that began within that time."""
    members = {one.id: one for one in session.scalars(select(Member).order_by(Member.number))}
    parts = {key: Part(one) for key, one in members.items()}
    turns, turn_hours = _turns(session, during)
    return Found(
        plans=_plans(session, during),
        turns=turns,
        turn_hours=turn_hours,
        outlets=_outlets(session, during, parts),
        machines=_machines(session, during, parts),
        parties=_parties(session, during, parts),
        sightings=_sightings(session, during),
        courses=_courses(session, during),
        sprays=_sprays(session, during),
        parts=parts,
    )


def household(part: Part) -> UUID:
    """Whom a member belongs to; who has no household is one of their own."""
    return part.member.household_id or part.member.id


def _within(column: Any, during: Interval) -> Any:
    return and_(column >= during.start, column < during.end)


def _plans(session: Session, during: Interval) -> Sequence[Rotation]:
    query = select(Rotation).where(
        Rotation.state == "in_force", _within(Rotation.starts_at, during)
    )
    return session.scalars(query.order_by(Rotation.starts_at, Rotation.version)).all()


def _turns(session: Session, during: Interval) -> tuple[int, float]:
    query = select(Turn.starts_at, Turn.ends_at)
    rows = session.execute(query.where(Turn.is_live, _within(Turn.starts_at, during))).all()
    return len(rows), sum(((end - start) / _HOUR for start, end in rows), 0.0)


class _Lines:
    """Figures that are added up by name, and the households that had a part in them."""

    def __init__(self, figures: int) -> None:
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * figures)
        self._of: dict[str, set[UUID]] = defaultdict(set)

    def add(self, name: str, figures: Sequence[float], part: Part | None) -> None:
        self._sums[name] = [had + more for had, more in zip(self._sums[name], figures, strict=True)]
        if part is not None:
            self._of[name].add(household(part))

    def told(self) -> Sequence[Line]:
        return [
            Line(name, tuple(sums), frozenset(self._of[name]))
            for name, sums in sorted(self._sums.items())
        ]


def _outlets(session: Session, during: Interval, parts: dict[UUID, Part]) -> Sequence[Line]:
    """By outlet: plots in a plan, and what they needed and were awarded, m³."""
    query = (
        select(Outlet.code, Allotment.member_id, Allotment.need_m3, Allotment.award_m3)
        .join(Rotation, same_row(Rotation, Allotment.rotation_id, Allotment))
        .join(Plot, same_row(Plot, Allotment.plot_id, Allotment))
        .outerjoin(Outlet, same_row(Outlet, Plot.outlet_id, Plot))
        .where(Rotation.state == "in_force", _within(Rotation.starts_at, during))
    )
    lines = _Lines(3)
    for code, member_id, need_m3, award_m3 in session.execute(query):
        part = parts.get(member_id) if member_id else None
        lines.add(code or "", (1, need_m3, award_m3), part)
        if part is not None:
            part.need_m3 += need_m3
            part.award_m3 += award_m3
    return lines.told()


def _machines(session: Session, during: Interval, parts: dict[UUID, Part]) -> Sequence[Line]:
    """By machine: how often somebody had it, and for how many hours."""
    query = (
        select(Machine.code, Booking.member_id, MachineTime.starts_at, MachineTime.ends_at)
        .join(MachineTime, same_row(Machine, MachineTime.machine_id, MachineTime))
        .join(Booking, same_row(Booking, MachineTime.subject_id, MachineTime))
        .where(Booking.state.in_(_HAD), _within(MachineTime.starts_at, during))
    )
    lines = _Lines(2)
    for code, member_id, start, end in session.execute(query):
        hours = (end - start) / _HOUR
        lines.add(code, (1, hours), parts[member_id])
        parts[member_id].machine_hours += hours
    return lines.told()


def _parties(session: Session, during: Interval, parts: dict[UUID, Part]) -> Sequence[Line]:
    """By task: work parties held, who was there, and the hours that are credited for it."""
    query = select(WorkParty).where(
        WorkParty.state.in_(_HELD), _within(WorkParty.starts_at, during)
    )
    lines = _Lines(3)
    for party in session.scalars(query):
        hours = party.credit_minutes / _MINUTES_AN_HOUR
        lines.add(party.task, (1, 0, 0), None)
        came = select(Place.member_id).where(Place.party_id == party.id, Place.state == "present")
        for member_id in session.scalars(came):
            lines.add(party.task, (0, 1, hours), parts[member_id])
            parts[member_id].given_hours += hours
    return lines.told()


def _sightings(session: Session, during: Interval) -> Sequence[tuple[str, Counter[str]]]:
    """By pest: how many were told of, by what came of them."""
    query = (
        select(Sighting.pest, Sighting.state, func.count())
        .where(_within(Sighting.seen_at, during), Sighting.state != "withdrawn")
        .group_by(Sighting.pest, Sighting.state)
    )
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for pest, state, count in session.execute(query):
        told[pest][state] += count
    return sorted(told.items())


def _courses(session: Session, during: Interval) -> Sequence[Course]:
    query = select(PestCampaign).where(_within(PestCampaign.made_at, during))
    courses = []
    for row in session.scalars(query.order_by(PestCampaign.made_at, PestCampaign.id)):
        plots = campaigns.rows(session, row.id)
        courses.append(Course(row, campaigns.coverage(plots), campaigns.effect(plots)))
    return courses


def _sprays(session: Session, during: Interval) -> Sequence[tuple[str, int, float]]:
    """By product: how often it was sprayed, and on how many square metres in all."""
    query = (
        select(Spray.product, func.count(), func.sum(Spray.area_m2))
        .where(_within(Spray.began_at, during), Spray.struck_at.is_(None))
        .group_by(Spray.product)
        .order_by(Spray.product)
    )
    return [(product, count, area_m2) for product, count, area_m2 in session.execute(query)]
