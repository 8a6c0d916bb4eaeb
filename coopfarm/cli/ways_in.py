"""Helping somebody in whom nobody else can help."""

from datetime import UTC, datetime

import click

from coopfarm.cli import door
from coopfarm.members import actions, queries


@click.command("reset-second-factor")
@click.argument("name", metavar="LOGIN")
@door.plainly
def reset_second_factor(name: str) -> None:
    """Let somebody set up another authenticator at the next sign-in; their sessions end.

    LOGIN is what they sign in with: a name, or a phone number.
    """
    with door.database() as database, database.transaction() as session:
        found = queries.accounts_named(session, queries.names_typed(session, name))
        if len(found) != 1:
            said = "nobody signs in" if not found else "several people sign in"
            raise click.UsageError(f"{said} as {name}; nothing was changed")
        actions.reset_by_keeper(session, found[0].id, now=datetime.now(UTC))
    click.echo(f"{name} sets up another authenticator at the next sign-in.")
