"""Joint campaigns: one job over many plots, its states, and how one is refused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

MOST_PLOTS: Final = 500
MOST_SECONDS: Final = 60.0
LONGEST_DAYS: Final = 31
STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "draft": Phrase("campaign:draft", N_("draft")),
        "published": Phrase("campaign:published", N_("published")),
        "replaced": Phrase("campaign:replaced", N_("replaced by another")),
        "done": Phrase("campaign:done", N_("done")),
    }
)
COMES: Final = Phrase(
    "campaign-comes",
    N_("%(campaign)s: %(machine)s comes to plot %(plot)s from %(starts)s to %(ends)s."),
)
LEFT_OUT: Final = Phrase(
    "campaign-left-out",
    N_("%(campaign)s: no machine can come to plot %(plot)s. The reason stands with the campaign."),
)
STOP_NOT_BOOKED: Final = Phrase(
    "campaign-stop-not-booked",
    N_("This stop could not be booked. What is in the way: %(why)s"),
)
# Kept with a booking where people write their own reason; said in each reader's language.
WEATHER_REASON: Final = "No work is possible in this weather"
WEATHER: Final = Phrase("override:weather", N_("No work is possible in this weather"))


class CampaignMovedOn(Conflict):
    code = "campaign-moved-on"
    words = N_("This cannot be done: the campaign is %(campaign_state)s. Load the page again.")


class NotCertified(Conflict):
    code = "campaign-not-certified"
    words = N_("There is no certified plan of this campaign yet, so it cannot be published.")


class NoPlotsNamed(Invalid):
    code = "campaign-no-plots"
    words = N_("%(field)s: name from 1 to %(most)s plots, one a line, or choose a crop.")


class UnknownPlotCode(Invalid):
    code = "campaign-unknown-plot-code"
    words = N_(
        "%(field)s: plot %(plot)s is not known, is not drawn, or has nobody who holds or works it."
    )


class NoMachinesFree(Conflict):
    code = "campaign-no-machines"
    words = N_("No machine of this category that does this work is free on these days.")


class NoWorkRate(Conflict):
    code = "campaign-no-work-rate"
    words = N_(
        "How long the work takes is not known: enter the width and the speed of work of these "
        "machines first."
    )


class NotOfThisCampaign(Invalid):
    code = "campaign-machine-not-in-it"
    words = N_("%(field)s: this machine has nothing to do in this campaign any more.")
