"""Planning and publishing: what may be asked, and what may follow what."""

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase
from coopfarm.planning.need.problems import BadStation
from coopfarm.planning.need.weather import Station

RULES = {
    "cea": Phrase("rule:cea", N_("each hectare equally")),
    "proportional": Phrase("rule:proportional", N_("the same part of each need")),
    "cel": Phrase("rule:cel", N_("equal cuts")),
    "talmud": Phrase("rule:talmud", N_("halves first (Talmud)")),
}
BASES = {
    "award": Phrase("basis:award", N_("by the water awarded")),
    "area": Phrase("basis:area", N_("by area (warabandi)")),
    "shares": Phrase("basis:shares", N_("by shares (athar)")),
    "equal": Phrase("basis:equal", N_("equal turns")),
    "crop": Phrase("basis:crop", N_("by what the crops need")),
}
STATES = {
    "draft": Phrase("state:draft", N_("draft")),
    "notice": Phrase("state:notice", N_("notice")),
    "in_force": Phrase("state:in_force", N_("in force")),
    "superseded": Phrase("state:superseded", N_("superseded")),
}
FIRST_YEAR, LAST_YEAR = 1950, 2199
LONGEST_CYCLE_MINUTES = 60 * 24 * 60
LONGEST_NOTE = 1000
PLANNERS: Final = ("manager", "water_master")
OFFICE: Final = (*PLANNERS, "officer")
READERS: Final = (*OFFICE, "auditor")
UNDO_FOR = timedelta(hours=24)


class PeriodUnusable(Invalid):
    code = "period-unusable"
    words = N_(
        "%(field)s: a cycle has 1 minute to 60 days; this one has %(minutes)s minutes. "
        "A week is 7 days, ten and a half days are 10.5."
    )


class DayOutOfReach(Invalid):
    code = "day-out-of-reach"
    words = N_(
        "%(field)s: %(given)s is too far away. Plan a day of the years %(first)s to %(last)s."
    )


class PercentUnusable(Invalid):
    code = "percent-unusable"
    words = N_("%(field)s: %(given)s %% cannot be. Give more than 0 and at most 100.")


class LeastShareUnusable(Invalid):
    code = "least-share-unusable"
    words = N_("%(field)s: %(given)s %% cannot be. Give 0 to 100.")


class AmountUnusable(Invalid):
    code = "amount-unusable"
    words = N_("%(field)s: %(given)s cannot be. Give an amount above 0.")


class ChoiceUnknown(Invalid):
    code = "choice-unknown"
    words = N_("%(field)s: “%(given)s” is not one of the choices: %(choices)s.")


class NotCertified(Conflict):
    """A plan that does not hold must not bind anybody."""

    code = "not-certified"
    words = N_(
        "This plan has %(count)s findings against it, so it cannot be published. "
        "Change the plan until its certificate holds."
    )


class WrongState(Conflict):
    code = "wrong-state"
    words = N_("This plan is “%(state)s”, so that step does not fit. Load the page again.")


class NoteMissing(Invalid):
    code = "note-missing"
    words = N_("%(field)s: tell the members in a sentence why, before you publish.")


class NoteTooLong(Invalid):
    code = "note-too-long"
    words = N_("%(field)s: a note has at most %(most)s characters; this one has %(given)s.")


class AlreadyOver(Conflict):
    code = "already-over"
    words = N_("This plan's period ended on %(ends_at)s. Plan a period that is still to come.")


class UndoTooLate(NotAllowed):
    code = "undo-too-late"
    words = N_(
        "This was published more than 24 hours ago and turns have been taken by it. "
        "Publish a new plan instead."
    )


class TurnsCollide(Conflict):
    """Another plan in force has turns in the same hours."""

    code = "turns-collide"
    words = N_("Another plan in force has turns in these hours. Load the page again and look.")


class NoStation(Invalid):
    code = "no-station"
    words = N_("No weather is kept yet. Add a station and its days on the weather page first.")


class NoPlots(Invalid):
    code = "no-plots"
    words = N_("No plot is kept yet. Import the plots on the land page first.")


class NoCrop(Invalid):
    code = "no-crop"
    words = N_(
        "Plot %(plot)s has no crop written down (%(count)s such plots). "
        "Write the crop, or “fallow”, on the land page."
    )


class LandChanged(Conflict):
    """Plots were taken away while a plan was worked out for them."""

    code = "land-changed"
    words = N_(
        "Plot %(plot)s was removed while this plan was worked out. Nothing was kept; plan again."
    )


class RunEnded(Conflict):
    code = "run-ended"
    words = N_("This run has ended, so it cannot be stopped.")


class NothingYet(Conflict):
    code = "nothing-yet"
    words = N_("There is no plan yet that could be used. Wait a moment, or stop the run.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a manager asks of a plan; plain values, so that it can be kept and sent on.

    `supply` is percent of the need, l/s at the head, or m³ at the head, by `supply_kind`.
    """

    starts_at: datetime
    cycle_minutes: int
    supply: float
    supply_kind: str = "percent"
    rule: str = "cea"
    basis: str = ""
    least_percent: float = 0.0
    count_rain: bool = False
    earlier_years: bool = False
    coefficients: Mapping[str, float] | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.cycle_minutes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Wish":
        return cls(**{**stored, "starts_at": datetime.fromisoformat(stored["starts_at"])})


def check_station(where: Station) -> None:
    """Raise BadStation where the sun may not rise or set, or no cooperative lies."""
    for name, least, most in (("latitude_deg", -66.0, 66.0), ("elevation_m", -430.0, 6000.0)):
        value = getattr(where, name)
        if not least <= value <= most:
            raise BadStation(field=name, value=value, least=least, most=most)


def check_day(on: date, field: str) -> None:
    """Raise where a day lies so far away that somebody mistyped it."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise DayOutOfReach(
            field=field, given=str(on.year), first=str(FIRST_YEAR), last=str(LAST_YEAR)
        )


def check_wish(wish: Wish) -> None:
    """Raise the first thing asked for that cannot be."""
    check_day(wish.starts_at.date(), "starts_at")
    if not 0 < wish.cycle_minutes <= LONGEST_CYCLE_MINUTES:
        raise PeriodUnusable(field="cycle", minutes=wish.cycle_minutes)
    if wish.supply_kind == "percent" and not 0 < wish.supply <= 100:
        raise PercentUnusable(field="supply", given=_told(wish.supply))
    if not 0 < wish.supply < math.inf:
        raise AmountUnusable(field="supply", given=_told(wish.supply))
    if not 0 <= wish.least_percent <= 100:
        raise LeastShareUnusable(field="least_percent", given=_told(wish.least_percent))
    _check_choice("supply_kind", wish.supply_kind, ("percent", "flow", "volume"))
    _check_choice("rule", wish.rule, RULES)
    _check_choice("basis", wish.basis, ("", *BASES))


def _told(amount: float) -> float | str:
    """The amount as a fact; one that is no number by its name, for JSON has none."""
    return amount if math.isfinite(amount) else str(amount)


def _check_choice(field: str, given: str, choices: Mapping[str, Any] | tuple[str, ...]) -> None:
    if given not in choices:
        raise ChoiceUnknown(field=field, given=given, choices=", ".join(filter(None, choices)))


def check_land(known: Container[str], planned: Iterable[str]) -> None:
    """Raise LandChanged where a plan is for a plot that is no longer there."""
    for plot in planned:
        if plot not in known:
            raise LandChanged(plot=plot)


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """All that decides whether a plan may go one step on."""

    state: str
    findings: int
    ends_at: datetime
    now: datetime


def check_notice(facts: PublishFacts, note: str) -> None:
    """Raise why a draft may not be shown to the members as a proposal."""
    if facts.state != "draft":
        raise WrongState(state=facts.state)
    _check_publishable(facts)
    if not note.strip():
        raise NoteMissing(field="note")
    if len(note.strip()) > LONGEST_NOTE:
        raise NoteTooLong(field="note", most=LONGEST_NOTE, given=len(note.strip()))


def check_in_force(facts: PublishFacts) -> None:
    """Raise why a proposal may not come into force."""
    if facts.state != "notice":
        raise WrongState(state=facts.state)
    _check_publishable(facts)


def _check_publishable(facts: PublishFacts) -> None:
    if facts.findings:
        raise NotCertified(count=facts.findings)
    if facts.ends_at <= facts.now:
        raise AlreadyOver(ends_at=facts.ends_at)


def check_undo(
    state: str, in_force_at: datetime | None, starts_at: datetime, now: datetime
) -> None:
    """Raise why the last step may not be taken back."""
    if state not in ("notice", "in_force"):
        raise WrongState(state=state)
    begun = starts_at <= now
    if in_force_at is not None and begun and now - in_force_at > UNDO_FOR:
        raise UndoTooLate
