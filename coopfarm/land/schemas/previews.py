"""The first letters of a file in each encoding, so that a person taps the readable one."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coopfarm.land.rules import garbled
from coopfarm.land.schemas import formats, kml, tables
from coopfarm.land.schemas.ask import ENCODINGS, Ask

ROWS = 5

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """A few rows as they read in one encoding; `garbled` where that is none of theirs."""

    encoding: str
    rows: Sequence[Row]
    garbled: bool


def make(content: bytes, ask: Ask) -> Sequence[Preview]:
    """The first rows with letters beyond ASCII in each encoding; none where that is fixed.

    Raises the refusals of files.
    """
    rows = [row for row in _rows(content, ask) if not "".join((*row, *row.values())).isascii()]
    return [_preview(rows[:ROWS], encoding) for encoding in ENCODINGS] if rows else []


def _rows(content: bytes, ask: Ask) -> Sequence[Row]:
    """Every row, each byte read as one letter."""
    form = formats.of(content)
    if form == formats.ZIP and kml.packed(content) is None:
        # GDAL is the slowest to load: only files that need it wait for it.
        from coopfarm.land.schemas import layers  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="coopfarm-") as folder:
            return layers.texts(content, ask.layer, Path(folder))
    if form != formats.TABLE or content.startswith(tables.UTF_16):
        return []
    return tables.texts(content.removeprefix(b"\xef\xbb\xbf").decode(tables.WHOLE))


def _preview(rows: Sequence[Row], encoding: str) -> Preview:
    read = [
        {_read(name, encoding): _read(cell, encoding) for name, cell in row.items()} for row in rows
    ]
    texts = [text for row in read for pair in row.items() for text in pair]
    return Preview(encoding, read, any(garbled.is_garbled(text) for text in texts))


def _read(text: str, encoding: str) -> str:
    return text.encode(tables.WHOLE).decode(encoding, "replace")


def dump(previews: Sequence[Preview]) -> list[dict[str, Any]]:
    return [asdict(preview) for preview in previews]


def load(sent: Sequence[Mapping[str, Any]]) -> Sequence[Preview]:
    return [Preview(**preview) for preview in sent]
