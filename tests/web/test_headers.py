"""The headers of answers that are no ordinary page, and over https."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.web import request
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.web.test_every_route import HEADERS, POLICY, addresses, call, token_of

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = on_one_database


@pytest.fixture
def over_https(settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(replace(settings, https=True), clock=clock)
    app.testing = True
    yield app
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()


def is_safe(answer: TestResponse) -> bool:
    policy = set(answer.headers["Content-Security-Policy"].split("; "))
    return policy >= POLICY and {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_answers_that_are_no_page_have_them_too(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    manager, stranger = visitor("manager"), Visitor(app.test_client(), visitor().member_id, "")
    style = manager.get("/static/css/shared.css", buffered=True)
    etag = style.headers["ETag"]
    app.config["MAX_CONTENT_LENGTH"] = 1000
    app.testing = False
    app.view_functions["members.sign_in"] = lambda: 1 / 0

    answers = {
        200: style,
        303: stranger.get("/members"),
        304: manager.get("/static/css/shared.css", headers={"If-None-Match": etag}, buffered=True),
        401: stranger.get("/api/v1/me"),
        403: visitor().get("/members"),
        404: manager.get("/nowhere"),
        405: manager.client.delete("/members"),
        413: manager.client.post("/sign-in", data={"name": "x" * 2000}),
        500: manager.get("/sign-in"),
    }

    assert {status: answer.status_code for status, answer in answers.items()} == {
        status: status for status in answers
    }
    assert [status for status, answer in answers.items() if not is_safe(answer)] == []
    assert not any("Server" in answer.headers for answer in answers.values())


def test_over_https_browsers_are_told_to_come_that_way_for_a_year(over_https: Flask) -> None:
    stranger = over_https.test_client()

    answers = [stranger.get(path, buffered=True) for path in ("/sign-in", "/static/favicon.svg")]

    for answer in answers:
        wanted = answer.headers["Strict-Transport-Security"]
        assert wanted == "max-age=31536000; includeSubDomains"


def test_over_http_they_are_not(app: Flask) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/sign-in").headers


def test_over_https_both_cookies_are_for_this_host_alone(
    over_https: Flask, visitor: Callable[..., Visitor]
) -> None:
    phone = visitor().phone
    somebody = Visitor(over_https.test_client(), visitor().member_id, phone)
    client = somebody.client
    page = client.get("/sign-in", base_url="https://localhost").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        "/sign-in",
        data={"csrf_token": token, "name": phone, "secret": "407319"},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/sign-in"},
    )

    set_cookies = answer.headers.getlist("Set-Cookie")
    names = sorted(cookie.partition("=")[0] for cookie in set_cookies)
    assert names == ["__Host-coopfarm", "__Host-coopfarm-device"]
    for cookie in set_cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_no_answer_that_a_cache_may_keep_sets_a_cookie(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    manager = visitor("manager")
    token = token_of(manager)

    answers = {(a.method, a.path): call(manager, a, token) for a in addresses(app)}

    shared = [
        where
        for where, answer in answers.items()
        if "Set-Cookie" in answer.headers and "no-store" not in answer.headers["Cache-Control"]
    ]
    assert shared == []


def test_who_asks_from_where_is_told_by_as_many_proxies_as_are_trusted(
    settings: Settings, clock: Clock
) -> None:
    seen = []
    for proxies in (0, 1, 2):
        app = create_app(replace(settings, trusted_proxies=proxies), clock=clock)
        app.add_url_rule("/where", "where", request.address)
        answer = app.test_client().get(
            "/where", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.5, 198.51.100.9"}
        )
        seen.append(answer.text)
        app.extensions["coopfarm_queue"].close()
        app.extensions["coopfarm_database"].dispose()

    assert seen == ["127.0.0.1", "198.51.100.9", "203.0.113.5"]


def test_a_manager_without_a_second_factor_is_a_stranger_everywhere(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    settled = visitor("manager")
    half = Visitor(app.test_client(), settled.member_id, settled.phone)
    half.sign_in()
    guarded = [a for a in addresses(app) if a.roles and "anyone" not in a.roles]
    token = token_of(half, "/sign-in/second-factor")

    statuses = {(a.method, a.path): call(half, a, token).status_code for a in guarded}

    assert {where: said for where, said in statuses.items() if said not in (303, 401)} == {}
