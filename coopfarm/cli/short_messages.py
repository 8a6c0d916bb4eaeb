"""Short messages from the command line: the hook of a modem, and where gateways reach us."""

import os
from datetime import UTC, datetime

import click

from coopfarm.cli import door
from coopfarm.members.queries.enrolment import homes_of_number
from coopfarm.sms import actions, rules


@click.group()
def sms() -> None:
    """Short messages: what came in through a modem, and the addresses of the hooks."""


@sms.command()
@door.plainly
def receive() -> None:
    """Keep what Gammu SMSD received; set it as its RunOnReceive."""
    kept, now = 0, datetime.now(UTC)
    incoming = [*rules.received_by_gammu(os.environ)]
    with door.database() as database:
        for message in incoming:
            with database.transaction() as session:
                kept += actions.keep_incoming(
                    session, message, gateway="gammu", whose=homes_of_number, now=now
                )
    click.echo(f"{len(incoming)} received, {kept} kept.")


@sms.command()
@door.plainly
def hooks() -> None:
    """Print the addresses to enter at the gateway; whoever knows them can report to us."""
    base = actions.open_post_office(door.settings()).hooks
    for hook in ("receive", "report", "sent", "delivered", "failed"):
        click.echo(f"{base}/{hook}")
