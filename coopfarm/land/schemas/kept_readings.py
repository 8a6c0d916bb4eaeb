"""What a file was found to hold, packed to be kept with it between two pages."""

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules.choices import Choices
from coopfarm.land.rules.importing import Reading
from coopfarm.land.rules.whereabouts import Whereabouts
from coopfarm.land.schemas import files, previews, wire
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.files import Answer, Looked
from coopfarm.land.schemas.previews import Preview

# Every byte is a letter in it: whatever the letters of a file are, its columns can be told apart.
_ANY_BYTES = "iso-8859-1"
_UNICODE = "utf-8"

Alternatives = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A file read by `choices`: what it holds, or why it cannot be read so.

    `layers` and `systems` are those it offered when nobody had said which.
    """

    choices: Choices
    reading: Reading | None = None
    refusal: Invalid | None = None
    previews: Sequence[Preview] = ()
    layers: Alternatives = ()
    systems: Alternatives = ()

    @property
    def letters_unclear(self) -> bool:
        """Whether the file reads one way or another, and not as Unicode."""
        are_unicode = any(p.encoding == _UNICODE and not p.garbled for p in self.previews)
        return not are_unicode and len({str(preview.rows) for preview in self.previews}) > 1

    @property
    def columns_hash(self) -> str:
        """SHA-256 of the columns as they lie in the file; nothing where they are not known."""
        rows = next((p.rows for p in self.previews if p.encoding == _ANY_BYTES), ())
        found = list(rows[0]) if rows else list(self.reading.columns) if self.reading else []
        return sha256(json.dumps(found).encode()).hexdigest() if found else ""


@dataclass(frozen=True, slots=True)
class PackedReading:
    """A file that was just read; the records, which nobody looked at yet, stay packed.

    `head` has all but these, `body` the lines of the whole reading.
    """

    head: KeptReading
    body: bytes


def read(
    file: BinaryIO,
    kind: str,
    choices: Choices,
    *,
    near: Whereabouts | None,
    before: KeptReading | None = None,
) -> PackedReading:
    """The file by these choices, in another process; what was known `before` is not asked again."""
    is_new = before is None or before.choices.layer != choices.layer
    ask = ask_of(kind, choices)
    found, body = files.look(file, ask, _packed, near=near, with_previews=is_new)
    ways = found.refusal.alternatives if found.refusal else ()
    head = KeptReading(
        choices,
        reading=found.reading,
        refusal=found.refusal,
        previews=found.previews if before is None or is_new else before.previews,
        layers=[way for way in ways if way.get("layer")] or (before.layers if before else ()),
        systems=[way for way in ways if way.get("crs")] or _systems(before, is_new=is_new),
    )
    return PackedReading(head, body)


def _packed(found: Looked, lines: Answer) -> tuple[Looked, bytes]:
    """What was found without its records, and the lines as they come: none is held here."""
    first = next(lines, b"")
    if not first:
        return found, b""
    packed = io.BytesIO()
    with gzip.open(packed, "wb", compresslevel=1) as out:
        out.write(first)
        out.writelines(lines)
    return replace(found, reading=wire.load(iter([json.loads(first)]))), packed.getvalue()


def _systems(before: KeptReading | None, *, is_new: bool) -> Alternatives:
    return () if before is None or is_new else before.systems


def ask_of(kind: str, choices: Choices) -> Ask:
    return Ask(
        kind,
        crs=choices.crs or None,
        layer=choices.layer or None,
        encoding=choices.encoding or None,
        chosen=choices.columns or {},
        swap_axes=choices.swap_axes,
        make_codes=choices.make_codes,
        leave_out=choices.leave_out,
    )


def pack(found: PackedReading) -> bytes:
    """The same as a gzip of lines of JSON: what the file as a whole is, then its reading."""
    head = found.head
    first = {
        "choices": head.choices.as_json(),
        "refusal": wire.dump_refusal(head.refusal) if head.refusal else None,
        "previews": previews.dump(head.previews),
        "layers": list(head.layers),
        "systems": list(head.systems),
        "is_read": head.reading is not None,
    }
    return gzip.compress(json.dumps(first).encode() + b"\n", compresslevel=1) + found.body


def unpack(packed: bytes) -> KeptReading:
    return _unpacked(packed)


def unpack_head(packed: bytes) -> KeptReading:
    """The same without the records, for whoever asks about none of them."""
    return _unpacked(packed, most_lines=2)


def _unpacked(packed: bytes, most_lines: int | None = None) -> KeptReading:
    with gzip.open(io.BytesIO(packed)) as lines:
        sent = map(json.loads, islice(lines, most_lines))
        first = next(sent)
        return KeptReading(
            choices=Choices.from_json(first["choices"]),
            reading=wire.load(sent) if first["is_read"] else None,
            refusal=wire.load_refusal(first["refusal"]) if first["refusal"] else None,
            previews=previews.load(first["previews"]),
            layers=first["layers"],
            systems=first["systems"],
        )
