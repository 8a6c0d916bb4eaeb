"""Vector tiles read back, by the letter of the specification and by nothing of ours."""

import struct
from collections.abc import Iterator
from typing import Any


def layers(tile: bytes) -> dict[str, dict[str, Any]]:
    """Each layer by name: extent, version, and features with id, kind, parts and properties."""
    return {
        one["name"]: one
        for number, _, body in fields(tile)
        if number == 3
        for one in (_layer(body),)
    }


def fields(message: bytes) -> Iterator[tuple[int, int, Any]]:
    """The fields of a protobuf message: number, wire type, value."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        value: Any
        if wire == 0:
            value, at = _varint(message, at)
        elif wire == 1:
            value, at = message[at : at + 8], at + 8
        elif wire == 2:
            length, at = _varint(message, at)
            value, at = message[at : at + length], at + length
            assert len(value) == length
        else:
            assert wire == 5
            value, at = message[at : at + 4], at + 4
        yield number, wire, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _packed(message: bytes) -> list[int]:
    found, at = [], 0
    while at < len(message):
        value, at = _varint(message, at)
        found.append(value)
    return found


def _layer(body: bytes) -> dict[str, Any]:
    said = list(fields(body))
    keys = [value.decode() for number, _, value in said if number == 3]
    values = [_value(value) for number, _, value in said if number == 4]
    one = {number: value for number, _, value in said if number in (1, 5, 15)}
    features = [_feature(value, keys, values) for number, _, value in said if number == 2]
    return {
        "name": one[1].decode(),
        "extent": one[5],
        "version": one[15],
        "features": {feature["id"]: feature for feature in features},
    }


def _value(body: bytes) -> Any:
    ((number, _, value),) = fields(body)
    if number == 1:
        return value.decode()
    if number == 2:
        return struct.unpack("<f", value)[0]
    if number == 3:
        return struct.unpack("<d", value)[0]
    if number == 6:
        return (value >> 1) ^ -(value & 1)
    return bool(value) if number == 7 else value


def _feature(body: bytes, keys: list[str], values: list[Any]) -> dict[str, Any]:
    said = {number: value for number, _, value in fields(body)}
    tags = _packed(said.get(2, b""))
    return {
        "id": said[1],
        "kind": said[3],
        "parts": _parts(_packed(said[4])),
        "properties": {
            keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)
        },
    }


def _parts(commands: list[int]) -> list[list[tuple[int, int]]]:
    """Rings, lines or points, as corners on the grid; a ring is not closed by a corner."""
    found: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(commands):
        verb, times = commands[at] & 7, commands[at] >> 3
        at += 1
        if verb == 7:
            assert times == 1
            continue
        for _ in range(times):
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            at += 2
            if verb == 1:
                found.append([])
            found[-1].append((x, y))
    return found
