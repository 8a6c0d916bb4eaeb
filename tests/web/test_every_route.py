"""What holds for every address of the program, those of tomorrow too."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from coopfarm.store.db import Database
from coopfarm.web.request import ROLES
from tests.factories.members import Visitor
from tests.factories.water import make_plan, settle_week

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
# What is asked of HTTP alone is asked once.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SOMETHING = {"language.code": "ar", "static.filename": "favicon.svg"}


class Address(NamedTuple):
    """One way to call one view: its method, a path that fits, and who may."""

    endpoint: str
    method: str
    path: str
    roles: tuple[str, ...]


def addresses(app: Flask) -> Iterator[Address]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        roles = getattr(view, "allowed_roles", ())
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Address(rule.endpoint, method, path_of(app, rule), roles)


def path_of(app: Flask, rule: Rule) -> str:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = type(rule._converters[name]).__name__
        known = SOMETHING.get(f"{rule.endpoint.rpartition('.')[2]}.{name}", "nothing")
        values[name] = {"UUIDConverter": uuid4(), "IntegerConverter": 1}.get(converter, known)
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def call(who: Visitor, address: Address, token: str) -> TestResponse:
    """As a page of ours would, or a program."""
    headers = {"Idempotency-Key": str(uuid4())}
    if address.path.startswith("/api/"):
        body = {} if address.method != "GET" else None
        return who.client.open(address.path, method=address.method, json=body, headers=headers)
    # Buffered: an answer from a file is read and closed.
    data = {"csrf_token": token} if address.method != "GET" else None
    return who.client.open(
        address.path, method=address.method, data=data, headers=headers, buffered=True
    )


def token_of(who: Visitor, page: str = "/") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', who.get(page).text)
    return found.group(1) if found else ""


@on_one_database
def test_every_view_says_who_may_come_in(app: Flask) -> None:
    unlisted = [
        address.endpoint
        for address in addresses(app)
        if not address.roles and address.endpoint != "static"
    ]

    assert unlisted == []


@on_one_database
def test_every_role_a_view_names_is_one_of_ours(app: Flask) -> None:
    named = {role for address in addresses(app) for role in address.roles}

    assert named <= {*ROLES, "anyone"}


@on_one_database
def test_few_views_are_open_to_all(app: Flask) -> None:
    unguarded = {address.endpoint for address in addresses(app) if "anyone" in address.roles}

    assert unguarded <= OPEN_TO_ALL


OPEN_TO_ALL = {
    "members.sign_in",
    "members.admit",
    "members_api.sign_in",
    "equipment.sticker",
    "equipment.tell_fault",
    "equipment.feed",
    "maps.ogc_landing",
    "maps.ogc_conformance",
    "maps.ogc_api",
    "maps.ogc_collections",
    "maps.ogc_collection",
    "maps.ogc_items",
    "maps.ogc_item",
    "members.say_who",
    "members.forget",
    "members.second_factor",
    "members.give_second_factor",
    "members.set_up_later",
    "members.sign_out",
    "members.language",
    "members.welcome",
    "members.enrol",
    "members.ask_code",
    "members.enter_code",
    "members.check_code",
    "members.enter_card",
    "members.check_card",
    "members.choose_pin",
    "members.keep_pin",
    "members.application",
    "members.apply",
    "sms_api.hear",
    "sms.phone",
    "api-docs.openapi_json",
    "water.live",
    "home.healthy",
    "offline.worker",
    "offline.manifest",
    "offline.shell",
}


def test_a_stranger_is_let_in_nowhere_else(app: Flask) -> None:
    stranger = Visitor(app.test_client(), uuid4(), "")
    token = token_of(stranger, "/sign-in")
    guarded = [a for a in addresses(app) if a.roles and "anyone" not in a.roles]

    answers = {(a.method, a.path): call(stranger, a, token) for a in guarded}

    turned_away = {
        where: (answer.status_code, answer.headers.get("Location", "").split("?")[0])
        for where, answer in answers.items()
    }
    assert {
        where: said
        for where, said in turned_away.items()
        if said not in ((401, ""), (303, "/sign-in"), (303, "/welcome"))
    } == {}
    assert all(
        answer.status_code == 401
        for (method, path), answer in answers.items()
        if path.startswith("/api/") or method != "GET"
    )


@on_one_database  # the sweep in tests/walls asks the same of each role on PostgreSQL
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_only_the_doors_that_name_it(
    app: Flask, visitor: Callable[..., Visitor], role: str
) -> None:
    who = visitor(role)
    token = token_of(who)
    closed = [a for a in addresses(app) if a.roles and not {role, "anyone"} & set(a.roles)]
    unlocked = [a for a in addresses(app) if role in a.roles]

    refused = {(a.method, a.path): call(who, a, token).status_code for a in closed}
    let_in = {(a.method, a.path): call(who, a, token).status_code for a in unlocked}

    assert {where: status for where, status in refused.items() if status != 403} == {}
    assert {where: status for where, status in let_in.items() if status in (401, 403)} == {}
    assert {where: status for where, status in let_in.items() if status >= 500} == {}


@on_one_database
def test_every_answer_has_the_headers_that_keep_its_readers_safe(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    manager = visitor("manager")
    token = token_of(manager)

    answers = {(a.method, a.path): call(manager, a, token) for a in addresses(app)}
    answers["GET", "/nowhere"] = manager.get("/nowhere")

    for where, answer in answers.items():
        policy = set(answer.headers["Content-Security-Policy"].split("; "))
        assert policy >= POLICY, where
        assert "unsafe" not in answer.headers["Content-Security-Policy"], where
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, where


@on_one_database
def test_what_a_member_sees_is_kept_for_nobody_else(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    manager = visitor("manager")
    token = token_of(manager)
    guarded = [a for a in addresses(app) if a.roles and "anyone" not in a.roles]

    kept = {
        (a.method, a.path): answer.headers.get("Cache-Control")
        for a in guarded
        if not re.search(
            "no-store|private", (answer := call(manager, a, token)).headers["Cache-Control"]
        )
    }

    assert kept == {}


@on_one_database
def test_no_page_has_a_script_or_a_style_within(
    app: Flask, visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    manager = visitor("manager")
    with database.transaction(cooperative_id) as session:
        settle_week(session, [manager.member_id])
        plan = make_plan(session).id
    paths = [a.path for a in addresses(app) if a.method == "GET" and a.endpoint != "static"]
    paths.append(f"/water/plans/{plan}")

    pages = {path: manager.get(path) for path in paths}

    for path, page in pages.items():
        if page.mimetype == "text/html":
            assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", page.text), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page.text), path


@on_one_database
def test_looking_changes_nothing(
    app: Flask, visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    # On PostgreSQL the sessions of such requests are READ ONLY.
    manager = visitor("manager")
    with database.transaction(cooperative_id) as session:
        settle_week(session, [manager.member_id])
        make_plan(session)
    watcher = sqlite3.connect(str(make_url(str(database.engine.url)).database))
    before = watcher.execute("PRAGMA data_version").fetchone()

    for address in addresses(app):
        if address.method == "GET":
            call(manager, address, "")

    assert watcher.execute("PRAGMA data_version").fetchone() == before
    watcher.close()
