"""The fields of a file: each by its name, of its type, or refused with its path."""

from collections.abc import Mapping
from dataclasses import dataclass

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.json_text import join


class UnknownField(Invalid):
    """A field this format does not have."""

    code = "file-field-unknown"
    words = N_("%(field)s is no field of this format, which has: %(known)s.")


class FieldMissing(Invalid):
    """A field this format cannot do without."""

    code = "file-field-missing"
    words = N_("%(field)s is missing.")


class WrongType(Invalid):
    """A field that holds another kind of thing."""

    code = "file-field-wrong-type"
    words = N_("%(field)s has to be %(wanted)s, not %(found)s.")


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a file and its path, "" for the file itself."""

    path: str
    values: Mapping[str, object]

    def number(self, name: str) -> float:
        return _number(self.values[name], join(self.path, name))

    def number_if_given(self, name: str) -> float | None:
        return self.number(name) if name in self.values else None

    def number_or(self, name: str, default: float) -> float:
        return self.number(name) if name in self.values else default

    def whole_number(self, name: str) -> int:
        number = self.number(name)
        if not number.is_integer():
            raise WrongType(
                field=join(self.path, name), wanted="a whole number", found=f"{number:g}"
            )
        return int(number)

    def text(self, name: str) -> str:
        return _text(self.values[name], join(self.path, name))

    def text_or_null(self, name: str) -> str | None:
        return None if self.values[name] is None else self.text(name)

    def numbers_by_id(self, name: str) -> dict[str, float]:
        path = join(self.path, name)
        entries = _object(self.values[name], path)
        return {key: _number(value, join(path, key)) for key, value in entries.items()}

    def truth_or(self, name: str, *, default: bool) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise WrongType(
                field=join(self.path, name), wanted="true or false", found=_kind_of(value)
            )
        return value

    def table_of_numbers(self, name: str) -> tuple[tuple[float, ...], ...]:
        path = join(self.path, name)
        return tuple(
            tuple(
                _number(value, f"{path}[{at}][{to}]")
                for to, value in enumerate(_list(row, f"{path}[{at}]"))
            )
            for at, row in enumerate(_list(self.values[name], path))
        )

    def texts_by_id(self, name: str) -> dict[str, str]:
        path = join(self.path, name)
        entries = _object(self.values[name], path)
        return {key: _text(value, join(path, key)) for key, value in entries.items()}

    def text_lists_by_id(self, name: str) -> dict[str, list[str]]:
        path = join(self.path, name)
        lists = {
            key: (join(path, key), _list(value, join(path, key)))
            for key, value in _object(self.values[name], path).items()
        }
        return {
            key: [_text(entry, f"{where}[{place}]") for place, entry in enumerate(entries)]
            for key, (where, entries) in lists.items()
        }

    def texts(self, name: str) -> list[str]:
        path = join(self.path, name)
        entries = enumerate(_list(self.values[name], path))
        return [_text(entry, f"{path}[{place}]") for place, entry in entries]

    def objects_by_id(
        self, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, "Fields"]:
        path = join(self.path, name)
        return {
            key: open_object(value, join(path, key), required, optional)
            for key, value in _object(self.values[name], path).items()
        }

    def whole_numbers_by_id(self, name: str) -> dict[str, int]:
        path = join(self.path, name)
        entries = Fields(path, _object(self.values[name], path))
        return {key: entries.whole_number(key) for key in entries.values}

    def objects(
        self, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> list["Fields"]:
        path = join(self.path, name)
        return [
            open_object(entry, f"{path}[{place}]", required, optional)
            for place, entry in enumerate(_list(self.values[name], path))
        ]


def open_object(
    value: object,
    path: str,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    *,
    whole: str = "",
) -> Fields:
    """The fields of an object that has all that are required and none that is unknown."""
    values = _object(value, path or whole)
    known = (*required, *optional)
    for name in values:
        if name not in known:
            raise UnknownField(field=join(path, name), known=", ".join(known))
    for name in required:
        if name not in values:
            raise FieldMissing(field=join(path, name))
    return Fields(path, values)


def _object(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise WrongType(field=path, wanted="an object", found=_kind_of(value))
    return value


def _list(value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise WrongType(field=path, wanted="a list", found=_kind_of(value))
    return value


def _number(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(field=path, wanted="a number", found=_kind_of(value))
    return float(value)


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise WrongType(field=path, wanted="a text in quotes", found=_kind_of(value))
    return value


def _kind_of(value: object) -> str:
    """How JSON calls a value that stands where another kind should."""
    if isinstance(value, bool):
        return "true or false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"
