"""Who may do what, and who sees how much of what: written out from the program itself."""

import tempfile
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import click
from flask import Flask

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.kernel.roles import ROLES
from coopfarm.members.rules import sight

_CAPABILITIES: Final = ("members", "land", "water", "maps", "home", "notebook", "sms")
_SHORT: Final[Mapping[str, str]] = {"water_master": "water master"}
_BEGINNING: Final = """\
# Who may do what, and who sees what

Written by `coopfarm permissions` from the code: a test compares. Change the code, then run
`coopfarm permissions > docs/permissions.md`.

A member may hold several roles, and may do what any one of them may.
Roles are read anew at every request.
Who is suspended may read and not act.
Who stands in for a member has the role `member` alone, whatever their own are.
Another cooperative's rows are answered like rows that are not there.

An officer is a member of each cooperative that asked for one and that the officer agreed to serve.

## Acts
Every address of the program.
*everybody*: every member who is signed in, for their own things; *anyone*: need not be signed in.
"""
_FIELDS: Final = """\
## Fields
How much of a field of *another* member each role sees, on pages, maps, in JSON and in exports.
*exact*: all of it; *coarse*: the middle of a square of about 1 km; *masked*: the last three
digits; an empty cell: nothing.
Balances, loans and relief are kept for when there are such: nothing shows them yet.
"""


class Act(NamedTuple):
    """One address: what it does, and who may."""

    capability: str
    address: str
    method: str
    does: str
    roles: tuple[str, ...]


def acts(app: Flask) -> Iterator[Act]:
    """Every address of the program in the order of the capabilities."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        room, _, name = rule.endpoint.rpartition(".")
        said = (view.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        does = said if said and room not in ("", "api-docs") else name.replace("_", " ")
        roles = tuple(getattr(view, "allowed_roles", ("anyone",)))
        home = room.removesuffix("_api") or "other"
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [Act(home, rule.rule, method, does, roles) for method in methods]
    order = {name: place for place, name in enumerate(_CAPABILITIES)}
    yield from sorted(found, key=lambda one: (order.get(one.capability, 99), *one))


def document(app: Flask) -> str:
    """The whole page in Markdown."""
    parts = [_BEGINNING]
    for capability, group in groupby(acts(app), key=lambda one: one.capability):
        parts.append(f"### {capability.capitalize()}\n{_head('Act', 'Address')}")
        parts += [_line(act) for act in group]
        parts.append("")
    parts += [_FIELDS + _head("Field", "Who else sees it exactly")]
    parts += [_field(name) for name in sight.FIELDS]
    return "\n".join(parts) + "\n"


def _head(*columns: str) -> str:
    names = [*columns, *(_SHORT.get(role, role) for role in ROLES)]
    line = "|".join(names)
    return f"\n|{line}|\n|{'|'.join('---' for _ in names)}|"


def _line(act: Act) -> str:
    who = [_mark(act.roles, role) for role in ROLES]
    address = f"`{act.method} {act.address}`"
    if act.roles == ("anyone",):
        return _row(act.does, address, ["anyone"] + [""] * (len(ROLES) - 1))
    if set(act.roles) == set(ROLES):
        return _row(act.does, address, ["everybody"] + [""] * (len(ROLES) - 1))
    return _row(act.does, address, who)


def _row(does: str, address: str, cells: list[str]) -> str:
    told = "|".join((does.replace("|", "/"), address, *cells))
    return f"|{told}|"


def _mark(roles: tuple[str, ...], role: str) -> str:
    return "yes" if role in roles else ""


def _field(name: str) -> str:
    seen = [sight.FIELDS[name][role] for role in ROLES]
    cells = ["" if one == "hidden" else one for one in seen]
    return _row(name.replace("_", " "), sight.BESIDES[name], cells)


@click.command()
def permissions() -> None:
    """Print who may do what, and who sees how much of what, in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        secret = "of no use: nothing is kept and nobody asks"  # noqa: S105 (a program that serves nobody)
        settings = Settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/none.db",
            secret_key=secret,
            pepper=secret,
            worker="outside",
        )
        app = create_app(settings)
        click.echo(document(app), nl=False)
        app.extensions["coopfarm_queue"].close()
        app.extensions["coopfarm_database"].dispose()
