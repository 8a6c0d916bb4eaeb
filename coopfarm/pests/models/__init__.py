"""What is seen of pests, what is known of them, and what is done against them."""

from coopfarm.pests.models.campaigns import (
    CampaignCount,
    CampaignNotice,
    CampaignPlot,
    PestCampaign,
    SensitiveSite,
)
from coopfarm.pests.models.seen import (
    ControlProposal,
    PestNumber,
    PestWindow,
    ScoutingRound,
    ScoutingStop,
    Sighting,
    SightingNotice,
    Trap,
    TrapCount,
)
from coopfarm.pests.models.sprays import Spray

__all__ = [
    "CampaignCount",
    "CampaignNotice",
    "CampaignPlot",
    "ControlProposal",
    "PestCampaign",
    "PestNumber",
    "PestWindow",
    "ScoutingRound",
    "ScoutingStop",
    "SensitiveSite",
    "Sighting",
    "SightingNotice",
    "Spray",
    "Trap",
    "TrapCount",
]
