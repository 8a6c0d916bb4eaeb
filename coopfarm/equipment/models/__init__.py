"""Tables of the machines."""

from coopfarm.equipment.models.booking import Booking, Charge, MachineTime
from coopfarm.equipment.models.fleet import Kit, KitPart, Machine, Picture
from coopfarm.equipment.models.life import (
    FaultReport,
    Feed,
    HandOver,
    OverdueStep,
    Upkeep,
    UpkeepPlan,
    Waiting,
    WorkSlip,
)
from coopfarm.equipment.models.policy import MachinePolicy
from coopfarm.equipment.models.season import Campaign, Round, SeasonShare, Stop, Wish

__all__ = [
    "Booking",
    "Campaign",
    "Charge",
    "FaultReport",
    "Feed",
    "HandOver",
    "Kit",
    "KitPart",
    "Machine",
    "MachinePolicy",
    "MachineTime",
    "OverdueStep",
    "Picture",
    "Round",
    "SeasonShare",
    "Stop",
    "Upkeep",
    "UpkeepPlan",
    "Waiting",
    "Wish",
    "WorkSlip",
]
