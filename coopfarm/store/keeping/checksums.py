"""What a database holds, as a count and a checksum of each table and cooperative."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from coopfarm.store.keeping import rows
from coopfarm.store.keeping.tables import Table, tables_of


class Part(NamedTuple):
    """The rows of one table that belong to one cooperative, or to none (None)."""

    table: str
    cooperative_id: int | None

    @property
    def in_words(self) -> str:
        of_whom = f" of cooperative {self.cooperative_id}" if self.cooperative_id else ""
        return f"{self.table}{of_whom}"


class Checksum(NamedTuple):
    """How many rows, and SHA-256 over their lines in the order of the key."""

    rows: int
    sha256: str


class Sum:
    """A checksum under way."""

    def __init__(self) -> None:
        self._rows, self._hash = 0, hashlib.sha256()

    def add(self, count: int, text: bytes) -> None:
        self._rows += count
        self._hash.update(text)

    @property
    def checksum(self) -> Checksum:
        return Checksum(self._rows, self._hash.hexdigest())


def parts(
    connection: Connection, tables: Mapping[str, Table]
) -> Iterator[tuple[Part, Iterator[tuple[int, bytes]]]]:
    """Every part with its lines, each to be read before the next is asked for."""
    homes = connection.exec_driver_sql("SELECT id FROM cooperatives ORDER BY id").scalars().all()
    for home in (None, *homes):
        rows.open_to(connection, home)
        for table in tables.values():
            if table.has_rows_of_none if home is None else table.of_cooperatives:
                yield Part(table.name, home), rows.lines(connection, table, home)


def checksums(
    connection: Connection, tables: Mapping[str, Table] | None = None
) -> dict[Part, Checksum]:
    """The checksum of each part that has rows; of all tables of ours unless some are given."""
    found = {}
    for part, texts in parts(connection, tables or tables_of(connection)):
        counted = Sum()
        for count, text in texts:
            counted.add(count, text)
        if counted.checksum.rows:
            found[part] = counted.checksum
    return found
