"""What may be written about a plot or a canal, and what may not."""

from collections.abc import Mapping
from typing import Any

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.rules.rows import NAME_LETTERS, WORD_LETTERS
from coopfarm.planning.need import crops

LONGEST_ALLOWANCE_MINUTES = 44_640
LARGEST = 1e9


class ChangedMeanwhile(Conflict):
    """Somebody else wrote first."""

    code = "changed-meanwhile"
    words = N_(
        "Somebody changed %(what)s since you opened it. Nothing of yours was kept; load it again"
        " and repeat your change."
    )


class OutOfRange(Invalid):
    """A number that cannot be."""

    code = "land-number-out-of-range"
    words = N_("%(field)s is %(value)s; it is at least %(least)s and at most %(most)s.")


class TooLong(Invalid):
    """More letters than fit."""

    code = "land-text-too-long"
    words = N_("%(field)s has %(letters)s letters; up to %(most)s fit.")


class NetAreaTooLarge(Invalid):
    """More land earns water than there is."""

    code = "net-area-too-large"
    words = N_(
        "The net area of %(net_m2)s m² is more than the whole plot, %(gross_m2)s m². Net is what"
        " is left without paths and buildings."
    )


class CropNotInTable(Invalid):
    """A crop whose need nobody can work out."""

    code = "crop-not-in-table"
    words = N_("The crop “%(word)s” is not in the table of crops. Like it: %(alike)s.")


def check_edition(what: str, stored: int, seen: int) -> None:
    """Raise ChangedMeanwhile unless the edition that was seen is the one that is stored."""
    if stored != seen:
        raise ChangedMeanwhile(what=what)


def check_plot(gross_area_m2: float, values: Mapping[str, Any]) -> None:
    """Raise the first thing about new values of a plot that cannot be."""
    _fits("name", values.get("name"), NAME_LETTERS)
    _fits("soil", values.get("soil"), WORD_LETTERS)
    net_m2 = values.get("net_area_m2")
    if net_m2 is not None:
        _within("net_area_m2", net_m2, 0.01, LARGEST)
        if net_m2 > gross_area_m2:
            raise NetAreaTooLarge(field="net_area_m2", net_m2=net_m2, gross_m2=gross_area_m2)
    _within("shares", values.get("shares"), 0, LARGEST)
    for name in ("filling_minutes", "draining_minutes"):
        _within(name, values.get(name), 0, LONGEST_ALLOWANCE_MINUTES)
    crop = values.get("crop")
    if crop and crops.find(crop) is None:
        refused = CropNotInTable(field="crop", word=crop, alike=", ".join(crops.closest(crop)[:5]))
        refused.alternatives = [{"crop": code, "title": code} for code in crops.closest(crop)]
        raise refused


def check_canal(values: Mapping[str, Any]) -> None:
    """Raise the first thing about new values of a canal that cannot be, its feeder aside."""
    _fits("name", values.get("name"), NAME_LETTERS)
    _within("efficiency", values.get("efficiency"), 1e-6, 1)
    _within("capacity_l_s", values.get("capacity_l_s"), 0, LARGEST)
    _within("length_m", values.get("length_m"), 0, LARGEST)


def check_outlet(values: Mapping[str, Any]) -> None:
    """Raise the first thing about new values of an outlet that cannot be."""
    _fits("name", values.get("name"), NAME_LETTERS)
    _within("capacity_l_s", values.get("capacity_l_s"), 1e-6, LARGEST)
    _within("metres_from_head", values.get("metres_from_head"), 0, LARGEST)


def _fits(name: str, text: str | None, most: int) -> None:
    if text is not None and len(text) > most:
        raise TooLong(field=name, letters=len(text), most=most)


def _within(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise OutOfRange(field=name, value=value, least=least, most=most)
