"""What a person said about a file that waits, and what is to be asked next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from json import dumps
from typing import Any

LAYER, LETTERS, SYSTEM, COLUMNS, REPORT = "layer", "letters", "system", "columns", "report"
STEPS = (LAYER, LETTERS, SYSTEM, COLUMNS, REPORT)

# What each refusal of a file asks for.
_ASKS_FOR = {
    "several-layers": LAYER,
    "no-such-layer": LAYER,
    "text-unreadable": LETTERS,
    "coordinate-system-missing": SYSTEM,
    "no-such-coordinate-system": SYSTEM,
    "import-no-such-column": COLUMNS,
    "import-no-such-field": COLUMNS,
}


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be read; "" means as the file itself says.

    `columns` says field → column, "" for a field the file does not have; {} goes by the names
    of the columns, and None until somebody looked at them. `leave_out` are numbers of features.
    """

    layer: str = ""
    encoding: str = ""
    crs: str = ""
    columns: Mapping[str, str] | None = None
    swap_axes: bool = False
    make_codes: bool = False
    make_outlets: bool = False
    leave_out: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        return cls(**{**kept, "leave_out": tuple(kept.get("leave_out", ()))})

    def as_json(self) -> dict[str, Any]:
        columns = None if self.columns is None else dict(self.columns)
        return {**asdict(self), "columns": columns, "leave_out": list(self.leave_out)}

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was said yet but which layer to read."""
        return self == Choices(layer=self.layer)

    @property
    def digest(self) -> str:
        """A short name of exactly these choices, for the form that was made by them."""
        return sha256(dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]

    def reads_like(self, other: "Choices") -> bool:
        """Whether a file holds the same by both: what is made of it besides does not matter."""
        mine, others = (
            replace(choices, columns=choices.columns or {}, make_outlets=False)
            for choices in (self, other)
        )
        return mine == others

    def with_layer(self, layer: str) -> "Choices":
        """Another layer is another file: nothing that was said holds for it."""
        return self if layer == self.layer else Choices(layer=layer)

    def with_encoding(self, encoding: str) -> "Choices":
        """Other letters may give the columns other names."""
        if encoding == self.encoding:
            return self
        return replace(self, encoding=encoding, columns=None)


def next_step(choices: Choices, refusal_code: str | None, *, letters_unclear: bool) -> str:
    """The one thing to ask next; the report where all is said, or where nothing would help."""
    asked = _ASKS_FOR.get(refusal_code or "")
    if asked == LAYER:
        return LAYER
    if letters_unclear and not choices.encoding:
        return LETTERS
    if asked is not None:
        return asked
    if refusal_code is None and choices.columns is None:
        return COLUMNS
    return REPORT


def steps(*, layers: int, letters_unclear: bool, system_missing: bool) -> Sequence[str]:
    """The steps this file goes through."""
    asked = {LAYER: layers > 1, LETTERS: letters_unclear, SYSTEM: system_missing}
    return [step for step in STEPS if asked.get(step, True)]
