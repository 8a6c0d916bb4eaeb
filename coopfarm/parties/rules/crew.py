"""A crew: its places and roles, who may join and leave it, and what is credited."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.policy import attendance
from coopfarm.parties.rules.tasks import AHEAD, LEADING, SKILLS, TASKS

MOST_PLACES: Final = 500
MOST_MINUTES: Final = 24 * 60
_LONGEST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewParty:
    """What the office calls: times are aware, hours credited in minutes."""

    task: str
    title: str
    during: Interval
    cut_off_at: datetime
    places: int
    credit_minutes: int
    skills: Mapping[str, int]
    words: str = ""
    meeting_place: str = ""
    tools: str = ""
    point_deg: tuple[float, float] | None = None
    canal_id: UUID | None = None
    holder_id: UUID | None = None
    plot_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, as what, and when that is."""

    member_id: UUID
    is_office: bool
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Standing:
    """How a party stands for one member: what they may do now."""

    state: str
    cut_off_at: datetime
    places: int
    taken: int
    now: datetime

    @property
    def is_before_cut_off(self) -> bool:
        return self.state in AHEAD and self.now < self.cut_off_at


def check_new(new: NewParty, now: datetime) -> None:
    """Raise PartyChoice, PartyTimes, PartyInThePast, PartyCrew or PartyAmount."""
    if new.task not in TASKS:
        raise no.PartyChoice(field="task")
    if new.during.length > _LONGEST or new.cut_off_at > new.during.start:
        raise no.PartyTimes(field="cut_off" if new.cut_off_at > new.during.start else "ends")
    if new.during.start <= now:
        raise no.PartyInThePast(field="starts")
    least = 1 + sum(new.skills.values())
    if not least <= new.places <= MOST_PLACES:
        raise no.PartyCrew(field="places", least=least, most=MOST_PLACES)
    if any(skill not in SKILLS or skill == LEADING or n < 1 for skill, n in new.skills.items()):
        raise no.PartyChoice(field="skills")
    if not 1 <= new.credit_minutes <= MOST_MINUTES:
        raise no.PartyAmount(field="hours", least=0.25, most=MOST_MINUTES // 60)


def check_join(standing: Standing) -> None:
    """Raise PartyClosed after the cut-off, PartyFull where every place is taken."""
    if not standing.is_before_cut_off:
        raise no.PartyClosed(cut_off=standing.cut_off_at)
    if standing.taken >= standing.places:
        raise no.PartyFull(places=standing.places)


def check_leave(standing: Standing) -> None:
    if not standing.is_before_cut_off:
        raise no.PartyClosed(cut_off=standing.cut_off_at)


def check_there(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raise NotTheDay where being there is not counted at that moment."""
    open_for = attendance(starts_at, ends_at)
    if not open_for.start <= at < open_for.end:
        raise no.NotTheDay(opens=open_for.start, closes=open_for.end)


def check_witness(
    witness_id: UUID | None, absent_id: UUID, leader_id: UUID, crew: Collection[UUID]
) -> UUID:
    """The witness of a no-show: of the crew, not the one who counts, not who is missing."""
    if witness_id is None or witness_id in (absent_id, leader_id) or witness_id not in crew:
        raise no.WitnessMissing(field="witness")
    return witness_id


def role_for(
    has: Collection[str], skills: Mapping[str, int], taken: Sequence[tuple[str, str]]
) -> tuple[str, str]:
    """The role and skill of whoever joins: what the crew still misses and they can do."""
    if LEADING in has and not any(role == "leader" for role, _ in taken):
        return "leader", ""
    for skill, count in sorted(skills.items()):
        if skill in has and sum(one == skill for role, one in taken if role == "skill") < count:
            return "skill", skill
    return "hand", ""


def credited(
    came: Sequence[UUID], minutes: int, holder_id: UUID | None
) -> Mapping[UUID | str, int]:
    """Minutes that each gave (+), and that whom it helped received (−); they sum to zero.

    Who helps on their own land is owed nothing by themselves.
    """
    host: UUID | str = holder_id or "cooperative"
    gave: dict[UUID | str, int] = {one: minutes for one in came if one != host}
    return gave | {host: -minutes * len(gave)} if gave else {}
