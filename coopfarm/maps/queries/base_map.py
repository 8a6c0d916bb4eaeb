"""The operator's base map: what its file says of itself."""

import gzip
import json
import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, Final

_HEAD_BYTES: Final = 127
_GZIP: Final = 2
_LONGEST_CREDIT: Final = 300
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A file of tiles: whom its data is from, how far it goes, and a mark that changes with it."""

    credit: str
    max_zoom: int
    size_bytes: int
    mark: str


def base_map(path: Path) -> BaseMap:
    """What is told of the file; it was looked over at the start (`config`)."""
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, size: int, changed: int) -> BaseMap:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        # PMTiles version 3, section 3: where the metadata is, and how it and the tiles are packed.
        at, length = struct.unpack_from("<2Q", head, 24)
        packing, max_zoom = head[97], head[101]
        file.seek(at)
        packed = file.read(length)
    credit = _credit(packed, packing)
    return BaseMap(credit, max_zoom, size, f"{size:x}-{changed:x}")


def _credit(packed: bytes, packing: int) -> str:
    """The attribution as text; what cannot be read says nothing."""
    try:
        told: Any = json.loads(gzip.decompress(packed) if packing == _GZIP else packed)
    except (OSError, EOFError, ValueError):
        return ""
    said = told.get("attribution") if isinstance(told, dict) else None
    return unescape(_TAG.sub("", str(said or "")))[:_LONGEST_CREDIT]
