"""What every command begins with: the settings, the database, and a no in plain words."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

import click
from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from coopfarm.config import BadSettingError, Settings, read_settings, with_secrets
from coopfarm.kernel.refusal import Missing, Refusal, Several
from coopfarm.members.models import Cooperative
from coopfarm.members.queries import cooperative_named
from coopfarm.store import migrate, walls
from coopfarm.store.audit import APPEND_ONLY
from coopfarm.store.db import Database, make_engine
from coopfarm.store.queue import make_tables

# Of capabilities; nobody changes or removes a row of theirs.
_ADDED_TO: Final = ("machine_charges", "ledger_lines", "ledger_policies")
P = ParamSpec("P")
R = TypeVar("R")

REFUSED = 2

cooperative_option = click.option(
    "--cooperative", metavar="NAME", help="Whose; needed where the installation has several."
)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Let a refusal end the command with its words and exit code 2, never a traceback."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Several as several:
            for problem in several.problems:
                click.echo(str(problem), err=True)
            raise click.exceptions.Exit(REFUSED) from several
        except (Refusal, BadSettingError) as refusal:
            click.echo(str(refusal), err=True)
            raise click.exceptions.Exit(REFUSED) from refusal
        except (DBAPIError, ArgumentError) as error:
            click.echo(f"The database did not answer: {error}", err=True)
            raise click.exceptions.Exit(REFUSED) from error

    return told


def settings() -> Settings:
    """The settings with their secrets. Raises BadSettingError."""
    return with_secrets(read_settings())


@contextmanager
def database() -> Iterator[Database]:
    """The database, brought up to date."""
    with opened(settings()) as opened_database:
        yield opened_database


@contextmanager
def opened(chosen: Settings) -> Iterator[Database]:
    """The database of these settings, brought up to date by its owner."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    prepare(chosen.owner, chosen.database)
    opened_database = Database(chosen.database)
    try:
        if chosen.environment == "production":
            _check_walls(opened_database)
        yield opened_database
    finally:
        opened_database.dispose()


def prepare(owner_url: str, url: str) -> None:
    """Make the tables as their owner, and let the role of `url` use them."""
    engine = make_engine(owner_url)
    try:
        migrate.upgrade(engine)
        make_tables(owner_url)
        role = make_url(url).username
        if engine.dialect.name == "postgresql" and role and role != make_url(owner_url).username:
            with engine.begin() as connection:
                walls.grant(connection, role, (*APPEND_ONLY, *_ADDED_TO))
    finally:
        engine.dispose()


def _check_walls(opened_database: Database) -> None:
    """In production PostgreSQL keeps the cooperatives apart, whatever our code does."""
    engine = opened_database.engine
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        if walls.passes(connection):
            raise BadSettingError(
                "COOPFARM_DATABASE_URL: this role owns the tables or may pass row-level "
                "security. Give the program a role that owns nothing, and the owner's "
                "address as COOPFARM_OWNER_URL; docs/security.md says how"
            )


def home(database: Database, name: str | None) -> int:
    """The id of the cooperative of that name, or of the only one. Raises UsageError."""
    with database.reading() as session:
        try:
            return cooperative_named(session, name).id
        except Missing as missing:
            known = session.scalars(select(Cooperative.name).order_by(Cooperative.name)).all()
            raise click.UsageError(_which(known)) from missing


def _which(known: Sequence[str]) -> str:
    if not known:
        return "there is no cooperative yet: “coopfarm seed” settles the demo village"
    return f"name the cooperative with --cooperative, one of: {', '.join(known)}"
