"""Who is free for which party, where they are, and what closes a party to everybody."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import cos, hypot, radians
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import locks
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict
from coopfarm.land.models import Canal, Plot, PlotTime
from coopfarm.land.queries import calendar as plot_times
from coopfarm.members.queries import calendar as person_times
from coopfarm.parties.models import Place, WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules.policy import Terms, check_hours
from coopfarm.parties.rules.tasks import HARVESTS

_KM_A_DEGREE: Final = 111.195
_IS_SPRAYED: Final = ("spray",)
Spot = tuple[float, float]


def busy(
    session: Session, parties: Sequence[WorkParty], member_ids: Collection[UUID]
) -> Mapping[UUID, set[UUID]]:
    """The parties each member cannot be asked to: expected elsewhere, or asked before."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for party in parties:
        during = Interval(party.starts_at, party.ends_at)
        for time in person_times.of_people(session, member_ids, during, only_hard=True):
            found[time.member_id].add(party.id)
    ids = [party.id for party in parties]
    for place in session.scalars(select(Place).where(Place.party_id.in_(ids))):
        found[place.member_id].add(place.party_id)
        if place.substitute_id is not None:
            found[place.substitute_id].add(place.party_id)
    return found


def is_closed(session: Session, party: WorkParty, terms: Terms, zone: ZoneInfo) -> bool:
    """Whether nobody may be asked: at prayer, or a plot that must not be entered by then."""
    during = Interval(party.starts_at, party.ends_at)
    try:
        check_hours(during, zone, terms)
    except Conflict:
        return True
    return lock_on(session, party, also=_IS_SPRAYED) is not None


def lock_on(session: Session, party: WorkParty, *, also: Collection[str] = ()) -> PlotTime | None:
    """What keeps people off one of a party's plots in its hours: a lock after spraying."""
    plots = [one.plot_id for one in known.party_plots(session, [party.id])]
    during = Interval(party.starts_at, party.ends_at)
    keeps = {*locks(harvests=party.task in HARVESTS), *also}
    times = plot_times.of_plots(session, plots, during) if plots else ()
    return next((time for time in times if time.kind in keeps), None)


def spots_of_members(session: Session) -> Mapping[UUID, Spot]:
    """Where members farm, in degrees east and north: the middle of one of their plots."""
    query = select(Plot.holder_id, Plot.worker_id, Plot.boundary).where(Plot.boundary.is_not(None))
    found: dict[UUID, Spot] = {}
    for holder_id, worker_id, boundary in session.execute(query.order_by(Plot.code.desc())):
        owner = worker_id or holder_id
        if owner is not None and boundary is not None:
            middle = boundary.centroid
            found[owner] = (middle.x, middle.y)
    return found


def spot_of_party(session: Session, party: WorkParty) -> Spot | None:
    """Where a party meets, or works."""
    if party.latitude_deg is not None and party.longitude_deg is not None:
        return (party.longitude_deg, party.latitude_deg)
    shapes = [plot.boundary for plot in known.plots(session, party.id) if plot.boundary]
    if not shapes and party.canal_id is not None:
        line = session.scalar(select(Canal.line).where(Canal.id == party.canal_id))
        shapes = [line] if line is not None else []
    return (shapes[0].centroid.x, shapes[0].centroid.y) if shapes else None


def km_between(one: Spot, other: Spot) -> float:
    """As the crow flies, to a tenth."""
    # Small distances: a degree of longitude shrinks with the cosine of the latitude.
    east = (one[0] - other[0]) * cos(radians((one[1] + other[1]) / 2))
    return round(hypot(east, one[1] - other[1]) * _KM_A_DEGREE, 1)
