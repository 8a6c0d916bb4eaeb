"""How a Python function becomes one that SQL may call with anything at all."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite import blob

SqlValue = str | bytes | int | float | None
Answer = Callable[..., SqlValue]

# What shapely, pyproj and struct raise for values that make no sense to them.
SENSELESS = (
    ShapelyError,
    ProjError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """One function under all its names, for each number of arguments it takes."""

    names: tuple[str, ...]
    arities: tuple[int, ...]
    call: Answer


def both(name: str) -> tuple[str, str]:
    """SpatiaLite knows most functions with and without `ST_` before the name."""
    return name, f"ST_{name}"


def or_null(function: Answer) -> Answer:
    """NULL in, NULL out; and NULL instead of an error that would stop the statement."""

    def call(*values: SqlValue) -> SqlValue:
        if any(value is None for value in values):
            return None
        try:
            return function(*values)
        except SENSELESS:
            return None

    return call


def asks(function: Callable[..., Any], shapes: int = 1) -> Answer:
    """A plain answer about geometries, which are the first `shapes` arguments.

    NULL when one of them is no geometry, or when two lie in different coordinate systems.
    """

    def answer(*values: SqlValue) -> SqlValue:
        given = _decoded(values[:shapes])
        return None if given is None else _plain(function(*given, *values[shapes:]))

    return or_null(answer)


def builds(function: Callable[..., BaseGeometry | None], shapes: int = 1) -> Answer:
    """A geometry made of geometries, in the coordinate system of the first."""

    def answer(*values: SqlValue) -> SqlValue:
        given = _decoded(values[:shapes])
        built = None if given is None else function(*given, *values[shapes:])
        return None if built is None else blob.encode(built, blob.srid_of(values[0]) or 0)

    return or_null(answer)


def _decoded(values: tuple[SqlValue, ...]) -> list[BaseGeometry] | None:
    given = [blob.decode(value) for value in values]
    if None in given or len({blob.srid_of(value) for value in values}) > 1:
        return None
    return given


def _plain(value: Any) -> SqlValue:
    plain: SqlValue = value.item() if isinstance(value, np.generic) else value
    return int(plain) if isinstance(plain, bool) else plain
