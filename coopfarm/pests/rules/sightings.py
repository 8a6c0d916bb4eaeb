"""What a sighting must say, what becomes of it, and who sees where it was."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shapely import Point

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests.rules.catalogue import UNKNOWN

TRIAGE: Final = ("manager", "officer")
STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "submitted": Phrase("sighting:submitted", N_("sent, not looked at yet")),
        "verified": Phrase("sighting:verified", N_("verified")),
        "corrected": Phrase("sighting:corrected", N_("verified as another pest")),
        "rejected": Phrase("sighting:rejected", N_("not taken as a sighting")),
        "withdrawn": Phrase("sighting:withdrawn", N_("taken back")),
    }
)
COUNTED: Final = ("verified", "corrected")
DECISIONS: Final = (*COUNTED, "rejected")
LIVE: Final = ("submitted", *COUNTED)
FACES: Final[Mapping[int, Phrase]] = MappingProxyType(
    {
        1: Phrase("severity:1", N_("a little")),
        2: Phrase("severity:2", N_("much")),
        3: Phrase("severity:3", N_("very bad")),
    }
)
MOST_STOPS: Final = 10
MOST_AT_A_STOP: Final = 100_000
LONGEST_NOTE: Final = 500
LONGEST_DECISION: Final = 300
# What a phone tells of its place beyond this is no place within a village.
COARSEST_M: Final = 5_000.0
# Who is told of a sighting where nothing is published on how far the pest spreads: a convention
# of who hears of it, not a number of the pest.
TOLD_WITHIN_M: Final = 500.0
_BLUR_M: Final = 1_000.0
_METRES_A_DEGREE: Final = 111_195.0
_LATE: Final = timedelta(days=30)
TWICE_WITHIN: Final = timedelta(minutes=10)


class SightingWithoutMeasure(Invalid):
    """Neither a face nor a count."""

    code = "sighting-without-measure"
    words = N_("%(field)s: say how bad it is by a face, or how many you counted at each stop.")


class SightingCountsUnusable(Invalid):
    code = "sighting-counts-unusable"
    words = N_("%(field)s: give at most %(stops)s counts, each a whole number from 0 to %(most)s.")


class SightingWithoutPlace(Invalid):
    """No plot that is drawn, and no position."""

    code = "sighting-without-place"
    words = N_(
        "%(field)s: choose a plot that is drawn on the map, or let the phone tell where you stand."
    )


class PositionUnusable(Invalid):
    """Half a position, one that is not on earth, or one as wide as a province."""

    code = "position-unusable"
    words = N_(
        "%(field)s: this position cannot be used. Try again under the open sky, or choose a plot."
    )


class SightingNoteTooLong(Invalid):
    code = "sighting-note-too-long"
    words = N_("%(field)s: at most %(most)s letters.")


class SightingPastThat(Conflict):
    """The office has decided, or it was taken back."""

    code = "sighting-past-that"
    words = N_("This sighting is “%(stands)s” by now. Load the page again and look.")


class NotYourSighting(NotAllowed):
    code = "not-your-sighting"
    words = N_("Only who told of it can do this.")


class RejectedWithoutNote(Invalid):
    """Whoever took the trouble to tell gets to know why."""

    code = "rejected-without-note"
    words = N_("%(field)s: tell the reporter in a few words why it is no sighting.")


class CorrectedToTheSame(Invalid):
    code = "corrected-to-the-same"
    words = N_("%(field)s: choose the pest that it really is. If it is the one told, verify it.")


class UnknownNotVerified(Invalid):
    """Nobody has said what it is."""

    code = "unknown-not-verified"
    words = N_("%(field)s: the reporter was not sure. Choose the pest that it is, or reject it.")


class NoSuchDecision(Invalid):
    code = "no-such-decision"
    words = N_("%(field)s: Verify it, correct it or reject it.")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone stood, in degrees, and how wide the circle is in which it may be."""

    longitude_deg: float
    latitude_deg: float
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        """Raises PositionUnusable."""
        values = (self.longitude_deg, self.latitude_deg, self.accuracy_m or 0.0)
        on_earth = abs(self.longitude_deg) <= 180 and abs(self.latitude_deg) <= 85
        near = 0 <= (self.accuracy_m or 0.0) <= COARSEST_M
        if not (all(map(math.isfinite, values)) and on_earth and near):
            raise PositionUnusable(field="position")

    @property
    def point(self) -> Point:
        return Point(self.longitude_deg, self.latitude_deg)


def check_measure(severity: int | None, counts: Sequence[int]) -> None:
    """Raises SightingWithoutMeasure and SightingCountsUnusable."""
    if severity is None and not counts:
        raise SightingWithoutMeasure(field="severity")
    if severity is not None and severity not in FACES:
        raise SightingWithoutMeasure(field="severity")
    if len(counts) > MOST_STOPS or not all(0 <= one <= MOST_AT_A_STOP for one in counts):
        raise SightingCountsUnusable(field="counts", stops=MOST_STOPS, most=MOST_AT_A_STOP)


def note_of(text: str, *, field: str = "note", most: int = LONGEST_NOTE) -> str:
    """The words without needless spaces. Raises SightingNoteTooLong."""
    plain = " ".join(text.split())
    if len(plain) > most:
        raise SightingNoteTooLong(field=field, most=most)
    return plain


def seen_at(stated: datetime | None, now: datetime) -> datetime:
    """When it was seen, as far as a phone's clock can be believed: within the last 30 days."""
    return stated if stated is not None and now - _LATE <= stated <= now else now


def mean_of(counts: Sequence[int]) -> float | None:
    return sum(counts) / len(counts) if counts else None


def sees_place(roles: Collection[str], member_id: UUID, concerned: Collection[UUID | None]) -> bool:
    """Whether somebody sees where exactly it was; `concerned` told it or farm the plot."""
    return bool(set(TRIAGE) & set(roles)) or member_id in concerned


def blurred(place: Point) -> Position:
    """The middle of the square kilometre in which a place lies: always the same one.

    Of many sightings on one plot no mean tells more than one of them.
    """
    up = _BLUR_M / _METRES_A_DEGREE
    latitude = (math.floor(place.y / up) + 0.5) * up
    across = up / math.cos(math.radians(latitude))
    longitude = (math.floor(place.x / across) + 0.5) * across
    return Position(longitude, latitude, _BLUR_M / math.sqrt(2))


def check_decision(state: str, told_pest: str, decided: str, pest: str, note: str) -> None:
    """Raise what is in the way of verifying, correcting or rejecting a sighting."""
    if state != "submitted":
        raise SightingPastThat(stands=STATES[state]())
    if decided not in DECISIONS:
        raise NoSuchDecision(field="state")
    if decided == "rejected" and not note:
        raise RejectedWithoutNote(field="note")
    if decided == "verified" and told_pest == UNKNOWN:
        raise UnknownNotVerified(field="pest")
    if decided == "corrected" and pest in (told_pest, UNKNOWN):
        raise CorrectedToTheSame(field="pest")
