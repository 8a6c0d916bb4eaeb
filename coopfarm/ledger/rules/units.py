"""What is given and received: its units, and how much of it as it is said."""

from typing import Final, Literal

from coopfarm.kernel.words import N_, Phrase, Sentence

MINUTES_AN_HOUR: Final = 60
HUNDREDTHS: Final = 100

Unit = Literal["labour", "machine", "water", "money"]

# In the smallest step: minutes, and hundredths of the cooperative's currency.
UNITS: Final = {
    "labour": Phrase("unit:labour", N_("work")),
    "machine": Phrase("unit:machine", N_("machine time")),
    "water": Phrase("unit:water", N_("water time")),
    "money": Phrase("unit:money", N_("money")),
}
_SO_MUCH: Final = {
    "labour": Phrase("ledger-amount:labour", N_("%(amount)s of work")),
    "machine": Phrase("ledger-amount:machine", N_("%(amount)s of machine time")),
    "water": Phrase("ledger-amount:water", N_("%(amount)s of water")),
    "money": Phrase("ledger-amount:money", N_("%(amount)s in money")),
}
_HOURS = Phrase("ledger-hours", N_("%(hours)s h"))
_MINUTES = Phrase("ledger-minutes", N_("%(minutes)s min"))
_BOTH = Phrase("ledger-hours-and-minutes", N_("%(hours)s h %(minutes)s min"))
_MINUS = Phrase("ledger-minus", N_("−%(amount)s"))
_PLAIN = Phrase("ledger-number", N_("%(number)s"))


def size(unit: str, amount: int) -> Sentence:
    """How much, without its sign and without what it is of: "6 h", "120.5"."""
    if unit == "money":
        return _PLAIN(number=abs(amount) / HUNDREDTHS)
    hours, minutes = divmod(abs(amount), MINUTES_AN_HOUR)
    if not minutes and hours:
        return _HOURS(hours=hours)
    return _BOTH(hours=hours, minutes=minutes) if hours else _MINUTES(minutes=minutes)


def signed(unit: str, amount: int) -> Sentence:
    """How much, with a minus where it was received."""
    return _MINUS(amount=size(unit, amount)) if amount < 0 else size(unit, amount)


def so_much(unit: str, amount: int) -> Sentence:
    """How much of what: "6 h of work"."""
    return _SO_MUCH[unit](amount=size(unit, amount))


def from_wire(unit: str, number: float) -> int:
    """The smallest steps of hours, or of the currency, as people count them."""
    return round(number * (HUNDREDTHS if unit == "money" else MINUTES_AN_HOUR))


def on_the_wire(unit: str, amount: int) -> float:
    """Hours, or the currency, as people count them."""
    return amount / (HUNDREDTHS if unit == "money" else MINUTES_AN_HOUR)
