"""Sealing the audit, and saying whether it is what it was when it was sealed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from coopfarm.app import system_clock
from coopfarm.cli import door
from coopfarm.members import queries as members
from coopfarm.store.audit import root, sealing
from coopfarm.store.audit.chain import Finding, Mark
from coopfarm.store.audit.verify import Verdict, verify
from coopfarm.store.db import Database

CHANGED: Final = 1

_WORDS: Final = {
    "changed": "the event is not what was sealed",
    "missing": "its event is gone",
    "out-of-order": "another event stands in its place",
    "seal-changed": "its seal was changed; the event is as it was",
    "seal-missing": "its seal is gone",
    "seal-out-of-place": "a seal stands where none belongs",
    "rewritten": "the chain is whole, but not what it was when a sealing ended there",
    "tail-cut-off": "the chain ends before it, and once went further",
    "mark-changed": "what was noted when a sealing ended was changed; the chain is as it was",
    "mark-missing": "no sealing is noted that ended there",
    "never-sealed": "came in beside the trigger that has every event wait for its seal",
    "waiting-in-vain": "something waits for a seal that has one, or is gone",
    "waiting-too-long": "has waited more than ten minutes for its seal: is a server running?"
    " “coopfarm audit seal” seals it now",
}


@click.group()
def audit() -> None:
    """Seal what was done, and verify that it was not touched since."""


@audit.command("seal")
@door.cooperative_option
@door.plainly
def seal_(cooperative: str | None) -> None:
    """Seal what is not sealed yet, as the server does every few seconds."""
    chosen = door.settings()
    with door.opened(chosen) as database:
        sealer = sealer_of(database, chosen.data_dir)
        for home, name in _homes(database, cooperative):
            sealed = sealer.seal(home)
            with database.reading() as session:
                session.cooperative_id = home
                end = root(session)
            at = f"; root {end.printed}" if end else ""
            click.echo(f"{name}: {sealed} events sealed, {end.events if end else 0} in all{at}")


@audit.command("verify")
@door.cooperative_option
@click.option("--root", "printed", metavar="POSITION:HASH", help="A root as a receipt shows it.")
@door.plainly
def verify_(cooperative: str | None, printed: str | None) -> None:
    """Recompute every seal; name the first row that was touched, and end with exit code 1."""
    chosen, held = door.settings(), _mark(printed)
    is_well = True
    with door.opened(chosen) as database:
        homes = list(_homes(database, cooperative))
        if held and len(homes) != 1:
            raise click.UsageError("--root needs --cooperative: whose root is it?")
        for home, name in homes:
            verdict = _verdict(database, chosen.data_dir, home, held)
            is_well &= verdict.finding is None
            click.echo(f"{name}: {_said(verdict)}")
    if not is_well:
        raise click.exceptions.Exit(CHANGED)


def sealer_of(database: Database, folder: Path) -> sealing.Sealer:
    """What seals every cooperative of the database, and keeps the roots in `folder`."""

    def every() -> list[int]:
        with database.reading() as session:
            return [*members.cooperative_ids(session)]

    return sealing.Sealer(database, folder, every, system_clock)


def _homes(database: Database, name: str | None) -> Iterator[tuple[int, str]]:
    """The cooperative of that name, or all of them."""
    chosen = door.home(database, name) if name else None
    with database.reading() as session:
        ids = [chosen] if chosen is not None else members.cooperative_ids(session)
        yield from [(home, members.cooperative(session, home).name) for home in ids]


def _verdict(database: Database, folder: Path, home: int, held: Mark | None) -> Verdict:
    known = [held] if held else []
    try:
        kept = sealing.kept_mark(folder, home)
    except (ValueError, IndexError) as error:
        file = sealing.root_file(folder, home)
        raise click.UsageError(f"{file} holds no root any more: {error}") from error
    with database.reading() as session:
        session.cooperative_id = home
        return verify(session, now=datetime.now(UTC), known=[*known, *([kept] if kept else [])])


def _mark(printed: str | None) -> Mark | None:
    try:
        return sealing.mark(printed) if printed else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--root") from error


def _said(verdict: Verdict) -> str:
    if verdict.finding is not None:
        return f"{_place(verdict.finding)}: {_WORDS[verdict.finding.kind]}"
    held = f"all {verdict.events} sealed events are as they were, {verdict.waiting} wait"
    return f"{held}; hash {verdict.hash_hex}"


def _place(finding: Finding) -> str:
    event = f"event {finding.event_id}" if finding.event_id else ""
    if finding.position is None:
        return event or "an event"
    place = f"position {finding.position}"
    if finding.until not in (None, finding.position):
        place = f"between {place} and {finding.until}"
    return f"{place} ({event})" if event else place
