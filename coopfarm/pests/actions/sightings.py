"""A pest is told of, with a photo that may follow, and may be taken back until it is decided.

No function here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from shapely import Point

from coopfarm.equipment.actions import pictures
from coopfarm.land.models import Plot
from coopfarm.land.queries import plots as land
from coopfarm.pests.actions import noticing
from coopfarm.pests.models import Sighting
from coopfarm.pests.queries import sightings
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import sightings as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says they saw; `picture` may follow as an act of its own."""

    pest: str
    severity: int | None = None
    counts: Sequence[int] = ()
    plot_id: UUID | None = None
    position: rules.Position | None = None
    note: str = ""
    picture: bytes | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, with which roles, when, and where the day begins."""

    by_id: UUID
    roles: frozenset[str]
    now: datetime
    zone: ZoneInfo


def report(session: TenantSession, told: Told, act: Act) -> Sighting:
    """Write a sighting down, and let the neighbours know.

    The same told twice within minutes is one sighting. Raises NoSuchPest, what
    `rules.check_measure` and `pictures.keep` do, SightingNoteTooLong, SightingWithoutPlace
    and Missing.
    """
    catalogue.check(told.pest)
    rules.check_measure(told.severity, told.counts)
    found = _made(session, told, act)
    before = sightings.told_lately(session, found, act.now - rules.TWICE_WITHIN)
    if before is not None:
        return before
    if told.picture:
        found.picture_id = pictures.keep(session, told.picture, act.now).id
    session.add(found)
    session.flush()
    after = {"pest": found.pest, "severity": found.severity, "counts": list(found.counts)}
    _note(session, "sighting.tell", found, act, after=after)
    noticing.tell_neighbours(session, found, act.now, act.zone)
    return found


def _made(session: TenantSession, told: Told, act: Act) -> Sighting:
    plot, place = _where(session, told)
    return Sighting(
        id=uuid4(),
        member_id=act.by_id,
        plot_id=plot.id if plot else None,
        crop=(plot.crop or "") if plot else "",
        told_pest=told.pest,
        pest=told.pest,
        severity=told.severity,
        counts=[*told.counts],
        mean_count=rules.mean_of(told.counts),
        place=place,
        accuracy_m=told.position.accuracy_m if told.position else None,
        note=rules.note_of(told.note),
        seen_at=rules.seen_at(told.seen_at, act.now),
        made_at=act.now,
        state="submitted",
    )


def _where(session: TenantSession, told: Told) -> tuple[Plot | None, Point]:
    """The plot the phone stands on, else the one chosen; where it stands, else its middle."""
    chosen = land.plot(session, told.plot_id) if told.plot_id else None
    if told.position is not None:
        place = told.position.point
        return sightings.plot_at(session, place) or chosen, place
    if chosen is None or chosen.boundary is None:
        raise rules.SightingWithoutPlace(field="plot_id")
    return chosen, chosen.boundary.representative_point()


def add_picture(session: TenantSession, sighting_id: UUID, content: bytes, act: Act) -> Sighting:
    """Add the photo that follows the words. Raises NotYourSighting, Missing, PictureUnusable."""
    found = _own(session, sighting_id, act)
    found.picture_id = pictures.keep(session, content, act.now).id
    session.flush()
    _note(session, "sighting.picture", found, act)
    return found


def withdraw(session: TenantSession, sighting_id: UUID, act: Act) -> Sighting:
    """Take a sighting back before it is decided; done again, it stays so.

    Raises NotYourSighting, SightingPastThat and Missing.
    """
    found = _own(session, sighting_id, act)
    if found.state == "withdrawn":
        return found
    if found.state != "submitted":
        raise rules.SightingPastThat(stands=rules.STATES[found.state]())
    found.state = "withdrawn"
    session.flush()
    _note(session, "sighting.withdraw", found, act)
    return found


def _own(session: TenantSession, sighting_id: UUID, act: Act) -> Sighting:
    found = sightings.sighting(session, sighting_id, for_update=True)
    if found.member_id != act.by_id:
        raise rules.NotYourSighting
    return found


def _note(session: TenantSession, verb: str, found: Sighting, act: Act, **more: Any) -> None:
    audit.record(session, verb, found, actor_id=act.by_id, at=act.now, **more)
