"""Promises the database keeps even when our code is wrong.

Migrations call these by name: autogenerate sees neither triggers nor exclusion constraints.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.refusal import Refusal

_EXCLUDE = """
ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap EXCLUDE USING gist
  ({keys}, tstzrange(starts_at, ends_at) WITH &&) WHERE ({live})
"""

_OVERLAP_TRIGGER = """
CREATE TRIGGER {table}_no_overlap_{verb} BEFORE {verb} ON {table} WHEN NEW.{live}
BEGIN SELECT RAISE(ABORT, '{table}_no_overlap') WHERE EXISTS (
  SELECT 1 FROM {table} t WHERE {same} AND t.{live} AND t.rowid IS NOT NEW.rowid
    AND t.starts_at < NEW.ends_at AND NEW.starts_at < t.ends_at); END
"""

_APPEND_ONLY_SQLITE = """
CREATE TRIGGER {table}_append_only_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END
"""

_NO_REPLACING = """
CREATE TRIGGER {table}_no_replacing_{name} BEFORE INSERT ON {table} WHEN EXISTS (
  SELECT 1 FROM {table} t WHERE {same} OR t.rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END
"""

_APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION coopfarm_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '%%_append_only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_APPEND_ONLY_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION coopfarm_append_only()
"""


def forbid_overlap(bind: Connection, table: str, *, keys: tuple[str, ...], live: str) -> None:
    """Let no two live rows of the same `keys` hold the same moment.

    `live` is a boolean column; `table` has `starts_at` and `ends_at`.
    """
    if bind.dialect.name == "postgresql":
        equal = ", ".join(f"{key} WITH =" for key in keys)
        bind.exec_driver_sql(_EXCLUDE.format(table=table, keys=equal, live=live))
        return
    same = " AND ".join(f"t.{key} = NEW.{key}" for key in keys)
    for verb in ("INSERT", "UPDATE"):
        bind.exec_driver_sql(_OVERLAP_TRIGGER.format(table=table, verb=verb, same=same, live=live))


def append_only(bind: Connection, table: str) -> None:
    """Let rows be added to `table`, and never be changed or removed."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(_APPEND_ONLY_FUNCTION)
        bind.exec_driver_sql(_APPEND_ONLY_POSTGRES.format(table=table))
        return
    for verb in ("UPDATE", "DELETE"):
        bind.exec_driver_sql(_APPEND_ONLY_SQLITE.format(table=table, verb=verb))


def forbid_replacing(bind: Connection, table: str, key: tuple[str, ...]) -> None:
    """Let no row of an append-only `table` be put in the place of another of the same `key`.

    SQLite removes the other one without asking its triggers; PostgreSQL has no such verb.
    """
    if bind.dialect.name == "sqlite":
        same = " AND ".join(f"t.{column} = NEW.{column}" for column in key)
        bind.exec_driver_sql(_NO_REPLACING.format(table=table, name=key[-1], same=same))


@contextmanager
def kept_by(guard: str, refusal: Refusal) -> Iterator[None]:
    """Write within; if the named guard objects, say so in the cooperative's words."""
    try:
        yield
    except DBAPIError as error:
        if guard in str(error.orig):
            raise refusal from error
        raise
