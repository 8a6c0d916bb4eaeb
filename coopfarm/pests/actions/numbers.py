"""Numbers of pests and products are entered with their source, replaced, and ended.

No function here commits.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid4

from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import PestNumber
from coopfarm.pests.queries import numbers as queries
from coopfarm.pests.rules import numbers as rules
from coopfarm.planning.pests.species import DEVELOPMENTS, Development
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

# Pests whose published numbers come with the program, by their scientific name there.
_PUBLISHED: Final[Mapping[str, str]] = MappingProxyType(
    {"Pectinophora gossypiella": "pink-bollworm", "Tuta absoluta": "tomato-leafminer"}
)


def enter(
    session: TenantSession, wish: rules.Sourced, act: Act, *, replaces: UUID | None = None
) -> PestNumber:
    """Keep a number with its source; what it replaces is ended and stays readable.

    Raises what `rules.checked` does, NumberEndedAlready and Missing.
    """
    sourced = rules.checked(wish)
    if replaces is not None:
        end(session, replaces, act)
    found = PestNumber(
        id=uuid4(),
        kind=sourced.kind,
        subject=sourced.subject,
        numbers=dict(sourced.numbers),
        source=sourced.source,
        source_year=sourced.source_year,
        place=sourced.place,
        entered_by=act.by_id,
        entered_at=act.now,
    )
    session.add(found)
    session.flush()
    after = {"subject": found.subject, **found.numbers, "source": found.source}
    audit.record(session, "pest-number.enter", found, actor_id=act.by_id, at=act.now, after=after)
    return found


def end(session: TenantSession, number_id: UUID, act: Act) -> PestNumber:
    """Go by a number no longer. Raises NumberEndedAlready and Missing."""
    found = queries.number(session, number_id, for_update=True)
    if found.ended_at is not None:
        raise rules.NumberEndedAlready
    found.ended_at, found.ended_by = act.now, act.by_id
    session.flush()
    audit.record(session, "pest-number.end", found, actor_id=act.by_id, at=act.now)
    return found


def enter_published(session: TenantSession, act: Act) -> int:
    """Enter the published numbers that come with the program and are not there yet; how many."""
    there = {
        (row.subject, row.numbers["event"]) for row in queries.in_force(session, "development")
    }
    wishes = [_as_wish(one) for one in DEVELOPMENTS if one.pest in _PUBLISHED]
    new = [one for one in wishes if (one.subject, one.numbers["event"]) not in there]
    for wish in new:
        enter(session, wish, act)
    return len(new)


def _as_wish(one: Development) -> rules.Sourced:
    numbers = {
        "biofix": one.biofix,
        "event": one.event,
        "lower_c": one.lower_c,
        "upper_c": one.upper_c,
        "degree_days_c": one.degree_days_c,
        "method": one.method.value if one.method else "",
        "cutoff": one.cutoff.value if one.cutoff else "",
    }
    pest = _PUBLISHED[one.pest]
    return rules.Sourced("development", pest, numbers, one.source, one.year, one.place)
