"""Who looks after a machine, and how a fault goes from being told to being mended."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase


class NotYourMachine(NotAllowed):
    """The office and the caretaker decide about a machine."""

    code = "not-your-machine-to-care-for"
    words = N_("The office and the caretaker of %(machine)s do this. Tell one of them.")


class FaultPastThat(Conflict):
    """Somebody was faster, or a step was left out."""

    code = "fault-past-that"
    words = N_("This fault is %(fault_state)s by now. Load the page again and look.")


class FaultWithoutWords(Invalid):
    code = "fault-without-words"
    words = N_("%(field)s: say what is wrong, in at most %(most)s letters.")


class TooManyReports(NotAllowed):
    """So many reports from one place, or about one machine, that somebody plays with it."""

    code = "too-many-fault-reports"
    words = N_(
        "Many faults were told from here in the last hour. Wait until %(until)s, or call the "
        "office; members who are signed in need not wait."
    )


FAULT_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "new": Phrase("fault:new", N_("told, not looked at yet")),
        "confirmed": Phrase("fault:confirmed", N_("confirmed")),
        "in_repair": Phrase("fault:in_repair", N_("in repair")),
        "fixed": Phrase("fault:fixed", N_("mended")),
        "no_fault": Phrase("fault:no_fault", N_("no fault found")),
    }
)
UPKEEP_STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "planned": Phrase("upkeep:planned", N_("planned")),
        "done": Phrase("upkeep:done", N_("done")),
        "cancelled": Phrase("upkeep:cancelled", N_("taken back")),
    }
)
OPEN_FAULTS: Final = ("new", "confirmed", "in_repair")
STEPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "new": ("confirmed", "no_fault", "fixed"),
        "confirmed": ("in_repair", "fixed", "no_fault"),
        "in_repair": ("fixed",),
        "fixed": (),
        "no_fault": (),
    }
)
LONGEST_WORDS: Final = 500


def cares_for(member_id: UUID, roles: frozenset[str], caretaker_id: UUID | None) -> bool:
    """Whether a member decides about a machine: the office, and its own caretaker."""
    return bool(roles & set(OFFICE)) or member_id == caretaker_id


def check_step(state: str, wanted: str) -> None:
    """Raise FaultPastThat where a fault does not go from one state to the other."""
    if wanted not in STEPS[state]:
        raise FaultPastThat(fault_state=state)
