"""Importing plots, outlets and canals from the command line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from coopfarm.cli import door
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.actions import importing
from coopfarm.land.queries import stored
from coopfarm.land.rules import columns
from coopfarm.land.rules.findings import NOTE, PROBLEM, REPAIR
from coopfarm.land.rules.importing import Report
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from coopfarm.members import queries as members

HAS_PROBLEMS = 1

_HEADS = {NOTE: "Good to know", REPAIR: "Put right"}


class ColumnUnusable(Invalid):
    code = "column-unusable"
    words = N_("%(field)s: “%(given)s” says no column. Write column=field, as in FID=code.")


@click.command("import")
@click.argument("kind", type=click.Choice(columns.KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@door.cooperative_option
@click.option("--crs", metavar="CODE", help="Coordinate system, as in EPSG:32642.")
@click.option("--layer", metavar="NAME", help="Which layer, where the file holds several.")
@click.option("--encoding", metavar="NAME", help="Of the file's letters, as in cp1256.")
@click.option("--map", "mapped", multiple=True, metavar="COLUMN=FIELD", help="Which is what.")
@click.option("--swap-axes", is_flag=True, help="Read x and y the other way round.")
@click.option("--make-codes", is_flag=True, help="Number features that have no code.")
@click.option("--leave-out", multiple=True, type=int, metavar="N", help="Feature not to import.")
@click.option("--make-outlets", is_flag=True, help="Make outlets that plots name.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@door.plainly
def import_(
    kind: str,
    file: Path,
    cooperative: str | None,
    mapped: Sequence[str],
    *,
    make_outlets: bool,
    dry_run: bool,
    **said: Any,
) -> None:
    """Import KIND from FILE: GeoJSON, a zipped Shapefile, GeoPackage, KML or CSV.

    All of the file is imported or none of it. Ends with 0, with 1 where the file has
    problems, and with 2 where it cannot be used at all.
    """
    ask = Ask(kind, **said, chosen=_chosen(mapped))
    content = file.read_bytes()
    with door.database() as database:
        home_id = door.home(database, cooperative)
        with database.reading() as session:
            session.cooperative_id = home_id
            timezone = members.cooperative(session, home_id).timezone
            reading = files.read(content, ask, near=stored.whereabouts(session, timezone))
            report = importing.dry_run(session, reading, make_outlets=make_outlets)
        _tell(report)
        if report.problems:
            raise click.exceptions.Exit(HAS_PROBLEMS)
        if dry_run:
            click.echo("Nothing was written.")
            return
        now = datetime.now(UTC)
        with database.transaction(home_id) as session:
            upload = importing.keep_upload(
                session, kind, file.name, b"", options={}, made_by=None, now=now
            )
            importing.import_(
                session, upload, reading, make_outlets=make_outlets, actor_id=None, now=now
            )
        click.echo("Imported.")


def _chosen(mapped: Sequence[str]) -> Mapping[str, str]:
    """Field → column, from column=field. Raises ColumnUnusable."""
    chosen = {}
    for pair in mapped:
        column, equals, field = pair.rpartition("=")
        if not equals or not field:
            raise ColumnUnusable(field="--map", given=pair)
        chosen[field.strip()] = column.strip()
    return chosen


def _tell(report: Report) -> None:
    click.echo(f"{report.total} {report.kind}: {', '.join(_counts(report))}.")
    if report.crs:
        click.echo(f"Coordinate system: {report.crs}.")
    for field, column in report.column_of.items():
        click.echo(f"  {field} ← {column}")
    if report.ignored:
        click.echo(f"Nothing is made of these columns: {', '.join(report.ignored)}.")
    for finding in report.findings:
        if finding.kind != PROBLEM:
            click.echo(f"{_HEADS[finding.kind]}: {finding.said}")
    for problem in report.problems:
        click.echo(f"Problem: {problem}", err=True)


def _counts(report: Report) -> Iterator[str]:
    yield f"{report.new} new"
    yield f"{report.changed} changed"
    yield f"{report.unchanged} as they were"
    if report.problems:
        yield f"{len(report.problems)} problems"
