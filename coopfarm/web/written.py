"""What people typed, as numbers and days: in any digits, refused by the name of its field."""

import re
from datetime import date

from flask import request as http

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

_LAST_PAGE = 9999
# The marks people type between digits, as they stand on Arabic, Persian and Urdu keyboards.
_MARKS = str.maketrans("٫٬،", ".,,")


class NotANumber(Invalid):
    code = "not-a-number"
    words = N_("%(field)s: “%(given)s” is not a number. Digits of any script work, such as 12.5.")


class NotADay(Invalid):
    code = "not-a-day"
    words = N_("%(field)s: “%(given)s” is not a day. Write year-month-day, such as 2026-07-04.")


class FieldMissing(Invalid):
    code = "field-missing"
    words = N_("%(field)s: this is needed. Fill it in.")


def number(text: str, *, field: str) -> float:
    """A finite number written in any digits. Raises FieldMissing or NotANumber."""
    plain = numerals.plain_digits(text).translate(_MARKS).strip().replace(" ", "")
    if not plain:
        raise FieldMissing(field=field)
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", plain) or len(plain) > 24:
        raise NotANumber(field=field, given=text[:40])
    return float(plain.replace(",", ""))


def day(text: str, *, field: str) -> date:
    """A day as year-month-day in any digits. Raises FieldMissing or NotADay."""
    plain = numerals.plain_digits(text).strip()
    if not plain:
        raise FieldMissing(field=field)
    try:
        return date.fromisoformat(plain)
    except ValueError as error:
        raise NotADay(field=field, given=text[:40]) from error


def page(name: str = "page") -> int:
    """The page of a list that was asked for in the query, from 1; the first for anything else."""
    return max(1, numerals.whole(http.args.get(name, ""), _LAST_PAGE) or 1)
