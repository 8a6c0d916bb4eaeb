"""X14: the officer, who may serve many cooperatives, reads no member's name or number to call.

Every address that can be looked at is looked at, with one row of everything behind it: a new
route is in this by itself.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from coopfarm.members.models import Household, Member
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor
from tests.walls.test_sweep import NAMES, WORDS, kind_of, routes
from tests.walls.two_homes import Home, settle

CALLED = {"name": "Zarqun Halabi", "name_latin": "Zerqoun Khalabi"}
HOUSE = "House of Khalabi"
PHONE = "+2010777000"
# A name in either script, and a number to call however it is written; not its last digits alone.
SAID = re.compile(r"Zarqun|Halabi|Zerqoun|Khalabi|1\W?0\W?7\W?7\W?7\W?0\W?0\W?0")
LEAST_ANSWERED = 110
LEAST_NAMED = 20
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = re.compile(r"/ogc/([\w.-]+)")


class Village(NamedTuple):
    """A cooperative in which everybody bears the one name, and two who look at it."""

    app: Flask
    home: Home
    officer: Visitor
    manager: Visitor


@pytest.fixture
def village(app: Flask, database: Database) -> Village:
    home = settle(database, "Al-Fajr")
    with database.transaction(home.id) as session:
        _name_everybody(session)
    officer, manager = (
        Visitor.settle(app, database, home.id, (role,), name="Somebody", number=role)
        for role in ("officer", "manager")
    )
    return Village(app, home, officer, manager)


def _name_everybody(session: TenantSession) -> None:
    session.execute(update(Household).values(name=HOUSE))
    for count, member in enumerate(session.scalars(select(Member).order_by(Member.number))):
        member.name, member.name_latin = CALLED["name"], CALLED["name_latin"]
        member.phone, member.shares_phone = f"{PHONE}{count:03}", True


def looked_at(village: Village) -> Iterator[str]:
    """Every address with a way to look at it, filled in with what is there."""
    for route in routes(village.app):
        if route.method != "GET" or str(route.rule).endswith(".pdf"):
            continue  # what is set on paper is a page too
        values: dict[str, Any] = {}
        for name in route.rule.arguments:
            table = kind_of(route, name)
            values[name] = village.home.rows[table] if table else WORDS[name]
        with village.app.test_request_context():
            yield village.app.url_map.bind("localhost").build(route.endpoint, values)


def asked(village: Village) -> dict[str, str]:
    """What a query may name, of what is there."""
    rows = village.home.rows
    return {name: str(rows[table]) for name, table in NAMES.items()}


def told(answer: TestResponse) -> str:
    """All that can be read in an answer, in a file of files too."""
    if answer.mimetype != "application/zip":
        return answer.text
    with ZipFile(BytesIO(answer.data)) as files:
        return " ".join(files.read(name).decode() for name in files.namelist())


def named(answers: dict[str, TestResponse]) -> dict[str, str]:
    """Where somebody is named, and the words around it."""
    return {
        path: answer.text[max(0, found.start() - 90) : found.end() + 20]
        for path, answer in answers.items()
        if (found := SAID.search(told(answer)))
    }


def test_no_address_tells_the_officer_who_anybody_is(village: Village) -> None:
    answers = {path: village.officer.get(path, buffered=True) for path in looked_at(village)}

    assert named(answers) == {}
    assert sum(answer.status_code == 200 for answer in answers.values()) >= LEAST_ANSWERED


@on_one_database
def test_no_query_has_an_address_tell_it(village: Village) -> None:
    sent = asked(village)

    answers = {
        path: village.officer.get(path, query_string=sent, buffered=True)
        for path in looked_at(village)
    }

    assert named(answers) == {}


def test_no_file_and_no_address_for_programs_tells_it(village: Village) -> None:
    officer = village.officer
    answers = {}
    for form in ("csv", "geojson"):
        wish = {"layer": "plots", "format": form, "reason": "to look"}
        officer.post("/map/exports", wish, page="/map/exports")
        answers[form] = officer.get("/map/exports/file")
    officer.post("/map/key", page="/map/key")
    secret = SECRET.search(officer.get("/map/key").text)
    assert secret is not None
    there = f"/ogc/{secret.group(1)}/collections"
    for layer in officer.get(there).json["collections"]:
        answers[layer["id"]] = officer.get(f"{there}/{layer['id']}/items")

    assert {answer.status_code for answer in answers.values()} == {200}
    assert named(answers) == {}


@on_one_database
def test_the_office_reads_the_names_at_the_same_addresses(village: Village) -> None:
    answers = {path: village.manager.get(path, buffered=True) for path in looked_at(village)}

    assert len(named(answers)) >= LEAST_NAMED


@on_one_database
def test_a_list_to_choose_from_has_each_number_once(village: Village) -> None:
    page = village.officer.get("/pests/scouting").text

    assert ">officer</option>" not in page  # the officer's own name is their own
    assert "Somebody · officer</option>" in page
    assert ">manager</option>" in page
