"""What a booking costs the server and its database, beside the same rows only inserted.

CPU seconds of one request through the whole program: who asks, the key of the act, the rules,
the locks, the rows, the charges, the audit and the stored answer. On PostgreSQL the CPU of the
process that serves the connection counts too. Each is the mean of many bookings, since the
server's own time is told in ticks of 10 ms. PostgreSQL is a server of its own for the while.
"""

import time
from collections.abc import Callable, Iterator
from itertools import islice

from flask import Flask
from sqlalchemy import event, text

from benchmarks.booked import NAMES, Fields, book, each, fields_on
from coopfarm.store.db import Database

Row = tuple[str, float, str, float, str]

BOOKINGS = 200
WARM_UP = 20
TARGETS = {"sqlite": "≤ 10 ms", "postgresql": "≤ 12 ms"}
TABLES = ("bookings", "machine_times", "machine_charges", "person_times", "plot_times")
TABLES_TOO = ("audit_events", "acts")
BARE, PING = "its rows, only inserted", "a Flask ping"


def rows() -> Iterator[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    for engine, target in TARGETS.items():
        with fields_on(engine) as fields:
            yield from _measured(fields, NAMES[engine], target)


def main() -> None:
    """Print the table."""
    for name, measured, peer, beside, target in rows():
        print(f"{name:<66} {measured:>9.5f}  {peer:<36} {beside:>9.5f}  {target}")


def _measured(fields: Fields, name: str, target: str) -> list[Row]:
    database, todo = fields.database, fields.todo()
    taken = next(todo)
    for one in (taken, *islice(todo, WARM_UP)):
        book(*one, 201)
    queries = _queries(database, lambda: book(*next(todo), 201))
    booked = each(database, lambda: book(*next(todo), 201), BOOKINGS)
    refused = each(database, lambda: book(*taken, 409), BOOKINGS // 2)
    bare, ping = _inserting(database), pinging()
    return [
        (f"a booking on {name} ({queries} statements)", booked, BARE, bare, target),
        (f"the same on {name}", booked, PING, ping, "–"),
        (f"one that is refused on {name}, with three others offered", refused, PING, ping, "–"),
    ]


def _queries(database: Database, act: Callable[[], object]) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    act()
    event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def _inserting(database: Database) -> float:
    """The rows of one booking, written as they are to tables without constraints, and committed."""
    kept = {}
    with database.engine.begin() as connection:
        for table in (*TABLES, *TABLES_TOO):
            every = f"SELECT * FROM {table}"  # noqa: S608 (a name of ours)
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE bare_{table} AS {every} LIMIT 2")
            kept[table] = f"INSERT INTO bare_{table} {every} LIMIT 1"

    def insert() -> None:
        with database.engine.begin() as connection:
            for statement in kept.values():
                connection.execute(text(statement))

    return each(database, insert, BOOKINGS)


def pinging() -> float:
    """CPU seconds of the least that Flask answers."""
    app = Flask("ping")
    app.add_url_rule("/", view_func=lambda: "pong")
    client = app.test_client()
    client.get("/")
    began = time.process_time()
    for _ in range(BOOKINGS):
        client.get("/")
    return (time.process_time() - began) / BOOKINGS


if __name__ == "__main__":
    main()
