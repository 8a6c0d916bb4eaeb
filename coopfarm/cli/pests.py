"""The workbench for pests: warmth and hours fit for spraying, from a file."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final

import click

from coopfarm.cli.planning_by_file import UNUSABLE, NotUtf8
from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.pests import hours, problems, spray_hours, temperatures
from coopfarm.planning.pests.degree_days import Cutoff, Method, Thresholds, degree_days

_LONGEST_DRY_HOURS: Final = 72

_file = click.argument("file", type=click.File("rb"))


@click.group()
def pests() -> None:
    """Work out a pest's degree-days, or hours fit for spraying, from a CSV file."""


@pests.command("degree-days")
@_file
@click.option("--lower", required=True, type=float, help="Below it the pest does not develop.")
@click.option("--upper", type=float, help="Above it the cut-off applies; none without it.")
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.SINGLE_SINE.value,
    show_default=True,
    help="The curve of a day's temperature.",
)
@click.option(
    "--cutoff",
    type=click.Choice([cutoff.value for cutoff in Cutoff]),
    show_default="horizontal",
    help="How warmth above --upper counts.",
)
def degree_days_(
    file: BinaryIO, lower: float, upper: float | None, method: str, cutoff: str | None
) -> None:
    """The degree-days of each day in FILE (- for standard input), and their running total.

    FILE has the columns date, tmin and tmax; prints date, degree_days and total_degree_days.
    """
    with _unusable_is_named():
        if cutoff is not None and upper is None:
            raise problems.CutoffWithoutUpper(field="--cutoff")
        thresholds = Thresholds(lower, upper, Cutoff(cutoff or Cutoff.HORIZONTAL))
        days = temperatures.read_days(_text(file), lower=lower)
    warm_days = degree_days(days, thresholds, Method(method))
    _say(
        ("date", "degree_days", "total_degree_days"),
        ((day.on, f"{day.degree_days:.4f}", f"{day.total:.4f}") for day in warm_days),
    )


@pests.command("spray-hours")
@_file
@click.option(
    "--dry-hours",
    type=click.IntRange(1, _LONGEST_DRY_HOURS),
    default=1,
    show_default=True,
    help="Hours without rain, from the hour itself on, as the label asks.",
)
def spray_hours_(file: BinaryIO, dry_hours: int) -> None:
    """Whether each hour in FILE (- for standard input) is fit for spraying, and why not.

    FILE has the columns hour, temperature_c, humidity_pct, wind_km_h and rain_mm; prints hour,
    delta_t_c, ok and reasons.
    """
    with _unusable_is_named():
        read = hours.read_hours(_text(file))
    judged = spray_hours.judge_hours(read, spray_hours.SprayLimits(dry_hours=dry_hours))
    _say(
        ("hour", "delta_t_c", "ok", "reasons"),
        (
            (
                hour.hour,
                "" if hour.delta_t_c is None else f"{hour.delta_t_c:.2f}",
                "true" if hour.ok else "false",
                " ".join(map(str, hour.reasons)),
            )
            for hour in judged
        ),
    )


def _text(file: BinaryIO) -> str:
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise NotUtf8(field="FILE", place=fault.start) from fault


@contextmanager
def _unusable_is_named() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        for problem in refusal.problems if isinstance(refusal, Several) else (refusal,):
            click.echo(str(problem), err=True)
        sys.exit(UNUSABLE)


def _say(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    # As bytes, so that it comes out the same whatever the terminal is set to.
    click.echo(table.getvalue().encode(), nl=False)
