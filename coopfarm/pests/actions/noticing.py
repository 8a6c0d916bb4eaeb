"""Neighbours hear of a pest near their plots: once a day, however many are told.

No function here commits.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite

from coopfarm.pests.models import Sighting, SightingNotice
from coopfarm.pests.queries import numbers, sightings
from coopfarm.pests.rules.catalogue import UNKNOWN
from coopfarm.pests.rules.sightings import TOLD_WITHIN_M
from coopfarm.planning.pests.risk import REACH
from coopfarm.store.tenancy import TenantSession

_INSERT: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def radius_m(session: TenantSession, pest: str) -> float:
    """How far a sighting is told: as far as the risk reaches, where that is published."""
    kernel = numbers.kernel_of(session, pest)
    return REACH * float(kernel.numbers["scale_m"]) if kernel else TOLD_WITHIN_M


def tell_neighbours(session: TenantSession, found: Sighting, now: datetime, zone: ZoneInfo) -> None:
    """Tell who holds or works a plot within the risk radius; nobody twice on one day."""
    if found.pest == UNKNOWN:
        return
    told: dict[UUID, UUID] = {}
    for plot in sightings.plots_near(session, found.place, radius_m(session, found.pest)):
        for member_id in (plot.holder_id, plot.worker_id):
            if member_id is not None and member_id != found.member_id:
                told.setdefault(member_id, plot.id)
    rows = [
        {
            "cooperative_id": session.cooperative_id,
            "id": uuid4(),
            "member_id": member_id,
            "on_day": now.astimezone(zone).date(),
            "sighting_id": found.id,
            "plot_id": plot_id,
            "made_at": now,
        }
        for member_id, plot_id in sorted(told.items())
    ]
    if rows:
        insert = _INSERT[session.get_bind().dialect.name]
        # The day's notice that is there already stays: two who tell at once make one.
        session.execute(insert(SightingNotice).on_conflict_do_nothing(), rows)
