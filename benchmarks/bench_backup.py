"""Backing up and restoring a database of about 190 MB on each engine, beside copying its file.

Seconds for each GB of the database with its indexes, as SQLite's file and PostgreSQL's
pg_database_size say; its rows as text are about two thirds of that, and the backup a tenth. The
limit in the same run is what no backup can be faster than: the SQLite file of the same rows
copied and its SHA-256 taken. A backup is made, sealed, and restored for a trial into a
temporary SQLite file; a restore reads every byte, fills, builds every index, checks every
constraint, and compares every checksum.
"""

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from benchmarks.clocks import Took, took
from coopfarm.store import migrate
from coopfarm.store.db import make_engine
from coopfarm.store.keeping import bulk
from coopfarm.store.keeping.archive import Reader
from coopfarm.store.keeping.backup import back_up, rehearse
from coopfarm.store.keeping.restore import restore
from coopfarm.store.keeping.tables import tables_of
from tests import postgres

Row = tuple[str, float, str, float, str]

HOMES, MEMBERS, WEEKS, ACTS = range(1, 11), 150, 40, 1_200
REASONS = json.dumps(
    [
        {"code": "area-needs", "facts": {"area_ha": 0.5908, "net_mm": 11.77, "net_m3": n * 70}}
        for n in range(11)
    ]
)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
TARGET = "≤ 60 s"
_GB = 1e9
_Values = dict[str, object]


def rows() -> list[Row]:
    """One row for each measurement: name, s per GB, peer, its s per GB, target."""
    with tempfile.TemporaryDirectory() as folder, postgres.cluster() as admin:
        lite = make_engine(f"sqlite:///{Path(folder) / 'village.db'}")
        _settle(lite)
        limit = _limit(Path(folder), lite)
        found = list(_measure("SQLite", lite, Path(folder), _new_file(folder)))
        with (
            postgres.fresh_database(admin) as url,
            postgres.fresh_database(admin) as other,
        ):
            served, fresh = make_engine(url), make_engine(other)
            with Reader(Path(folder) / "SQLite.backup") as backup:
                restore(served, backup, now=NOW)
            found += _measure("PostgreSQL", served, Path(folder), fresh)
            served.dispose()
        lite.dispose()
    beside = "copying the file, SHA-256"
    return [
        row
        for words, per_gb, target in found
        for row in (
            (f"{words} (wall)", per_gb.wall_s, beside, limit.wall_s, target),
            (f"{words} (CPU, with the server's)", per_gb.cpu_s, beside, limit.cpu_s, "–"),
        )
    ]


def _measure(
    name: str, engine: Engine, folder: Path, empty: Engine
) -> Iterator[tuple[str, Took, str]]:
    """What was done, seconds for each GB of the database, target."""
    size_gb, file = _size_bytes(engine) / _GB, folder / f"{name}.backup"
    both = took(engine, lambda: back_up(engine, file, pepper="", now=NOW))
    trial = took(empty, lambda: rehearse(file, now=NOW))
    with Reader(file) as backup:
        anew = took(empty, lambda: restore(empty, backup, now=NOW))
    words = f"for each GB of {name}, of {size_gb:.2f}"
    yield f"backup and its trial {words}", _by(both, size_gb), "–"
    yield f"the trial alone {words}", _by(trial, size_gb), "–"
    yield f"restore {words}", _by(anew, _size_bytes(empty) / _GB), TARGET
    empty.dispose()


def _by(some: Took, size_gb: float) -> Took:
    return Took(some.wall_s / size_gb, some.cpu_s / size_gb)


def _limit(folder: Path, engine: Engine) -> Took:
    file, copy = folder / "village.db", folder / "copy.db"

    def copy_and_read() -> None:
        shutil.copyfile(file, copy)
        with copy.open("rb") as opened:
            hashlib.file_digest(opened, "sha256")

    return _by(took(engine, copy_and_read), file.stat().st_size / _GB)


def _size_bytes(engine: Engine) -> int:
    asked = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if engine.dialect.name == "sqlite"
        else "SELECT pg_database_size(current_database())"
    )
    with engine.connect() as connection:
        size: int = connection.exec_driver_sql(asked).scalar_one()
    return size


def _new_file(folder: str) -> Engine:
    return make_engine(f"sqlite:///{Path(folder) / 'restored.db'}")


def _settle(engine: Engine) -> None:
    """Ten cooperatives that have shared water for years: turns, reasons and an audit."""
    migrate.upgrade(engine, "20261122_first_tables")
    chance = random.Random(7)
    with engine.execution_options(writes=True).begin() as connection:
        tables = tables_of(connection)
        with bulk.bare(connection, list(tables)):
            for table, made in _village(chance):
                columns = tables[table].names
                bulk.insert(
                    connection, tables[table], ([row.get(name) for name in columns] for row in made)
                )
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _village(chance: random.Random) -> Iterator[tuple[str, Iterator[_Values]]]:
    yield "cooperatives", (_cooperative(home) for home in HOMES)
    for home in HOMES:
        ids, plots, weeks = _ids(chance, MEMBERS), _ids(chance, MEMBERS), _ids(chance, WEEKS)
        outlet = _id(chance)
        own: _Values = {"cooperative_id": home}
        places = [(week, place) for week in range(WEEKS) for place in range(MEMBERS)]
        made: tuple[tuple[str, Iterator[_Values]], ...] = (
            ("members", (_member(at, one) for at, one in enumerate(ids))),
            ("outlets", iter([{"id": outlet, "code": "O1", "name": "الهدار", "edition": 1}])),
            ("plots", (_plot(at, one, outlet) for at, one in enumerate(plots))),
            ("rotations", (_rotation(at, one) for at, one in enumerate(weeks))),
            (
                "allotments",
                (
                    _allotment(_id(chance), weeks[week], plots[place], ids[place])
                    for week, place in places
                ),
            ),
            (
                "turns",
                (
                    _turn(_id(chance), week, place)
                    | {"rotation_id": weeks[week], "outlet_id": outlet}
                    | {"plot_id": plots[place], "member_id": ids[place]}
                    for week, place in places
                ),
            ),
            ("audit_events", (_act(at, chance, ids) for at in range(ACTS))),
        )
        yield from ((table, (own | row for row in of_table)) for table, of_table in made)


def _ids(chance: random.Random, count: int) -> list[str]:
    return [_id(chance) for _ in range(count)]


def _id(chance: random.Random) -> str:
    return UUID(int=chance.getrandbits(128), version=4).hex


def _at(minutes: float) -> str:
    return f"{NOW + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S.%f}"


def _cooperative(home: int) -> _Values:
    return {
        "id": home,
        "name": f"قرية {home}",
        "timezone": "Africa/Cairo",
        "locale": "ar_EG",
        "area_unit": "feddan",
        "field_efficiency": 0.6,
        "made_at": _at(0),
    }


def _member(at: int, member: str) -> _Values:
    named = {"number": f"M-{at:04}", "name": f"أمينة {at}", "name_latin": f"Amina {at}"}
    return {"id": member, **named, "shares_phone": 0, "joined_on": "2020-01-01"}


def _plot(at: int, plot: str, outlet: str) -> _Values:
    areas = {"gross_area_m2": 10_000.5, "net_area_m2": 9_000.25}
    zeros = {"placed_by_hand": 0, "filling_minutes": 0.0, "draining_minutes": 0.0, "edition": 1}
    return {"id": plot, "code": f"P{at:04}", "name": "", "outlet_id": outlet, **areas, **zeros}


def _rotation(week: int, rotation: str) -> _Values:
    numbers = json.dumps([round(1 / (n + 7), 12) for n in range(2_000)])
    texts = {"inputs": numbers, "outcome": numbers, "comparison": "{}"}
    empty = dict.fromkeys(("findings", "notes"), "[]")
    hashes = dict.fromkeys(("inputs_hash", "outcome_hash"), "0" * 64)
    amounts = {"need_m3": 100.0, "supply_m3": 60.0, "is_certified": 1, "edition": 1}
    said = {"state": "draft", "rule": "cea", "basis": "award", "note": "", "made_at": _at(0)}
    when = {"starts_at": _at(week * 10_080), "ends_at": _at((week + 1) * 10_080)}
    return (
        {"id": rotation, "version": week + 1, **texts, **empty, **hashes, **amounts} | said | when
    )


def _allotment(allotment: str, rotation: str, plot: str, member: str) -> _Values:
    """With reasons as long as those of the village: about 1,000 letters."""
    refers = {"rotation_id": rotation, "plot_id": plot, "member_id": member}
    return {"id": allotment, **refers, "need_m3": 99.3, "award_m3": 59.6, "reasons": REASONS}


def _turn(turn: str, week: int, place: int) -> _Values:
    begins = week * 10_080 + place * 60
    when = {"starts_at": _at(begins), "ends_at": _at(begins + 59.5)}
    return {"id": turn, "place": place, "is_live": 1, "exact_minutes": 59.51234567, **when}


def _act(at: int, chance: random.Random, ids: list[str]) -> _Values:
    crop = chance.choice(["cotton", "قمح", "maize"])
    after = json.dumps({"crop": crop, "net_area_m2": chance.random() * 1e4, "name": "عند الطاحونة"})
    subject = {"subject_kind": "Plot", "subject_id": str(UUID(_id(chance)))}
    who = {"actor_id": ids[at % MEMBERS], "verb": "plot.changed"}
    return {"id": _id(chance), "at": _at(at), **who, **subject, "before": after, "after": after}


if __name__ == "__main__":
    for name, measured, peer, limit, target in rows():
        print(f"{name:<60} {measured:>9.2f}  {peer:<28} {limit:>9.2f}  {target}")
