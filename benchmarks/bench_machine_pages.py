"""What the pages of machines cost: the day of fifty, the same unchanged, and what can be had.

CPU seconds of one request through the whole program, the process of PostgreSQL that serves the
connection among them; four hundred bookings, of which the day that is shown has fifteen.
"""

import gzip
from collections.abc import Callable, Iterator
from itertools import islice

from benchmarks.bench_booking import PING, Row, pinging
from benchmarks.booked import NAMES, Fields, book, count_rows, each, fields_on

BOOKED = 400
TIMES = 60
DAY = "/machines/day?on=2026-07-05"
CHOOSE = "/book/machines?job=plough"


def rows() -> Iterator[Row]:
    """One row for each page on each database: name, CPU s, peer, its CPU s, target."""
    for engine, name in NAMES.items():
        with fields_on(engine) as fields:
            for one in islice(fields.todo(), BOOKED):
                book(*one, 201)
            count_rows(fields)
            yield from _measured(fields, name)


def _measured(fields: Fields, name: str) -> Iterator[Row]:
    client = fields.farmers[0][0]
    day = client.get(DAY)
    known = {"If-None-Match": day.headers["ETag"]}
    assert client.get(DAY, headers=known).status_code == 304
    bytes_sent = len(gzip.compress(day.data))
    asked: list[tuple[str, Callable[[], object], str]] = [
        (
            f"day page of 50 machines on {name}, {bytes_sent:,} bytes gzipped",
            lambda: client.get(DAY),
            "≤ 8 ms, ≤ 15 kB",
        ),
        (f"the same, unchanged (304) on {name}", lambda: client.get(DAY, headers=known), "≤ 1 ms"),
        (f"what can be had of 50 machines on {name}", lambda: client.get(CHOOSE), "–"),
    ]
    for said, ask, target in asked:
        ask()
        yield said, each(fields.database, ask, TIMES), PING, pinging(), target


if __name__ == "__main__":
    for row in rows():
        print(*row)
