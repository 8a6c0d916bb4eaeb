"""Work parties with places to fill, and the members who owe hours."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.json_text import join
from coopfarm.planning.quantities import (
    LARGEST,
    NotFinite,
    OutOfReach,
    check_amount,
    check_positive,
)

MOST_PARTIES: Final = 2_000
MOST_MEMBERS: Final = 20_000
MOST_SKILLS: Final = 8


class NoParties(Invalid):
    """Nothing to be asked to."""

    code = "parties-none"
    words = N_("There are no work parties. Give at least one.")


class NobodyToAsk(Invalid):
    """Nobody who could be asked."""

    code = "parties-no-members"
    words = N_("There are no members to ask. Give at least one.")


class PartiesTooMany(Invalid):
    """More than one plan takes."""

    code = "parties-too-many"
    words = N_(
        "%(field)s has %(count)s entries, and one plan takes at most %(most)s. "
        "Plan a shorter time, or each village by itself."
    )


class CountOutside(Invalid):
    """A crew, a skill or a limit that cannot be counted so."""

    code = "parties-count-outside"
    words = N_("%(field)s is %(stated)s. Give a whole number from %(least)s to %(most)s.")


class SkillsTooMany(Invalid):
    """More skills than a crew is judged by."""

    code = "parties-skills-too-many"
    words = N_("%(field)s names %(count)s skills, and one party takes at most %(most)s.")


class DayEmpty(Invalid):
    """A party on no day."""

    code = "parties-day-empty"
    words = N_("%(field)s is empty. Give the day of the party, such as 2026-06-04.")


class CrewTooSmall(Invalid):
    """More roles than places."""

    code = "parties-crew-too-small"
    words = N_(
        "%(field)s is %(crew)s, and a leader with the skills asked takes %(roles)s. "
        "Give the crew more places or ask for fewer skills."
    )


class TimesAmiss(Invalid):
    """A party that ends before it starts, or has one of the two."""

    code = "parties-times-amiss"
    words = N_("%(field)s: give both starts_hour and ends_hour, and an end after the start.")


class UnknownParty(Invalid):
    """Free for what is not planned."""

    code = "parties-unknown-party"
    words = N_("%(field)s: %(member)s is free for %(party)s, which is not among the parties.")


@dataclass(frozen=True, slots=True)
class Party:
    """One party: `crew` places, one of them the leader's, and `hours` credited to each.

    `skills` are the places kept for a skill. `starts_hour` and `ends_hour` count from any one
    moment that all parties share, half-open.
    """

    id: str
    day: str
    crew: int
    hours: float
    skills: Mapping[str, int] = field(default_factory=dict)
    starts_hour: float | None = None
    ends_hour: float | None = None

    @property
    def anyone(self) -> int:
        """Places that ask for nothing."""
        return self.crew - 1 - sum(self.skills.values())

    def clashes(self, other: "Party") -> bool:
        """Whether nobody may be in both: on one day, or overlapping in time."""
        if self.day == other.day:
            return True
        if self.starts_hour is None or other.starts_hour is None:
            return False
        ends, other_ends = self.ends_hour or 0.0, other.ends_hour or 0.0
        return self.starts_hour < other_ends and other.starts_hour < ends


@dataclass(frozen=True, slots=True)
class Member:
    """Who owes hours (below 0: is owed some) and is free for some parties.

    `limit` is how many parties they may be asked to; None for any number.
    """

    id: str
    owes_hours: float
    leads: bool
    free: Sequence[str]
    distance_km: float | None = None
    skills: Sequence[str] = ()
    limit: int | None = None

    @property
    def km(self) -> float:
        """The distance, 0 where it is not told."""
        return self.distance_km or 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """The parties of a time; `exact` asks for a proven least sum of squares."""

    parties: tuple[Party, ...]
    members: tuple[Member, ...]
    exact: bool = False

    def __post_init__(self) -> None:
        if not self.parties:
            raise NoParties(field="parties")
        if not self.members:
            raise NobodyToAsk(field="members")
        for name, count, most in (
            ("parties", len(self.parties), MOST_PARTIES),
            ("members", len(self.members), MOST_MEMBERS),
        ):
            if count > most:
                raise PartiesTooMany(field=name, count=count, most=most)
        check_ids((party.id for party in self.parties), "parties")
        check_ids((member.id for member in self.members), "members")
        for place, party in enumerate(self.parties):
            _check_party(party, f"parties[{place}]")
        known = {party.id for party in self.parties}
        for place, member in enumerate(self.members):
            _check_member(member, f"members[{place}]", known)


@dataclass(frozen=True, slots=True)
class Unfilled:
    """The places of one party that nobody fills."""

    leader: int
    skills: Mapping[str, int]
    anyone: int

    @property
    def places(self) -> int:
        return self.leader + sum(self.skills.values()) + self.anyone


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is asked to which party, the leader first; what each owes afterwards; what is open."""

    crews: Mapping[str, Sequence[str]]
    owed_after: Mapping[str, float]
    unfilled: Mapping[str, Unfilled]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every party with every member asked to it."""
        return ((party, member) for party, crew in self.crews.items() for member in crew)


def _check_party(party: Party, where: str) -> None:
    if not party.day.strip():
        raise DayEmpty(field=f"{where}.day")
    _check_count(party.crew, f"{where}.crew", 1)
    check_positive(party.hours, f"{where}.hours")
    if len(party.skills) > MOST_SKILLS:
        raise SkillsTooMany(field=f"{where}.skills", count=len(party.skills), most=MOST_SKILLS)
    for skill, count in party.skills.items():
        _check_count(count, join(f"{where}.skills", skill), 1)
    if party.anyone < 0:
        raise CrewTooSmall(
            field=f"{where}.crew", crew=party.crew, roles=1 + sum(party.skills.values())
        )
    _check_times(party, where)


def _check_times(party: Party, where: str) -> None:
    starts, ends = party.starts_hour, party.ends_hour
    if starts is None and ends is None:
        return
    if starts is None or ends is None or not starts < ends:
        raise TimesAmiss(field=f"{where}.ends_hour")
    _check_balance(starts, f"{where}.starts_hour")
    _check_balance(ends, f"{where}.ends_hour")


def _check_member(member: Member, where: str, known: set[str]) -> None:
    _check_balance(member.owes_hours, f"{where}.owes_hours")
    check_amount(member.km, f"{where}.distance_km")
    if member.limit is not None:
        _check_count(member.limit, f"{where}.limit", 0)
    for place, party in enumerate(member.free):
        if party not in known:
            raise UnknownParty(field=f"{where}.free[{place}]", member=member.id, party=party)


def _check_count(count: int, name: str, least: int) -> None:
    if not least <= count <= MOST_MEMBERS:
        raise CountOutside(field=name, stated=count, least=least, most=MOST_MEMBERS)


def _check_balance(amount: float, name: str) -> None:
    if not math.isfinite(amount):
        raise NotFinite(field=name)
    if abs(amount) > LARGEST:
        raise OutOfReach(
            field=name, stated=f"{amount:g}", smallest=f"{-LARGEST:g}", largest=f"{LARGEST:g}"
        )
