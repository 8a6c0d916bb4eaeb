"""Bringing a database to the schema of this program, and back."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.schema import SchemaItem

from coopfarm import assets
from coopfarm.store import epochs  # noqa: F401 (no capability imports its table)
from coopfarm.store.base import Base
from coopfarm.store.geometry import include_object

METADATA = Base.metadata

# SQLite changes a table by building it anew, which references to it must not notice.
_MIGRATING = {"writes": True, "references_unchecked": True}

# Two programs that start at once must not both migrate.
_LOCK = 7_310_026


class BrokenReferencesError(RuntimeError):
    """A migration would leave a row without what it refers to; nothing was changed."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration up to `revision`, all of them or none."""
    with engine.execution_options(**_MIGRATING).begin() as connection:
        _hold(connection)
        command.upgrade(_config(connection), revision)
        check_references(connection)


def downgrade(engine: Engine, revision: str) -> None:
    with engine.execution_options(**_MIGRATING).begin() as connection:
        _hold(connection)
        command.downgrade(_config(connection), revision)
        check_references(connection)


def begin_at(engine: Engine, revision: str) -> None:
    """Bring an empty database to exactly this revision, whatever it is at."""
    with engine.connect() as connection:
        found = revision_of(connection)
    if found is not None and found != revision:
        downgrade(engine, "base")
    upgrade(engine, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at; None where no migration has run."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision of this program."""
    return str(_script().get_current_head())


def knows(revision: str) -> bool:
    """Whether this program has the migrations that lead to a revision."""
    return any(known.revision == revision for known in _script().walk_revisions())


def differences(engine: Engine) -> list[object]:
    """What the models say and the database does not; empty when they agree."""
    with engine.connect() as connection:
        options = {"include_object": _is_ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))


def _is_ours(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, other: SchemaItem | None
) -> bool:
    """On PostgreSQL the queue keeps tables of its own in our database."""
    of_the_queue = kind == "table" and reflected and (name or "").startswith("huey_")
    return not of_the_queue and include_object(item, name, kind, reflected, other)


def _hold(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))


def check_references(connection: Connection) -> None:
    """SQLite does not look while tables are built anew; so it looks once they are.

    Raises BrokenReferencesError.
    """
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BrokenReferencesError(f"rows without what they refer to: {broken[:5]}")


def _config(connection: Connection) -> Config:
    config = _migrations()
    config.attributes["connection"] = connection
    return config


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(assets.folder("migrations")))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_migrations())
