"""Setting up and looking after an installation."""

import sqlite3
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
from sqlalchemy import func, select, text

from coopfarm.cli import door, founding, seeding
from coopfarm.members.models import Cooperative, Member


@click.command()
@click.option("--cooperative", metavar="NAME", help="Also found this cooperative.")
@click.option("--timezone", metavar="ZONE", default="UTC", help="Its time, as in Asia/Tashkent.")
@click.option("--locale", default="en_GB", show_default=True, help="Its language and country.")
@click.option("--manager", metavar="LOGIN", help="Its first manager; the password is shown once.")
@door.plainly
def init(cooperative: str | None, timezone: str, locale: str, manager: str | None) -> None:
    """Make the database, or bring it up to date; what is stored stays.

    With --cooperative a cooperative is founded in it, without land or members but a manager.
    """
    if manager and not cooperative:
        raise click.UsageError("--manager needs --cooperative: whose manager is it?")
    place = founding.Place(cooperative, timezone, locale) if cooperative else None
    chosen, now = door.settings(), datetime.now(UTC)
    with door.opened(chosen) as database:
        click.echo(f"The database is ready: {chosen.database.partition('://')[0]}")
        if place is not None:
            click.echo(founding.found(database, place, manager, pepper=chosen.pepper, now=now))


@click.command()
@door.plainly
def seed() -> None:
    """Settle the demo village, and plan its weeks. An installation in use is left alone."""
    chosen = door.settings()
    with door.opened(chosen) as database:
        if not seeding.is_empty(database):
            raise click.UsageError("there is a cooperative here already; nothing was changed")
        for line in seeding.seed(database, chosen, datetime.now(UTC)):
            click.echo(line)


@click.command()
@door.plainly
def check() -> None:
    """Say what this installation stands on, and whether it is well."""
    chosen = door.settings()
    click.echo(f"coopfarm {version('coopfarm')}, Python {sys.version.split()[0]}")
    click.echo(f"SQLite {sqlite3.sqlite_version}, data in {Path(chosen.data_dir).absolute()}")
    with door.opened(chosen) as database, database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            click.echo(session.scalar(text("SELECT version()")))
        for cooperative in session.scalars(select(Cooperative).order_by(Cooperative.id)).all():
            session.cooperative_id = cooperative.id
            members = session.scalar(select(func.count()).select_from(Member))
            click.echo(f"{cooperative.name}: {members} members")
