"""Whether a database is well, in words for whoever looks after the village's machine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from coopfarm.store import migrate, walls
from coopfarm.store.keeping.rows import snapshot

State = Literal["ok", "warning", "fault"]

_OLDEST_POSTGRES, _OLDEST_POSTGIS = 150_000, (3, 3)
_SLOW_CLOCK_S, _WRONG_CLOCK_S = 5.0, 60.0

# A point in a square, one outside, and the area of the square in square degrees.
_SQUARE: Final = "ST_GeomFromText('POLYGON((31 30, 32 30, 32 31, 31 31, 31 30))', 4326)"
_KNOWN: Final = (
    (f"SELECT ST_Intersects({_SQUARE}, ST_GeomFromText('POINT(31.5 30.5)', 4326))", 1),
    (f"SELECT ST_Intersects({_SQUARE}, ST_GeomFromText('POINT(33 30.5)', 4326))", 0),
    (f"SELECT ST_Area({_SQUARE})", 1),
)


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do where it is not well."""

    about: str
    state: State
    says: str


def examine(engine: Engine, *, now: datetime) -> Iterator[Finding]:
    """Look at everything a database has to keep; the first that makes the rest idle ends it."""
    try:
        with snapshot(engine) as connection:
            yield _reached(connection)
            schema = _schema(connection)
            yield schema
            if schema.state == "fault":
                return
            look = _look_at_sqlite if engine.dialect.name == "sqlite" else _look_at_postgres
            yield from look(connection)
            yield _shapes(connection)
            yield _clock(connection, now)
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        yield Finding(
            "database",
            "fault",
            f"it does not answer: {said}. Start it, or correct COOPFARM_DATABASE_URL and "
            "COOPFARM_OWNER_URL.",
        )


def _reached(connection: Connection) -> Finding:
    if connection.dialect.name == "sqlite":
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        return Finding("database", "ok", f"SQLite {version}, {connection.engine.url.database}")
    version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number < _OLDEST_POSTGRES:
        return Finding("database", "fault", f"PostgreSQL {version} is too old: 15 is needed.")
    return Finding("database", "ok", f"PostgreSQL {version}, {connection.engine.url.database}")


def _schema(connection: Connection) -> Finding:
    found, wanted = migrate.revision_of(connection), migrate.head()
    if found == wanted:
        return Finding("tables", "ok", f"up to date ({found})")
    if found is None:
        return Finding("tables", "fault", "there are none yet: “coopfarm init” makes them.")
    if migrate.knows(found):
        says = f"of an older version ({found}): make a backup, then “coopfarm init” renews them."
        return Finding("tables", "warning", says)
    says = f"of a newer coopfarm ({found}): install that version, or restore an older backup."
    return Finding("tables", "fault", says)


def _look_at_sqlite(connection: Connection) -> Iterator[Finding]:
    said = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if said != ["ok"]:
        yield Finding("rows", "fault", f"the file is damaged: {said[0]}. Restore a backup.")
    elif broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        yield Finding("rows", "fault", f"{tables}: rows without what they refer to; ask for help.")
    else:
        yield Finding("rows", "ok", "the file is whole, and every reference leads somewhere")
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    lasting = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    yield _kept_through_power_cuts([] if (mode, lasting) == ("wal", 2) else [f"{mode}, {lasting}"])


def _look_at_postgres(connection: Connection) -> Iterator[Finding]:
    asked = "SELECT conrelid::regclass::text FROM pg_constraint WHERE NOT convalidated UNION "
    asked += "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    astray = connection.exec_driver_sql(asked).scalars().all()
    if astray:
        says = f"{', '.join(astray)}: not checked to the end; run REINDEX or VALIDATE CONSTRAINT."
        yield Finding("rows", "fault", says)
    else:
        yield Finding("rows", "ok", "every index and every reference is checked")
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off"
    ]
    yield _kept_through_power_cuts(off)
    yield _extensions(connection)


def _kept_through_power_cuts(off: list[str]) -> Finding:
    if off:
        says = f"a power cut may lose what was answered ({', '.join(off)} off); turn it on."
        return Finding("power cuts", "fault", says)
    return Finding("power cuts", "ok", "what was answered stays")


def _extensions(connection: Connection) -> Finding:
    found = connection.exec_driver_sql("SELECT extname, extversion FROM pg_extension")
    versions = {row.extname: row.extversion for row in found}
    postgis = versions.get("postgis", "0.0")
    if tuple(int(part) for part in postgis.split(".")[:2]) < _OLDEST_POSTGIS:
        says = f"PostGIS {postgis} is too old or missing: 3.3 is needed."
        return Finding("extensions", "fault", says)
    if "btree_gist" not in versions:
        return Finding("extensions", "fault", "btree_gist is missing: CREATE EXTENSION btree_gist.")
    if not walls.trusts_boxes(connection):
        says = (
            "maps are slow: a superuser has to say ALTER FUNCTION"
            " geometry_overlaps(geometry, geometry) LEAKPROOF."
        )
        return Finding("extensions", "warning", says)
    return Finding("extensions", "ok", f"PostGIS {postgis}, btree_gist")


def _shapes(connection: Connection) -> Finding:
    for question, answer in _KNOWN:
        if float(connection.exec_driver_sql(question).scalar_one()) != answer:
            return Finding("map", "fault", "the database measures wrongly; install it anew.")
    if connection.dialect.name == "sqlite":
        declared = connection.exec_driver_sql(
            "SELECT f_table_name, f_geometry_column FROM geometry_columns"
            " WHERE CheckSpatialIndex(f_table_name, f_geometry_column) = 0"
        ).all()
        if declared:
            astray = ", ".join(f"{table}.{column}" for table, column in declared)
            says = f"the index of {astray} has gone astray; a backup, restored, builds it anew."
            return Finding("map", "fault", says)
    return Finding("map", "ok", "distances and areas are measured rightly")


def _clock(connection: Connection, now: datetime) -> Finding:
    """The machine's clock beside the database's, and beside the last epoch that was begun."""
    epoch = connection.exec_driver_sql("SELECT max(began_at) FROM epochs").scalar_one()
    if isinstance(epoch, str):
        epoch = datetime.fromisoformat(epoch).replace(tzinfo=UTC)
    if epoch is not None and now < epoch:
        says = f"it says {now:%Y-%m-%d %H:%M}, before the database began. Set the clock."
        return Finding("clock", "fault", says)
    if connection.dialect.name == "sqlite":
        return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC")
    theirs = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    apart_s = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart_s > _SLOW_CLOCK_S:
        state: State = "fault" if apart_s > _WRONG_CLOCK_S else "warning"
        says = f"{apart_s:,.0f} s apart from the database's. Let both follow one time server (NTP)."
        return Finding("clock", state, says)
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC, as the database's")
