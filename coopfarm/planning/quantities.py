"""The numbers a problem may hold."""

import math
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

LARGEST: Final = 1e15
SMALLEST: Final = 1e-100


class NotFinite(Invalid):
    """Not a number, or without end."""

    code = "not-finite"
    words = N_("%(field)s is not a finite number. Give the number itself.")


class OutOfReach(Invalid):
    """So large or so small that the sums would lose it."""

    code = "number-out-of-reach"
    words = N_(
        "%(field)s is %(stated)s. Numbers above 0 have to lie between %(smallest)s and "
        "%(largest)s here: choose another unit."
    )


class BelowZero(Invalid):
    """A quantity that cannot be negative is."""

    code = "below-zero"
    words = N_("%(field)s is %(stated)s. It has to be 0 or more.")


class NotPositive(Invalid):
    """A quantity that must be there is not."""

    code = "not-positive"
    words = N_("%(field)s is %(stated)s. It has to be more than 0.")


def check_amount(value: float, field: str) -> None:
    """Refuse what is not finite, below 0, or too large to reckon with."""
    if not math.isfinite(value):
        raise NotFinite(field=field)
    if value < 0:
        raise BelowZero(field=field, stated=f"{value:g}")
    if value > LARGEST:
        raise _out_of_reach(value, field)


def check_limit(value: float, field: str) -> None:
    """Refuse as for an amount, and what is so small that filling up to it loses it."""
    check_amount(value, field)
    if 0 < value < SMALLEST:
        raise _out_of_reach(value, field)


def check_positive(value: float, field: str) -> None:
    """Refuse as for a limit, and 0."""
    if value <= 0:
        raise NotPositive(field=field, stated=f"{value:g}")
    check_limit(value, field)


def _out_of_reach(value: float, field: str) -> OutOfReach:
    return OutOfReach(
        field=field, stated=f"{value:g}", smallest=f"{SMALLEST:g}", largest=f"{LARGEST:g}"
    )
