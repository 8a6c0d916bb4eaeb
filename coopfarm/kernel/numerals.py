"""Digits, numbers and days as people write them, in any script."""

import re
import unicodedata
from datetime import date

_SIGNS = str.maketrans({"\u066b": ".", "\u2212": "-", "\u200e": None, "\u200f": None})
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d*)?|\.\d+)")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_LONGEST = 18
_YEARS = range(1900, 2101)


def plain_digits(text: str) -> str:
    """The text with the digits of every script as 0-9: a PIN is the same in all of them."""
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def whole(text: str, most: int) -> int | None:
    """A whole number in any digits, at most `most`; None for anything else."""
    plain = plain_digits(text.strip())
    if not plain.isdecimal():
        return None
    return most if len(plain) > _LONGEST else min(int(plain), most)


def number(text: str) -> float:
    """A plain decimal number in any digits, with `.`, `,` or the Arabic decimal sign.

    Raises ValueError for anything else, "NaN" and exponents among it.
    """
    plain = text.strip().translate(_SIGNS)
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError("not a number")
    return float(plain)


def day(text: str) -> date:
    """A day written year, month, day in any digits; a midnight after it is let pass.

    Raises ValueError for other orders and for years outside 1900-2100, so that a year of
    another calendar is not taken for a Gregorian one.
    """
    parts = _DAY.fullmatch(text.strip().translate(_SIGNS))
    if parts is None or int(parts[1]) not in _YEARS:
        raise ValueError("not a day")
    return date(int(parts[1]), int(parts[2]), int(parts[3]))
