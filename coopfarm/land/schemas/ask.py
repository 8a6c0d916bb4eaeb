"""What somebody says about a file so that it can be read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ENCODINGS = ("utf-8", "cp1256", "cp1252", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Ask:
    """What to make of a file; whatever is None is taken from the file itself.

    `crs` is an EPSG code, `chosen` says field → column, "" for a field the file does not have.
    """

    kind: str
    crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "chosen": dict(self.chosen)}
