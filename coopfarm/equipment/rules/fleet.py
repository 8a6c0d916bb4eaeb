"""What a machine may be entered as, and how it stands at a moment."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase


class MachineChanged(Conflict):
    """Somebody else changed it since the page was opened."""

    code = "machine-changed-meanwhile"
    words = N_(
        "Somebody changed %(machine)s since you opened it. Load the page again, then repeat "
        "your change."
    )


class MachineCodeTaken(Conflict):
    """Two machines of one code would be mistaken for each other."""

    code = "machine-code-taken"
    words = N_("%(field)s: another machine has the code %(code)s. Choose another one.")


class MachineNumberOut(Invalid):
    """A number that no machine has."""

    code = "machine-number-out-of-range"
    words = N_("%(field)s: give a number from %(least)s to %(most)s.")


class MachineWordMissing(Invalid):
    """A machine has a code, a name, a class and, where it is to be booked, a job."""

    code = "machine-word-missing"
    words = N_("%(field)s: this is needed, in at most %(most)s letters.")


class MachineChoice(Invalid):
    """A class, a job or a meter that the program does not know."""

    code = "machine-choice-unknown"
    words = N_("%(field)s: choose one of those on the page.")


class MachineInUse(Conflict):
    """Who is to use it comes first."""

    code = "machine-in-use"
    words = N_(
        "%(machine)s is booked or out: %(count)s bookings lie ahead, the first %(starts)s. Move "
        "them or have them given up first; none is dropped by itself."
    )


class KitNameTaken(Conflict):
    code = "kit-name-taken"
    words = N_("%(field)s: there is a set of that name already. Choose another one.")


class KitTooSmall(Invalid):
    """A set is of several machines, one of which does the job."""

    code = "kit-not-whole"
    words = N_("%(field)s: choose from 2 to %(most)s machines, of which one does this job.")


STANDINGS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "available": Phrase("standing:available", N_("free")),
        "reserved": Phrase("standing:reserved", N_("reserved")),
        "out": Phrase("standing:out", N_("out")),
        "due": Phrase("standing:due", N_("due back")),
        "upkeep": Phrase("standing:upkeep", N_("in the workshop")),
        "broken": Phrase("standing:broken", N_("broken")),
        "retired": Phrase("standing:retired", N_("retired")),
    }
)
METERS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "hours": Phrase("counts:hours", N_("engine hours")),
        "hectares": Phrase("counts:hectares", N_("hectares")),
        "kilometres": Phrase("counts:kilometres", N_("kilometres")),
        "none": Phrase("counts:none", N_("no meter")),
    }
)
KINDS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "machine": Phrase("machine-kind:machine", N_("drives by itself")),
        "implement": Phrase("machine-kind:implement", N_("is pulled or carried")),
    }
)
# The least and the most of each number, with the unit in its name; some may be unknown.
RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "work_width_m": (0.1, 60),
        "work_km_h": (0.1, 40),
        "efficiency": (0.05, 1),
        "road_km_h": (1, 80),
        "cleaning_minutes": (0, 1440),
        "meter_reading": (0, 10_000_000),
        "price_an_hour": (0, 10_000_000),
        "price_a_hectare": (0, 10_000_000),
        "hours_an_hour": (0, 100),
    }
)
MAY_BE_UNKNOWN: Final = frozenset({"work_width_m", "work_km_h"})
LONGEST: Final[Mapping[str, int]] = MappingProxyType({"code": 30, "name": 120, "name_latin": 120})
MOST_IN_A_KIT: Final = 5
_CHOICES: Final[Mapping[str, Mapping[str, Phrase]]] = MappingProxyType(
    {"category": CATEGORIES, "meter": METERS, "kind": KINDS}
)


def check_machine(values: Mapping[str, Any]) -> None:
    """Hold values of a machine against what any machine is.

    Raises MachineWordMissing, MachineChoice and MachineNumberOut, by the name of the field.
    """
    for name, most in LONGEST.items():
        if name in values:
            _check_word(name, values[name], most)
    for name, known in _CHOICES.items():
        if name in values and values[name] not in known:
            raise MachineChoice(field=name)
    if not set(values.get("jobs", ())) <= JOBS.keys():
        raise MachineChoice(field="jobs")
    for name, (low, high) in RANGES.items():
        if name in values:
            _check_number(name, values[name], low, high)


def _check_word(name: str, value: str, most: int) -> None:
    is_needed = name != "name_latin"
    if len(value) > most or (is_needed and not value):
        raise MachineWordMissing(field=name, most=most)


def _check_number(name: str, value: float | None, least: float, most: float) -> None:
    if value is None and name in MAY_BE_UNKNOWN:
        return
    if value is None or not least <= value <= most:
        raise MachineNumberOut(field=name, least=least, most=most)


def standing(state: str, held_as: str | None, *, is_late: bool) -> str:
    """How a machine stands: its own state, else by what holds it at this moment.

    `held_as` is `out`, `upkeep`, `reserved` or None; `is_late` says that it should be back.
    """
    if state in ("retired", "broken"):
        return state
    if held_as == "out" and is_late:
        return "due"
    return held_as or "available"
