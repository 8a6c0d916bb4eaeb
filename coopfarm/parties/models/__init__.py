"""Work parties, their places and plans; duty; rotas; asks and offers."""

from coopfarm.parties.models.asking import Ask, AskMatch
from coopfarm.parties.models.duty import Duty, DutyPeriod
from coopfarm.parties.models.party import (
    MemberSkill,
    PartyPlan,
    PartyPlot,
    PartyPolicy,
    Place,
    WorkParty,
)
from coopfarm.parties.models.rota import Rota, RotaMember, Slot, SlotSwap

__all__ = [
    "Ask",
    "AskMatch",
    "Duty",
    "DutyPeriod",
    "MemberSkill",
    "PartyPlan",
    "PartyPlot",
    "PartyPolicy",
    "Place",
    "Rota",
    "RotaMember",
    "Slot",
    "SlotSwap",
    "WorkParty",
]
