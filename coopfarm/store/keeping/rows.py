"""Rows as lines of JSON, the same on both databases, in the order of their key.

A line is the list of a row's values, its columns in alphabetical order: ids as 32 hexadecimal
digits, moments in UTC, flags as 0 and 1, JSON as the text that is stored, bytes in Base64,
shapes as EWKB in hexadecimal digits.
"""

import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import shapely
from sqlalchemy import Connection, Engine

from coopfarm.store import walls
from coopfarm.store.keeping.tables import Column, Table
from coopfarm.store.spatialite import blob
from coopfarm.store.spatialite.geodesy import WGS84

ROWS_AT_ONCE: Final = 2_000

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_Row = Sequence[Any]

# Adding nothing makes 0 of −0, which SQLite does not know.
_POSTGRES: Final = {
    "flag": "{}::integer",
    "instant": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "day": "to_char({}, 'YYYY-MM-DD')",
    "json": "{}::text",
    "number": "{} + 0",
    "id": "replace({}::text, '-', '')",
    "shape": "ST_AsEWKB({})",
}
_SQLITE: Final = {
    "instant": "CASE length({0}) WHEN 19 THEN {0} || '.000000' ELSE {0} END",
}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it was at one moment, while others write on."""
    if engine.dialect.name == "sqlite":
        with engine.execution_options(reads=True).connect() as connection:
            yield connection
        return
    frozen = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with frozen.connect() as connection:
        take_time(connection)
        yield connection


def take_time(connection: Connection) -> None:
    """Let statements of this transaction last as long as all the rows need."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def open_to(connection: Connection, cooperative_id: int | None) -> None:
    """Have the database show the rows of this cooperative."""
    if connection.dialect.name == "postgresql":
        walls.open_to(connection, {"cooperative": str(cooperative_id or "")})


def lines(
    connection: Connection, table: Table, cooperative_id: int | None
) -> Iterator[tuple[int, bytes]]:
    """Some rows at a time: how many, and their lines.

    With None, all rows of a table that knows no cooperative, or those that belong to none.
    """
    question = _question(connection.dialect.name, table, cooperative_id)
    mend = _menders(table, _FROM_SQLITE if connection.dialect.name == "sqlite" else _FROM_POSTGRES)
    raw = connection.connection.driver_connection
    if raw is None:
        raise TypeError("the connection has no database below it")
    server_side = {} if connection.dialect.name == "sqlite" else {"name": "rows", "binary": True}
    cursor = raw.cursor(**server_side)
    fetch = partial(cursor.fetchmany, ROWS_AT_ONCE)
    try:
        cursor.execute(question)
        for rows in _at_once(fetch) if connection.dialect.name == "sqlite" else _ahead(fetch):
            text = "".join([f"{_encode(row)}\n" for row in _mended(rows, mend)])
            yield len(rows), text.encode()
    finally:
        cursor.close()


def _at_once(fetch: Callable[[], Sequence[_Row]]) -> Iterator[Sequence[_Row]]:
    while rows := fetch():
        yield rows


def _ahead(fetch: Callable[[], Sequence[_Row]]) -> Iterator[Sequence[_Row]]:
    """Have the server make ready the next rows while these are written."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(fetch)
        while rows := coming.result():
            coming = reader.submit(fetch)
            yield rows


def values(text: bytes, table: Table, dialect: str) -> list[_Row]:
    """The rows of some lines, as the database takes them.

    Raises ValueError for what is no line of this table.
    """
    found: list[_Row] = json.loads(b"[" + text.rstrip(b"\n").replace(b"\n", b",") + b"]")
    if any(len(row) != len(table.columns) for row in found):
        raise ValueError(f"{table.name}: a row of another length")
    mend = _menders(table, _TO_SQLITE if dialect == "sqlite" else _TO_POSTGRES)
    return list(_mended(found, mend))


def _question(dialect: str, table: Table, cooperative_id: int | None) -> str:
    asked = ", ".join(_asked(dialect, column) for column in table.columns)
    kinds = {column.name: column.kind for column in table.columns}
    # Only bytes are ordered alike by both databases.
    by_bytes = ' COLLATE "C"' if dialect == "postgresql" else ""
    order = ", ".join(f'"{name}"{by_bytes if kinds[name] == "text" else ""}' for name in table.key)
    return f'SELECT {asked} FROM "{table.name}"{_whose(table, cooperative_id)} ORDER BY {order}'  # noqa: S608 (names that the database gave)


def _whose(table: Table, cooperative_id: int | None) -> str:
    if not table.of_cooperatives:
        return ""
    same = "IS NULL" if cooperative_id is None else f"= {int(cooperative_id)}"
    return f" WHERE cooperative_id {same}"


def _asked(dialect: str, column: Column) -> str:
    forms = _SQLITE if dialect == "sqlite" else _POSTGRES
    return forms.get(column.kind, "{}").format(f'"{column.name}"')


_Mend = Callable[[Any], Any]


def _menders(table: Table, by_kind: dict[str, _Mend]) -> dict[int, _Mend]:
    """Place of a column → what its values go through."""
    kinds = enumerate(column.kind for column in table.columns)
    return {place: by_kind[kind] for place, kind in kinds if kind in by_kind}


def _mended(rows: Sequence[_Row], mend: dict[int, _Mend]) -> Iterator[_Row]:
    if not mend:
        yield from rows
        return
    for row in rows:
        changed = list(row)
        for place, through in mend.items():
            if changed[place] is not None:
                changed[place] = through(changed[place])
        yield changed


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode("ascii")


def _ewkb_of_blob(stored: bytes) -> str:
    shape = shapely.set_srid(blob.decode(stored), WGS84)
    ewkb: str = shapely.to_wkb(shape, hex=True, byte_order=1, include_srid=True)
    return ewkb


def _ewkb(stored: bytes) -> str:
    ewkb: str = shapely.to_wkb(shapely.from_wkb(stored), hex=True, byte_order=1, include_srid=True)
    return ewkb


def _blob_of_ewkb(ewkb: str) -> bytes:
    return blob.encode(shapely.from_wkb(ewkb), WGS84)


_FROM_SQLITE: Final[dict[str, _Mend]] = {"bytes": _base64, "shape": _ewkb_of_blob}
_FROM_POSTGRES: Final[dict[str, _Mend]] = {"bytes": _base64, "shape": _ewkb}
_TO_SQLITE: Final[dict[str, _Mend]] = {"bytes": binascii.a2b_base64, "shape": _blob_of_ewkb}
_TO_POSTGRES: Final[dict[str, _Mend]] = {"bytes": binascii.a2b_base64}
