"""JSON from outside, read so that nothing in it can surprise what comes after.

What cannot be used is refused with the path of the field: a name given twice, a number that is
not finite or has hundreds of digits, text with broken characters, nesting deeper than any format
here has.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.quantities import NotFinite

MOST_DIGITS: Final = 300
MOST_LEVELS: Final = 8
_MOST_SHOWN: Final = 60


class NotJson(Invalid):
    """Text of another kind."""

    code = "not-json"
    words = N_(
        "%(field)s is not JSON: it cannot be read from line %(line)s, character %(column)s on."
    )


class NestedTooDeep(Invalid):
    """Lists in lists in lists."""

    code = "nested-too-deep"
    words = N_("%(field)s is nested deeper than any field of this format. Check the brackets.")


class GivenTwice(Invalid):
    """One name, two values."""

    code = "given-twice"
    words = N_("%(field)s is given twice. Keep the one that is meant.")


class TooManyDigits(Invalid):
    """A number no quantity has."""

    code = "too-many-digits"
    words = N_("%(field)s is a number of %(digits)s digits. Check it.")


class BrokenText(Invalid):
    """Half a character, or a control code."""

    code = "broken-text"
    words = N_("%(field)s holds characters that cannot be shown. Type it again.")


def read_json(text: str, whole: str) -> object:
    """The value of a JSON text, called `whole` ("problem") where no field can be named."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_read_object, parse_int=_read_int, parse_constant=float
        )
    except json.JSONDecodeError as fault:
        raise NotJson(field=whole, line=fault.lineno, column=fault.colno) from fault
    except RecursionError as fault:
        raise NestedTooDeep(field=whole) from fault
    wrong = next(_faults(value, whole, "", 0), None)
    if wrong is not None:
        raise wrong
    return value


def join(path: str, name: str) -> str:
    """The path of a field of the object at `path`; strange names in quotes and cut short."""
    if name.isidentifier():
        return f"{path}.{name}" if path else name
    return f"{path}[{json.dumps(name[:_MOST_SHOWN])}]"


class _Object(dict[str, object]):
    """An object as it was written, and the first name that stands in it twice."""

    twice: str | None = None


@dataclass(frozen=True, slots=True)
class _LongNumber:
    digits: int


def _read_object(pairs: list[tuple[str, object]]) -> _Object:
    read = _Object()
    for name, value in pairs:
        if name in read and read.twice is None:
            read.twice = name
        read[name] = value
    return read


def _read_int(digits: str) -> int | _LongNumber:
    return int(digits) if len(digits) <= MOST_DIGITS else _LongNumber(len(digits.lstrip("-")))


def _faults(value: object, name: str, path: str, level: int) -> Iterator[Invalid]:
    """What is wrong in a value, from the top on; `name` is its path, or the whole's own."""
    if isinstance(value, dict | list):
        if level == MOST_LEVELS:
            yield NestedTooDeep(field=name)
            return
        yield from _faults_inside(value, path, level + 1)
    elif isinstance(value, str) and not _is_sound(value):
        yield BrokenText(field=name)
    elif isinstance(value, _LongNumber):
        yield TooManyDigits(field=name, digits=value.digits)
    elif isinstance(value, float) and not math.isfinite(value):
        yield NotFinite(field=name)


def _faults_inside(
    value: dict[str, object] | list[object], path: str, level: int
) -> Iterator[Invalid]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            inside = f"{path}[{place}]"
            yield from _faults(item, inside, inside, level)
        return
    if isinstance(value, _Object) and value.twice is not None:
        yield GivenTwice(field=join(path, value.twice))
    for name, item in value.items():
        inside = join(path, name)
        if not _is_sound(name):
            yield BrokenText(field=inside)
        yield from _faults(item, inside, inside, level)


def _is_sound(text: str) -> bool:
    """Whether it can be written out: no half characters, no control codes but white space."""
    if text.isprintable():
        return True
    return not any(
        "\ud800" <= letter <= "\udfff" or (letter < " " and not letter.isspace()) for letter in text
    )
