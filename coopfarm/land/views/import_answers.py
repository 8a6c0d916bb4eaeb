"""What was answered on a page of the import, taken into what was said before."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.rules import choices as steps
from coopfarm.land.rules import columns
from coopfarm.land.rules.choices import Choices
from coopfarm.land.schemas.ask import ENCODINGS
from coopfarm.land.views.door import NotOneOfThese

LONGEST_NAME: Final = 200
LONGEST_SYSTEM: Final = 60
MOST_LEFT_OUT: Final = 200
MOST_COLUMNS: Final = 500

Form = Mapping[str, str]


class TwoColumnsForOne(Invalid):
    """A field was to be read from two columns."""

    code = "import-two-columns-for-one"
    words = N_(
        "The columns %(first)s and %(second)s are to be read as the same thing. Keep one of them."
    )


def taken(kind: str, before: Choices, form: Form) -> Choices:
    """The choices with the answer to one step. Raises NotOneOfThese."""
    step = form.get("step", "")
    if step == steps.COLUMNS:
        return _columns(kind, before, form)
    if step not in _TAKEN:
        raise NotOneOfThese(field="step")
    return _TAKEN[step](before, form)


def _layer(before: Choices, form: Form) -> Choices:
    return before.with_layer(form.get("layer", "")[:LONGEST_NAME])


def _letters(before: Choices, form: Form) -> Choices:
    encoding = form.get("encoding", "")
    if encoding not in ("", *ENCODINGS):
        raise NotOneOfThese(field="encoding")
    return before.with_encoding(encoding)


def _system(before: Choices, form: Form) -> Choices:
    """A code that was written goes before one that was tapped."""
    written = plain_digits(form.get("other_crs", "")).strip()
    crs = written or form.get("crs", "").strip()
    return replace(before, crs=crs[:LONGEST_SYSTEM], swap_axes=bool(form.get("swap_axes")))


def _columns(kind: str, before: Choices, form: Form) -> Choices:
    """Nothing is kept where every column is what its name says. Raises TwoColumnsForOne."""
    if form.get("by_name"):
        return replace(before, columns={})
    means = meanings(form)
    column_of: dict[str, str] = {}
    for column, field in means.items():
        if field and field in column_of:
            raise TwoColumnsForOne(field="chosen", first=column_of[field], second=column)
        if field:
            column_of[field] = column
    if column_of == columns.match(kind, list(means), {}).column_of:
        return replace(before, columns={})
    return replace(
        before, columns={field: column_of.get(field, "") for field in columns.FIELDS[kind]}
    )


def meanings(form: Form) -> Mapping[str, str]:
    """Column → field, "" where nothing is made of it, as the form of the columns has it."""
    found = {}
    for place in range(MOST_COLUMNS):
        if f"name_{place}" not in form:
            break
        found[form[f"name_{place}"][:LONGEST_NAME]] = form.get(f"as_{place}", "")
    return found


def _ways_out(before: Choices, form: Form) -> Choices:
    """The switches of the report; each form of it sends the one it is about."""
    switches: dict[str, Any] = {
        name: form[name] == "1"
        for name in ("make_outlets", "make_codes", "swap_axes")
        if name in form
    }
    said = replace(before, **switches)
    if "leave_out" not in form:
        return said
    words = form["leave_out"].split()
    numbers = {int(word) for word in words if word.isdecimal() and len(word) < 9}
    more = set(sorted(numbers)[:MOST_LEFT_OUT])
    return replace(said, leave_out=tuple(sorted(more | set(before.leave_out))) if more else ())


_TAKEN: Final[Mapping[str, Callable[[Choices, Form], Choices]]] = MappingProxyType(
    {
        steps.LAYER: _layer,
        steps.LETTERS: _letters,
        steps.SYSTEM: _system,
        steps.REPORT: _ways_out,
    }
)
