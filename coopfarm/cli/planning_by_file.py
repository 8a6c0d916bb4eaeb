"""The workbench for whoever has a planning problem in a file and no cooperative."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import click

from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_
from coopfarm.planning import by_file

HOLDS: Final = 0
DOES_NOT_HOLD: Final = 1
UNUSABLE: Final = 2


class NotUtf8(Invalid):
    """Bytes in another encoding."""

    code = "not-utf-8"
    words = N_("%(field)s is not written in UTF-8, from byte %(place)s on. Save it as UTF-8.")


_kind = click.argument("kind", type=click.Choice(tuple(by_file.KINDS)))


@click.command()
@_kind
@click.argument("file", type=click.File("rb"))
def solve(kind: str, file: BinaryIO) -> None:
    """Solve the KIND of problem in FILE (- for standard input).

    Prints the plan, its certificate and an explanation for each id, as JSON.
    """
    with _unusable_is_named():
        answer = by_file.solve_file(kind, _text(file, "problem"))
    _say(by_file.as_text(answer))
    sys.exit(HOLDS if answer["certificate"]["holds"] else DOES_NOT_HOLD)


@click.command()
@_kind
@click.argument("problem", type=click.File("rb"))
@click.argument("plan", type=click.File("rb"))
def certify(kind: str, problem: BinaryIO, plan: BinaryIO) -> None:
    """Judge the PLAN that anyone made for a PROBLEM of this KIND.

    Ends with 0 when the plan holds, with 1 and the findings when it does not, and with 2 when
    one of the files cannot be used.
    """
    with _unusable_is_named():
        texts = _text(problem, "problem"), _text(plan, "plan")
        verdict = by_file.judge_file(kind, *texts)
    _say(by_file.as_text(verdict))
    sys.exit(HOLDS if verdict["holds"] else DOES_NOT_HOLD)


def _text(file: BinaryIO, whole: str) -> str:
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise NotUtf8(field=whole, place=fault.start) from fault


@contextmanager
def _unusable_is_named() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        click.echo(_in_one_line(refusal), err=True)
        sys.exit(UNUSABLE)


def _in_one_line(refusal: Refusal) -> str:
    """The words, and before them the field where they do not name it."""
    words = " ".join(str(refusal).split())
    return words if refusal.field is None or refusal.field in words else f"{refusal.field}: {words}"


def _say(text: str) -> None:
    # As bytes, so that names in any script come out whatever the terminal is set to.
    click.echo(text.encode(), nl=False)
