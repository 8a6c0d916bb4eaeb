"""The jobs machines do, and how the states of machines and bookings are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coopfarm.kernel.words import N_, Phrase

JOBS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "plough": Phrase("job:plough", N_("ploughing")),
        "harrow": Phrase("job:harrow", N_("harrowing")),
        "level": Phrase("job:level", N_("levelling")),
        "seed": Phrase("job:seed", N_("sowing")),
        "fertilise": Phrase("job:fertilise", N_("spreading fertiliser")),
        "spray": Phrase("job:spray", N_("spraying")),
        "mow": Phrase("job:mow", N_("mowing")),
        "harvest": Phrase("job:harvest", N_("harvest")),
        "thresh": Phrase("job:thresh", N_("threshing")),
        "bale": Phrase("job:bale", N_("baling")),
        "haul": Phrase("job:haul", N_("hauling")),
        "pump": Phrase("job:pump", N_("pumping")),
        "dig": Phrase("job:dig", N_("digging")),
    }
)
CATEGORIES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "tractor": Phrase("category:tractor", N_("tractor")),
        "combine": Phrase("category:combine", N_("combine harvester")),
        "thresher": Phrase("category:thresher", N_("thresher")),
        "plough": Phrase("category:plough", N_("plough")),
        "harrow": Phrase("category:harrow", N_("harrow")),
        "tiller": Phrase("category:tiller", N_("tiller")),
        "leveller": Phrase("category:leveller", N_("land leveller")),
        "seeder": Phrase("category:seeder", N_("seed drill")),
        "spreader": Phrase("category:spreader", N_("spreader")),
        "sprayer": Phrase("category:sprayer", N_("sprayer")),
        "mower": Phrase("category:mower", N_("mower")),
        "baler": Phrase("category:baler", N_("baler")),
        "trailer": Phrase("category:trailer", N_("trailer")),
        "pump": Phrase("category:pump", N_("pump")),
        "digger": Phrase("category:digger", N_("digger")),
        "other": Phrase("category:other", N_("other machine")),
    }
)
MACHINE_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "in_service": Phrase("machine:in_service", N_("in service")),
        "broken": Phrase("machine:broken", N_("broken")),
        "retired": Phrase("machine:retired", N_("retired")),
    }
)
BOOKING_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "requested": Phrase("booking:requested", N_("waiting for the office")),
        "confirmed": Phrase("booking:confirmed", N_("booked")),
        "out": Phrase("booking:out", N_("out")),
        "returned": Phrase("booking:returned", N_("returned")),
        "settled": Phrase("booking:settled", N_("settled")),
        "declined": Phrase("booking:declined", N_("declined")),
        "cancelled": Phrase("booking:cancelled", N_("cancelled")),
        "no_show": Phrase("booking:no_show", N_("nobody came")),
    }
)
# Those that hold a machine, and those that count against a member's limits.
HOLDS: Final = ("confirmed", "out")
OPEN: Final = ("requested", "confirmed", "out")
COUNTS: Final = (*OPEN, "returned", "settled", "no_show")
OFFICE: Final = ("manager",)
