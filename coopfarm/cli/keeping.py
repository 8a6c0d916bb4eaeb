"""Backups, and installations made anew from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from coopfarm.cli import door
from coopfarm.config import Settings, read_settings
from coopfarm.store.db import Database
from coopfarm.store.keeping import backup as backups
from coopfarm.store.keeping.archive import BackupDamaged, Manifest, NotABackup, Reader
from coopfarm.store.keeping.restore import restore as fill

DAMAGED = 1

_SECRETS = (
    "Not in it: the secrets. Keep the pepper and the secret key apart from it ({where}); "
    "without the pepper nobody can sign in."
)
_PEPPER_FITS = "The pepper here is the one of the backup: everybody can sign in as before."
_PEPPER_DIFFERS = (
    "The pepper here is not the one of the backup: nobody can sign in until COOPFARM_PEPPER, or "
    "{where}, is what it was on the old machine."
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Read a backup that is there, and write nothing.")
@door.plainly
def backup(file: Path, *, verify: bool) -> None:
    """Back up everything to FILE while the program runs, and restore it for a trial at once.

    With --verify FILE is read, and every byte of it compared with what was written: exit 0
    when it is whole, 1 with the tables and cooperatives that are not.
    """
    if verify:
        _verify(file)
        return
    chosen = read_settings()
    with _whole(chosen) as database, _writable(file):
        kept = backups.back_up(database.engine, file, pepper=_pepper(chosen), now=datetime.now(UTC))
    click.echo(f"Backed up {_in_words(kept)} to {file} ({file.stat().st_size / 1e6:,.1f} MB).")
    click.echo("Restored for a trial: every table of every cooperative is as it was.")
    click.echo(_SECRETS.format(where=_where(chosen, "pepper")))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@door.plainly
def restore(file: Path) -> None:
    """Restore the backup FILE into an empty database, and bring it up to date.

    It may come from either kind of database. A new epoch begins.
    """
    chosen = read_settings()
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    with Reader(file) as kept, _whole(chosen) as database:
        fill(database.engine, kept, now=datetime.now(UTC))
        door.prepare(chosen.owner, chosen.database)
        click.echo(f"Restored {_in_words(kept.manifest)}; every checksum is as it was.")
        mark = backups.pepper_mark(_pepper(chosen))
    words = _PEPPER_FITS if mark and mark == kept.manifest.pepper_mark else _PEPPER_DIFFERS
    click.echo(words.format(where=_where(chosen, "pepper")))


def _verify(file: Path) -> None:
    try:
        with Reader(file) as kept:
            kept.check()
            click.echo(f"{file} is whole: {_in_words(kept.manifest)}.")
    except FileNotFoundError as missing:
        raise click.UsageError(f"there is no file {file}") from missing
    except (BackupDamaged, NotABackup) as damage:
        click.echo(str(damage), err=True)
        raise click.exceptions.Exit(DAMAGED) from damage


@contextmanager
def _whole(chosen: Settings) -> Iterator[Database]:
    """The database as it is, by the role that may see all of it."""
    database = Database(chosen.owner)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _writable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"{file} could not be written: {error.strerror}") from error


def _pepper(chosen: Settings) -> str:
    """The pepper of this installation; none is made, since another may have to come here."""
    kept = chosen.data_dir / "pepper.txt"
    return chosen.pepper or (kept.read_text() if kept.exists() else "")


def _where(chosen: Settings, name: str) -> str:
    kept = chosen.data_dir.absolute() / f"{name}.txt"
    return f"COOPFARM_{name.upper()}" if getattr(chosen, name) else str(kept)


def _in_words(kept: Manifest) -> str:
    names = ", ".join(kept.cooperatives.values()) or "no cooperative"
    at = f"{datetime.fromisoformat(kept.made_at):%Y-%m-%d %H:%M:%S} UTC"
    return f"{kept.rows:,} rows of {names}, as of {at}"
