"""What every command begins with: the settings, the database, and a no in plain words."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, DBAPIError

from coopfarm.config import BadSettingError, Settings, read_settings, with_secrets
from coopfarm.kernel.refusal import Missing, Refusal, Several
from coopfarm.members.models import Cooperative
from coopfarm.members.queries import cooperative_named
from coopfarm.store import migrate
from coopfarm.store.db import Database

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
    """The database of these settings, brought up to date."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    opened_database = Database(chosen.database)
    try:
        migrate.upgrade(opened_database.engine)
        yield opened_database
    finally:
        opened_database.dispose()


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
