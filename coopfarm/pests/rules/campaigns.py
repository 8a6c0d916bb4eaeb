"""How a campaign against a pest goes: from being called to what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, NN_, Phrase

STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "called": Phrase("pest-campaign:called", N_("called")),
        "scheduled": Phrase("pest-campaign:scheduled", N_("scheduled")),
        "postponed": Phrase("pest-campaign:postponed", N_("postponed")),
        "go": Phrase("pest-campaign:go", N_("goes ahead")),
        "done": Phrase("pest-campaign:done", N_("done")),
        "evaluated": Phrase("pest-campaign:evaluated", N_("evaluated")),
        "called_off": Phrase("pest-campaign:called-off", N_("called off")),
    }
)
# From which states another one is reached.
STEPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "scheduled": ("called", "scheduled", "postponed"),
        "postponed": ("scheduled",),
        "go": ("scheduled",),
        "done": ("go",),
        "evaluated": ("done",),
        "called_off": ("called", "scheduled", "postponed"),
    }
)
OPEN: Final = ("called", "scheduled", "postponed")
ANSWERS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "waiting": Phrase("campaign-answer:waiting", N_("no answer yet")),
        "joined": Phrase("campaign-answer:joined", N_("takes part")),
        "declined": Phrase("campaign-answer:declined", N_("does not take part")),
    }
)
# When plants are counted: what is there before goes with the call, what is left with the end.
STAGES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"before": (*OPEN, "go"), "after": ("done", "evaluated")}
)
HOUR: Final = timedelta(hours=1)
LONGEST_REASON: Final = 300
MOST_RADIUS_M: Final = 10_000.0
MOST_HOURS_AHEAD: Final = 14 * 24
MOST_VISIT_DAYS: Final = 60


class CampaignWithoutReason(Invalid):
    """Called by hand, and nobody says why."""

    code = "pest-campaign-without-reason"
    words = N_("%(field)s: say in a few words why the village is called out.")


class CampaignWithoutPlots(Invalid):
    """Nothing was chosen, or no plot with that crop lies there."""

    code = "pest-campaign-without-plots"
    words = N_(
        "%(field)s: no plot lies there. Choose outlets or canals, a circle round a sighting, or an "
        "outline; plots that are not drawn are found by their outlet alone."
    )


class CampaignNumberUnusable(Invalid):
    code = "pest-campaign-number-unusable"
    words = N_("%(field)s: give a number from %(least)s to %(most)s.")


class CampaignPastThat(Conflict):
    """It went on since the page was shown."""

    code = "pest-campaign-past-that"
    words = N_("This campaign is “%(stands)s” by now. Load the page again and look.")


class NotYourCampaignPlot(NotAllowed):
    code = "not-your-campaign-plot"
    words = N_("Only who holds or works this plot answers for it, or the office that heard it.")


class NoSuchAnswer(Invalid):
    code = "no-such-campaign-answer"
    words = N_("%(field)s: Say that the plot takes part, or that it does not.")


class HoursUnfit(Invalid):
    """The window has an hour that is not fit, or of which no weather is known."""

    code = "pest-campaign-hours-unfit"
    words = N_("%(field)s: not every hour of this window is fit for spraying. Choose fit hours.")


class WindowPast(Invalid):
    code = "pest-campaign-window-past"
    words = N_("%(field)s: this window has begun already. Choose one that lies ahead.")


class NoticeTooLate(Invalid):
    """A sensitive site would hear of it too late."""

    code = "campaign-notice-too-late"
    words = N_(
        "%(field)s: sensitive sites nearby have to know %(hours)s hours ahead. Choose a window "
        "from %(earliest)s on."
    )


class SitesUnheard(Conflict):
    """A sensitive site has not answered."""

    code = "campaign-sites-unheard"
    words = N_(
        "Sensitive sites nearby have not acknowledged yet. Ring them and note what they said, or "
        "waive the notice with a reason."
    )


class CountUnusable(Invalid):
    code = "campaign-count-unusable"
    words = N_(
        "%(field)s: give how many plants were looked at, 1 or more, and how many had the pest."
    )


class NothingCounted(Conflict):
    """No plot that took part was counted before and after."""

    code = "campaign-nothing-counted"
    words = N_(
        "No plot that took part was counted both before and after. Visit one and count before "
        "the campaign is evaluated."
    )


CALLED: Final = Phrase(
    "sms-campaign-called",
    N_("%(pest)s: the village is called out. Say under Pests whether your plot takes part."),
)
ANNOUNCED: Final = Phrase(
    "sms-campaign-window",
    N_("%(pest)s: your plots are treated together from %(starts)s. Keep the day free."),
)
CALLED_OFF: Final = Phrase(
    "sms-campaign-off", N_("%(pest)s: the treatment of %(starts)s does not take place then.")
)
SITE_TOLD: Final = Phrase(
    "sms-campaign-site",
    NN_(
        "Spraying from %(starts)s, %(metres)s metre from %(site)s. Say under Pests that you know.",
        "Spraying from %(starts)s, %(metres)s metres from %(site)s. Say under Pests that you know.",
        "metres",
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """How an area is chosen: whole blocks, a circle in m round a sighting, an outline.

    `outline` is in degrees, and `text` how it was given.
    """

    outlet_ids: tuple[UUID, ...] = ()
    canal_ids: tuple[UUID, ...] = ()
    sighting_id: UUID | None = None
    circle_m: float = 0.0
    outline: BaseGeometry | None = None
    text: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "outlets": [str(one) for one in self.outlet_ids],
            "canals": [str(one) for one in self.canal_ids],
            "sighting": str(self.sighting_id) if self.sighting_id else None,
            "circle_m": self.circle_m,
            "outline": self.text,
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """Whom to tell how far and how many hours ahead, and when to look what it did."""

    radius_m: float = 500.0
    hours_ahead: int = 48
    visit_after_days: int = 7

    def __post_init__(self) -> None:
        """Raises CampaignNumberUnusable."""
        for field, value, least, most in (
            ("radius_m", self.radius_m, 0, MOST_RADIUS_M),
            ("hours_ahead", self.hours_ahead, 0, MOST_HOURS_AHEAD),
            ("visit_after_days", self.visit_after_days, 1, MOST_VISIT_DAYS),
        ):
            if not least <= value <= most:
                raise CampaignNumberUnusable(field=field, least=least, most=most)


def check_step(state: str, to: str) -> None:
    """Raises CampaignPastThat."""
    if state not in STEPS[to]:
        raise CampaignPastThat(stands=STATES[state]())


def check_notice(starts_at: datetime, now: datetime, hours_ahead: int) -> None:
    """Raises NoticeTooLate where sites would hear of a window too late."""
    earliest = now + timedelta(hours=hours_ahead)
    if starts_at < earliest:
        raise NoticeTooLate(field="starts_at", hours=hours_ahead, earliest=earliest)


def is_fit(air: Sequence[dict[str, Any]], during: Interval) -> bool:
    """Whether each hour of a window is known and fit."""
    fit = {datetime.fromisoformat(one["at"]) for one in air if one["ok"]}
    hours = round(during.length / HOUR)
    return hours > 0 and all(during.start + hour * HOUR in fit for hour in range(hours))


def check_count(plants: int, infested: int) -> None:
    """Raises CountUnusable."""
    if not 0 < plants <= 1_000_000:
        raise CountUnusable(field="plants")
    if not 0 <= infested <= plants:
        raise CountUnusable(field="infested")
