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

# Another manager who may act, in the cooperative of a row and other than its member.
_ANOTHER_MANAGER = """
SELECT 1 FROM member_roles r JOIN members m
  ON m.cooperative_id = r.cooperative_id AND m.id = r.member_id
WHERE r.cooperative_id = OLD.cooperative_id AND r.role = 'manager'
  AND m.state IN ('accepted', 'active', 'leaving') AND r.member_id <> OLD.{member}
"""
# A role is taken from a manager who may act; a manager who may act may do so no longer.
_A_MANAGER_CEASES = {
    "member_roles": (
        "DELETE",
        "member_id",
        "OLD.role = 'manager'",
        "EXISTS (SELECT 1 FROM members m WHERE m.cooperative_id = OLD.cooperative_id"
        " AND m.id = OLD.member_id AND m.state IN ('accepted', 'active', 'leaving'))",
    ),
    "members": (
        "UPDATE",
        "id",
        "OLD.state IN ('accepted', 'active', 'leaving')"
        " AND NEW.state NOT IN ('accepted', 'active', 'leaving')",
        "EXISTS (SELECT 1 FROM member_roles r WHERE r.cooperative_id = OLD.cooperative_id"
        " AND r.member_id = OLD.id AND r.role = 'manager')",
    ),
}


def keep_a_manager(bind: Connection) -> None:
    """Let no act take from a cooperative the last manager who may act."""
    for table, (verb, member, when, is_so) in _A_MANAGER_CEASES.items():
        another = _ANOTHER_MANAGER.format(member=member)
        if bind.dialect.name == "sqlite":
            bind.exec_driver_sql(
                f"CREATE TRIGGER {table}_last_manager BEFORE {verb} ON {table} WHEN {when}"
                f" BEGIN SELECT RAISE(ABORT, 'last_manager') WHERE {is_so}"
                f" AND NOT EXISTS ({another}); END"
            )
            continue
        given = "OLD" if verb == "DELETE" else "NEW"
        bind.exec_driver_sql(
            f"CREATE FUNCTION coopfarm_{table}_last_manager() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF {is_so} AND NOT EXISTS ({another}) THEN"
            " RAISE EXCEPTION 'last_manager' USING ERRCODE = 'restrict_violation';"
            f" END IF; RETURN {given}; END $$"
        )
        bind.exec_driver_sql(
            f"CREATE TRIGGER {table}_last_manager BEFORE {verb} ON {table} FOR EACH ROW"
            f" WHEN ({when}) EXECUTE FUNCTION coopfarm_{table}_last_manager()"
        )


def let_managers_go(bind: Connection) -> None:
    for table in _A_MANAGER_CEASES:
        on = f" ON {table}" if bind.dialect.name == "postgresql" else ""
        bind.exec_driver_sql(f"DROP TRIGGER {table}_last_manager{on}")
        if on:
            bind.exec_driver_sql(f"DROP FUNCTION coopfarm_{table}_last_manager()")


# Everything above a row that was given a feeder, and whether the row itself is there.
_ABOVE = """
  WITH RECURSIVE above(id) AS (
    SELECT NEW.feeds_from_id UNION
    SELECT c.feeds_from_id FROM canals c JOIN above a ON c.id = a.id
    WHERE c.cooperative_id = NEW.cooperative_id AND c.feeds_from_id IS NOT NULL)
  SELECT 1 FROM above WHERE above.id = NEW.id
"""

# Of two who write at once the second waits, and then sees what the first one wrote.
_NO_CIRCLE_FUNCTION = """
CREATE FUNCTION coopfarm_canals_no_circle() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('canals_no_circle'), NEW.cooperative_id);
  IF EXISTS ({above}) THEN
    RAISE EXCEPTION 'canals_no_circle' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
"""


def forbid_circles(bind: Connection) -> None:
    """Let no canal be fed by what it feeds, through however many others."""
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql(_NO_CIRCLE_FUNCTION.format(above=_ABOVE))
        bind.exec_driver_sql(
            "CREATE TRIGGER canals_no_circle AFTER INSERT OR UPDATE OF feeds_from_id ON canals"
            " FOR EACH ROW WHEN (NEW.feeds_from_id IS NOT NULL)"
            " EXECUTE FUNCTION coopfarm_canals_no_circle()"
        )
        return
    for verb, when in (("insert", "INSERT"), ("update", "UPDATE OF feeds_from_id")):
        bind.exec_driver_sql(
            f"CREATE TRIGGER canals_no_circle_{verb} AFTER {when} ON canals"
            " WHEN NEW.feeds_from_id IS NOT NULL BEGIN"
            f" SELECT RAISE(ABORT, 'canals_no_circle') WHERE EXISTS ({_ABOVE}); END"
        )


def allow_circles(bind: Connection) -> None:
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP TRIGGER canals_no_circle ON canals")
        bind.exec_driver_sql("DROP FUNCTION coopfarm_canals_no_circle()")
        return
    for verb in ("insert", "update"):
        bind.exec_driver_sql(f"DROP TRIGGER canals_no_circle_{verb}")


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
