"""Vector tiles: protobuf by hand, many shapes in one go.

https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from coopfarm.maps.rules.tiles import EXTENT, Tile

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
Property = str | int | float | bool

_POINT, _LINE, _POLYGON = 1, 2, 3
# The kind of each simple geometry of shapely, by its type id: point, line, ring, polygon.
_KIND_OF: Final = {0: _POINT, 1: _LINE, 3: _POLYGON}
_FEWEST: Final = {_POINT: 1, _LINE: 2, _POLYGON: 3}
_MOVE, _CLOSE = (1 << 3) | 1, (1 << 3) | 7
_LINE_TO, _VARINT_BITS, _MOST_BYTES = 2, 7, 7
_SHORT: Final = tuple(bytes((number,)) for number in range(128))

Shapes = NDArray[Any]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rings:
    """Corners on the tile's grid, ring after ring (lines and points are rings that stay open).

    `count` has how many corners each ring has, `of` which shape it belongs to.
    """

    corners: Whole
    count: Whole
    of: Whole


def layer(
    name: str,
    tile: Tile,
    ids: Sequence[int],
    shapes: Shapes,
    facts: Sequence[Mapping[str, Property]],
) -> bytes:
    """A layer of a tile: shapes in degrees, each with its id and what is said of it.

    What lies outside the tile or is too small for its grid is left out; empty where all is.
    """
    words = _Words()
    features = list(_features(tile, shapes, ids, facts, words)) if len(shapes) else []
    if not features:
        return b""
    body = _text(1, name) + b"".join(features) + words.written
    body += b"\x28" + _varint(EXTENT) + b"\x78\x02"
    return b"\x1a" + _varint(len(body)) + body


def on_grid(tile: Tile, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places in degrees, a row each, in units of the tile right and down from its corner."""
    across = EXTENT << tile.z
    right = (at[:, 0] + 180) / 360 * across - tile.x * EXTENT
    high = np.arcsinh(np.tan(np.radians(at[:, 1]))) / np.pi
    return np.column_stack((right, (1 - high) / 2 * across - tile.y * EXTENT))


def _cut(tile: Tile, shapes: Shapes) -> Shapes:
    """The shapes without what lies beyond the tile's buffer."""
    west, south, east, north = tile.box
    sides = shapely.bounds(shapes)
    is_over = (sides[:, :2] < (west, south)).any(axis=1) | (sides[:, 2:] > (east, north)).any(
        axis=1
    )
    if is_over.any():
        shapes = shapes.copy()
        shapes[is_over] = shapely.clip_by_rect(shapes[is_over], west, south, east, north)
    return shapes


def _features(
    tile: Tile,
    shapes: Shapes,
    ids: Sequence[int],
    facts: Sequence[Mapping[str, Property]],
    words: "_Words",
) -> Iterator[bytes]:
    parts, of = shapely.get_parts(_cut(tile, shapes), return_index=True)
    # Cut off at the side of a tile, a field may leave a line or a point behind.
    is_of_it = shapely.get_dimensions(parts) == shapely.get_dimensions(shapes)[of]
    is_of_it &= ~shapely.is_empty(parts)
    parts, of = parts[is_of_it], of[is_of_it]
    kinds = shapely.get_type_id(parts)
    numbers, at = _varints(np.asarray(ids, dtype=np.uint64))
    cuts = at.tolist()
    for type_id, kind in _KIND_OF.items():
        is_kind = kinds == type_id
        if not is_kind.any():
            continue
        end = bytes((0x18, kind, 0x22))
        rings = _rings(tile, parts[is_kind], of[is_kind], kind)
        for place, commands in _commands(rings, kind):
            number = numbers[cuts[place] : cuts[place + 1]]
            length = _varint(len(commands))
            head = b"".join((b"\x08", number, words.tags(facts[place]), end, length))
            yield b"".join((b"\x12", _varint(len(head) + len(commands)), head, commands))


def _rings(tile: Tile, parts: Shapes, of: Whole, kind: int) -> Rings:
    """The corners of the parts on the grid, without repeats, and without what collapsed."""
    _, at, offsets = shapely.to_ragged_array(parts)
    part = np.arange(len(parts))
    if kind == _POLYGON:
        part = np.repeat(part, np.diff(offsets[1]))
    starts = offsets[0] if offsets else np.arange(len(parts) + 1)
    ring = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    corners = np.rint(on_grid(tile, at[:, :2])).astype(np.int64)
    is_first = np.r_[True, ring[1:] != ring[:-1]]
    keep = is_first | np.r_[True, (corners[1:] != corners[:-1]).any(axis=1)]
    corners, ring, is_first = corners[keep], ring[keep], is_first[keep]
    if kind == _POLYGON:
        keep = _unlike_the_first(corners, is_first)
        corners, ring = corners[keep], ring[keep]
    count = np.bincount(ring, minlength=len(starts) - 1)
    is_whole = count >= _FEWEST[kind]
    if kind == _POLYGON:
        is_outer = np.r_[True, part[1:] != part[:-1]]
        turned = _turns(corners, ring, len(count))
        # On the grid y goes down: there an outer ring has a positive area, and a hole a negative.
        corners = _turned_round(corners, count, np.where(is_outer, turned < 0, turned > 0))
        is_whole &= turned != 0
        # A hole without its field around it is none.
        is_whole &= is_whole[is_outer][part]
    return Rings(corners[is_whole[ring]], count[is_whole], of[part][is_whole])


def _turned_round(corners: Whole, count: Whole, is_wrong: NDArray[np.bool_]) -> Whole:
    """The same corners, in the other order in rings that are the wrong way round."""
    ends = np.cumsum(count)
    first_and_last = np.repeat(2 * ends - count - 1, count)
    place = np.arange(len(corners))
    return corners[np.where(np.repeat(is_wrong, count), first_and_last - place, place)]


def _unlike_the_first(corners: Whole, is_first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All but the last corner of each ring where it closes the ring."""
    starts = np.flatnonzero(is_first)
    ends = np.r_[starts[1:], len(corners)] - 1
    keep = np.ones(len(corners), dtype=bool)
    keep[ends[(corners[starts] == corners[ends]).all(axis=1) & (ends > starts)]] = False
    return keep


def _turns(corners: Whole, ring: Whole, rings: int) -> Whole:
    """Twice the area of each ring, positive where it turns right on the grid."""
    if not len(corners):
        return np.zeros(rings, dtype=np.int64)
    is_last = np.r_[ring[1:] != ring[:-1], True]
    starts = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
    after = np.r_[np.arange(1, len(corners)), 0]
    after[is_last] = starts
    crossed = corners[:, 0] * corners[after, 1] - corners[after, 0] * corners[:, 1]
    return np.bincount(ring, weights=crossed, minlength=rings).astype(np.int64)


def _commands(rings: Rings, kind: int) -> Iterator[tuple[int, bytes]]:
    """Which shape, and the commands that draw it: moved from corner to corner (spec, 4.3)."""
    if not len(rings.count):
        return
    count, of = rings.count, rings.of
    closing = int(kind == _POLYGON)
    starts = np.r_[0, np.cumsum(count)[:-1]]
    is_new = np.r_[True, of[1:] != of[:-1]]
    before = np.vstack(([[0, 0]], rings.corners[:-1]))
    before[starts[is_new]] = 0
    moved = rings.corners - before
    zigzag = (moved << 1) ^ (moved >> 63)
    lengths = 3 + (count > 1) * (2 * count - 1) + closing
    at = np.r_[0, np.cumsum(lengths)]
    numbers = np.empty(at[-1], np.uint64)
    numbers[at[:-1]] = _MOVE
    has_lines = count > 1
    numbers[at[:-1][has_lines] + 3] = ((count[has_lines] - 1) << 3) | _LINE_TO
    if closing:
        numbers[at[1:] - 1] = _CLOSE
    place = np.arange(len(zigzag)) - np.repeat(starts, count)
    into = np.repeat(at[:-1], count) + np.where(place == 0, 1, 2 + 2 * place)
    numbers[into], numbers[into + 1] = zigzag[:, 0], zigzag[:, 1]
    raw, offsets = _varints(numbers)
    first = np.flatnonzero(is_new)
    cuts = offsets[at[np.r_[first, len(count)]]].tolist()
    for shape, low, high in zip(of[first].tolist(), cuts[:-1], cuts[1:], strict=True):
        yield shape, raw[low:high]


def _varints(numbers: NDArray[np.uint64]) -> tuple[bytes, Whole]:
    """The numbers, below 2⁴⁹, seven bits to a byte; and where each begins, and the last ends."""
    length = np.ones(len(numbers), np.int64)
    for more in range(1, _MOST_BYTES):
        length += numbers >= np.uint64(1 << (_VARINT_BITS * more))
    offsets = np.r_[0, np.cumsum(length)]
    written = np.empty(offsets[-1], np.uint8)
    for nth in range(_MOST_BYTES):
        has = length > nth
        if nth and not has.any():
            break
        bits = (numbers[has] >> np.uint64(_VARINT_BITS * nth)) & np.uint64(127)
        bits |= np.where(length[has] > nth + 1, np.uint64(128), np.uint64(0))
        written[offsets[:-1][has] + nth] = bits
    return written.tobytes(), offsets


class _Words:
    """The keys and values of a layer, each written once; features refer to them by place.

    Facts are known by which object they are: they must live as long as this does.
    """

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._values: dict[tuple[type, Property], int] = {}
        self._tags: dict[int, bytes] = {}

    def tags(self, facts: Mapping[str, Property]) -> bytes:
        """What is said of a feature, as a field of it; the same facts are looked at once."""
        known = self._tags.get(id(facts))
        if known is None:
            places = [
                place
                for key, value in facts.items()
                for place in (
                    self._keys.setdefault(key, len(self._keys)),
                    self._values.setdefault((type(value), value), len(self._values)),
                )
            ]
            known = self._tags[id(facts)] = _bytes(2, b"".join(map(_varint, places)))
        return known

    @property
    def written(self) -> bytes:
        keys = b"".join(_text(3, key) for key in self._keys)
        return keys + b"".join(_bytes(4, _value(value)) for _, value in self._values)


def _value(value: Property) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + bytes((value,))
    if isinstance(value, int):
        return b"\x30" + _varint((value << 1) ^ (value >> 63))
    if isinstance(value, float):
        return b"\x19" + struct.pack("<d", value)
    return _text(1, value)


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode())


def _bytes(number: int, content: bytes) -> bytes:
    return bytes(((number << 3) | 2,)) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    if number < 128:
        return _SHORT[number]
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= _VARINT_BITS
    written.append(number)
    return bytes(written)
