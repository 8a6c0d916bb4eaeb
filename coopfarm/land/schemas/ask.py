"""What somebody says about a file so that it can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

ENCODINGS = ("utf-8", "cp1256", "cp1252", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Ask:
    """What to make of a file; whatever is None is taken from the file itself.

    `crs` is an EPSG code, `chosen` says field → column, "" for a field the file does not have.
    `swap_axes` reads x and y the other way round. `make_codes` numbers features that have no
    code of their own. `leave_out` are the numbers of features that are not to be imported.
    """

    kind: str
    crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    swap_axes: bool = False
    make_codes: bool = False
    leave_out: Sequence[int] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "chosen": dict(self.chosen), "leave_out": list(self.leave_out)}
