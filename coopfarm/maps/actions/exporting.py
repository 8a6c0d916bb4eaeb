"""Land taken out as a file: written down with its reason wherever the land is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from coopfarm.maps.queries.areas import Area
from coopfarm.maps.rules.season import Season
from coopfarm.members import queries as members
from coopfarm.members.actions.sessions import within
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

REASON_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken out, and why: layers by name, and whether of every cooperative."""

    layers: Sequence[str]
    form: str
    on: date
    everywhere: bool
    reason: str


def take_out(session: TenantSession, areas: Sequence[Area], wish: Wish, now: datetime) -> None:
    """Write down in each cooperative that its land is taken out by whom, and why."""
    after = {**asdict(wish), "on": wish.on.isoformat(), "layers": list(wish.layers)}
    for area in areas if wish.everywhere else areas[:1]:
        with within(session, area.cooperative_id):
            who = members.member(session, area.member_id)
            audit.record(session, "map.export", who, actor_id=who.id, at=now, after=after)


def take_season_out(
    session: TenantSession, season: Season, reason: str, by: UUID, now: datetime
) -> None:
    """Write down that the report of a season is taken out by whom, and why."""
    after = {"from": season.first.isoformat(), "to": season.last.isoformat(), "reason": reason}
    audit.record(
        session, "season.report", members.member(session, by), actor_id=by, at=now, after=after
    )
