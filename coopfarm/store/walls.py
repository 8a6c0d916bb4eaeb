"""The walls between cooperatives inside PostgreSQL: row-level security.

Every table of a cooperative lets a transaction see the rows of the cooperative that was named
in it, and nothing when none was named. SQLite has no such thing: there the session's filter
(`store.tenancy`) and the composite keys stand alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, inspect
from sqlalchemy.sql import quoted_name

# What a transaction may have named: settings of PostgreSQL that end with it.
_SETTING: Final = "coopfarm.{}"
_HERE: Final = "nullif(current_setting('coopfarm.cooperative', true), '')::integer"
_ACCOUNT: Final = "nullif(current_setting('coopfarm.account', true), '')::uuid"
_TOKEN: Final = "nullif(current_setting('coopfarm.token', true), '')"  # noqa: S105 (the name of a setting)
_PHONE: Final = "nullif(current_setting('coopfarm.phone', true), '')"

# Before the cooperative is known, somebody may see where they are a member, by account or
# by the phone number they enrol with, and their own sessions, by token; and who has the secret
# of a sticker, a calendar feed or a map key sees what it is of.
_ALSO_SEEN: Final[Mapping[str, str]] = {
    "members": f"account_id = {_ACCOUNT} OR phone = {_PHONE}",
    "sign_ins": f"account_id = {_ACCOUNT} OR token_hash = {_TOKEN}",
    "machines": f"tag = {_TOKEN}",
    "calendar_feeds": f"token_hash = {_TOKEN}",
    "map_keys": f"token_hash = {_TOKEN}",
}

_RAISE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY one_cooperative ON {table}
  USING (cooperative_id = {here}) WITH CHECK (cooperative_id = {here});
"""
_RAZE = """
DROP POLICY IF EXISTS own_account ON {table};
DROP POLICY IF EXISTS one_cooperative ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


# Whether the role is a superuser, passes row-level security, or owns one of the tables.
_WHO = """
SELECT rolsuper, rolbypassrls, EXISTS (
  SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r'
    AND relnamespace = 'public'::regnamespace)
FROM pg_roles WHERE rolname = current_user
"""


# Behind a policy, an index is used only for what the server takes for leakproof: what tells
# nothing of a row it was given, by an error or otherwise. PostGIS does not say so of its `&&`,
# which compares two boxes, and without it every row of a table is read for a box.
_MEETS: Final = "geometry_overlaps(geometry, geometry)"
_MAY_TRUST: Final = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
_IS_TRUSTED: Final = f"SELECT proleakproof FROM pg_proc WHERE oid = '{_MEETS}'::regprocedure"  # noqa: S608 (ours)


def trust_boxes(connection: Connection, *, trusted: bool = True) -> None:
    """Let boxes be looked up by their index; only a superuser may, others leave it as it is."""
    if connection.dialect.name != "postgresql":
        return
    if connection.exec_driver_sql(_MAY_TRUST).scalar_one():
        leakproof = "LEAKPROOF" if trusted else "NOT LEAKPROOF"
        connection.exec_driver_sql(f"ALTER FUNCTION {_MEETS} {leakproof}")


def trusts_boxes(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql(_IS_TRUSTED).scalar_one())


def open_to(connection: Connection, seen: Mapping[str, str]) -> None:
    """Name what the running transaction may see: `cooperative`, `account`, `phone`, `token`."""
    if seen:
        said = calls(seen, lambda _: "%s")
        connection.exec_driver_sql(f"SELECT {said}", tuple(seen.values()))


def calls(seen: Mapping[str, str], quoted: Callable[[str], str]) -> str:
    """What SELECT has to call so that the transaction may see this; its values `quoted`."""
    return ", ".join(
        f"set_config('{_SETTING.format(name)}', {quoted(value)}, true)"
        for name, value in seen.items()
    )


def passes(connection: Connection) -> Sequence[str]:
    """Why the connected role would not be held by the walls; empty when it is."""
    row = connection.exec_driver_sql(_WHO).one()
    return [
        why for why, is_so in zip(("superuser", "bypasses", "owner"), row, strict=True) if is_so
    ]


def grant(connection: Connection, role: str, append_only: Sequence[str]) -> None:
    """Let `role`, which owns nothing, read and write rows; to `append_only` it may only add."""
    quote = connection.dialect.identifier_preparer.quote
    name = quote(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {name}")
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
    )
    connection.exec_driver_sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
    for table in append_only:
        connection.exec_driver_sql(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {name}")


def walled_tables(connection: Connection) -> Sequence[str]:
    """The tables with rows of cooperatives, as they stand in the database."""
    found = inspect(connection)
    return [
        table
        for table in sorted(found.get_table_names())
        if any(column["name"] == "cooperative_id" for column in found.get_columns(table))
    ]


def raise_walls(connection: Connection, tables: Sequence[str]) -> None:
    """Have PostgreSQL itself keep `tables` apart, for their owner too (FORCE)."""
    for table in tables:
        connection.exec_driver_sql(_RAISE.format(table=quoted_name(table, quote=False), here=_HERE))
        if table in _ALSO_SEEN:
            connection.exec_driver_sql(
                f"CREATE POLICY own_account ON {table} FOR SELECT USING ({_ALSO_SEEN[table]})"
            )


def raze_walls(connection: Connection, tables: Sequence[str]) -> None:
    for table in tables:
        connection.exec_driver_sql(_RAZE.format(table=table))
