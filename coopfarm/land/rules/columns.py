"""Which column of a file means what."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.rules.spellings import SPELLINGS

# Letters of Arabic, Persian and Urdu that people and keyboards take for each other.
_ALIKE = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ـ": ""}
)

# A Shapefile cuts the names of its columns at ten bytes.
SHORT_BYTES = 10

FIELDS = SPELLINGS

KINDS = tuple(FIELDS)


class NoSuchField(Invalid):
    """A column was to be read as something that this kind of file does not have."""

    code = "import-no-such-field"
    words = N_("There is no field %(what)s to read a column as. There are: %(fields_known)s.")


class NoSuchColumn(Invalid):
    """A column was named that the file lacks."""

    code = "import-no-such-column"
    words = N_("The file has no column %(column)s. It has: %(columns)s.")


class NoSuchKind(Invalid):
    """Only plots, outlets and canals come by file."""

    code = "import-no-such-kind"
    words = N_("%(kind)s cannot be imported; plots, outlets and canals can.")


@dataclass(frozen=True, slots=True)
class Matched:
    """Which column holds each field, and the columns that nothing was made of."""

    column_of: Mapping[str, str]
    ignored: tuple[str, ...]


def check_kind(kind: str) -> None:
    if kind not in FIELDS:
        raise NoSuchKind(field="kind", kind=kind)


def match(kind: str, columns: Sequence[str], chosen: Mapping[str, str]) -> Matched:
    """Find the fields of `kind` among the columns of a file, however they are spelt.

    `chosen` is what a person said: field → column, "" for a field the file does not have.
    Raises NoSuchField and NoSuchColumn.
    """
    _check(kind, columns, chosen)
    column_of = {field: column for field, column in chosen.items() if column}
    taken = set(column_of.values())
    free = {_plain(column): column for column in reversed(columns) if column not in taken}
    for field, spellings in FIELDS[kind].items():
        found = next((c for s in spellings if (c := _spelt(s, free)) is not None), None)
        if field not in chosen and found is not None:
            column_of[field] = free.pop(found)
    used = set(column_of.values())
    return Matched(column_of, tuple(column for column in columns if column not in used))


def _check(kind: str, columns: Sequence[str], chosen: Mapping[str, str]) -> None:
    for field, column in chosen.items():
        if field not in FIELDS[kind]:
            known = ", ".join(FIELDS[kind])
            raise NoSuchField(field="chosen", what=field, fields_known=known)
        if column and column not in columns:
            raise NoSuchColumn(field="chosen", column=column, columns=", ".join(columns))


def _plain(name: str) -> str:
    """A name without case, accents, vowel signs and blanks, and one letter where two look alike."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "_", bare.lower().translate(_ALIKE)).strip("_")


def _spelt(spelling: str, free: Mapping[str, str]) -> str | None:
    plain = _plain(spelling)
    if plain in free:
        return plain
    short = [_plain(_cut(spelling)), plain[:SHORT_BYTES]]
    return next((cut for cut in short if cut != plain and cut in free), None)


def _cut(spelling: str) -> str:
    return spelling.encode()[:SHORT_BYTES].decode("utf-8", "ignore")
