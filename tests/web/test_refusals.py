"""Every no: with its reason, in one form, and never with our insides."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coopfarm.store import sqlite
from coopfarm.store.db import Database
from tests.factories.members import Visitor, make_member
from tests.factories.water import ASKED

PLANS = "/api/v1/plans"


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor("manager", name="Mariam")


def is_a_problem(answer: TestResponse) -> bool:
    """Whether it has the shape of RFC 9457 with our code and facts."""
    return (
        answer.content_type == "application/problem+json"
        and answer.json["status"] == answer.status_code
        and bool(answer.json["title"])
        and bool(answer.json["code"])
        and isinstance(answer.json["facts"], dict)
        and answer.json["type"] in ("about:blank", f"/problems/{answer.json['code']}")
    )


def test_every_kind_of_refusal_has_one_form(
    app: Flask, manager: Visitor, visitor: Callable[..., Visitor]
) -> None:
    farmer, stranger = visitor(), app.test_client()
    nobody = uuid4()

    answers = {
        "not signed in": stranger.get(PLANS),
        "not allowed": farmer.get(PLANS),
        "no such page": manager.get("/api/v1/nowhere"),
        "no such thing": manager.get(f"{PLANS}/{nobody}"),
        "no such way": manager.client.delete(PLANS),
        "too large": manager.client.post(
            PLANS, json=ASKED, headers=key(), environ_overrides={"CONTENT_LENGTH": str(60 << 20)}
        ),
        "large for JSON": manager.send("POST", PLANS, {"a": "x" * 1_000_001}),
        "not JSON": manager.client.post(PLANS, data="supply=60", headers=key()),
        "unusable": manager.send("POST", PLANS, ASKED | {"supply": 0}),
        "no edition": manager.send("POST", f"{PLANS}/{nobody}/undo"),
        "no key": manager.client.post(PLANS, json=ASKED),
    }

    assert {kind: answer.status_code for kind, answer in answers.items()} == {
        "not signed in": 401,
        "not allowed": 403,
        "no such page": 404,
        "no such thing": 404,
        "no such way": 405,
        "too large": 413,
        "large for JSON": 413,
        "not JSON": 415,
        "unusable": 422,
        "no edition": 428,
        "no key": 422,
    }
    assert [kind for kind, answer in answers.items() if not is_a_problem(answer)] == []
    assert answers["no such way"].headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def send_text(manager: Visitor, text: str | bytes) -> TestResponse:
    return manager.client.post(PLANS, data=text, content_type="application/json", headers=key())


def test_json_that_cannot_be_used_is_refused_and_never_breaks_anything(manager: Visitor) -> None:
    whole = '{"starts_at": "2026-07-04T06:00:00Z", "cycle_minutes": 10080, "supply": %s}'
    sent: dict[str, tuple[str | bytes, int, str]] = {
        "not a number": (whole % "NaN", 422, "not-finite"),
        "endless": (whole % "Infinity", 422, "not-finite"),
        "endless backwards": (whole % "-Infinity", 422, "not-finite"),
        "endless when read": (whole % "1e999", 422, "not-finite"),
        "of 5,000 digits": (whole % ("9" * 5_000), 400, "too-many-digits"),
        "larger than any float": (whole % ("9" * 310), 400, "too-many-digits"),
        "deep lists": (whole % ("[" * 100_000), 400, "nested-too-deep"),
        "deep lists that end": (whole % ("[" * 5_000 + "]" * 5_000), 400, "nested-too-deep"),
        "deep objects": ('{"a":' * 5_000 + "1" + "}" * 5_000, 400, "nested-too-deep"),
        "given twice": ('{"supply": 1, "supply": 2}', 422, "given-twice"),
        "no JSON": ("supply: 60", 400, "not-json"),
        "nothing": ("", 400, "not-json"),
        "not text": (b"\xff\xfe{}", 422, "broken-text"),
        "half a character": (whole % '"\\ud800"', 422, "broken-text"),
        "a control code": (whole % '"\\u0000"', 422, "broken-text"),
        "a list": ("[]", 422, "field-unusable"),
        "null": ("null", 422, "field-unusable"),
        "a number": ("7", 422, "field-unusable"),
    }

    answers = {name: send_text(manager, text) for name, (text, _, _) in sent.items()}

    assert {name: (one.status_code, one.json["code"]) for name, one in answers.items()} == {
        name: (status, code) for name, (_, status, code) in sent.items()
    }
    assert all(is_a_problem(answer) for answer in answers.values())


def test_text_the_database_cannot_keep_is_refused_wherever_it_is_sent(manager: Visitor) -> None:
    answers = [
        manager.get("/members?words=%00"),
        manager.get(f"{PLANS}?%00=1"),
        manager.post("/water/weather/station", {"name": "Al\0Nur"}, page="/water/weather"),
        manager.post("/sign-in", {"name": "\0", "secret": "\0"}, page="/water/weather"),
    ]

    assert {answer.status_code for answer in answers} == {422}


def test_a_refusal_is_a_page_in_the_readers_language(app: Flask) -> None:
    english = app.test_client().get("/nowhere", headers={"Accept-Language": "en"})
    arabic = app.test_client().get("/nowhere", headers={"Accept-Language": "ar"})

    assert (english.status_code, arabic.status_code) == (404, 404)
    assert '<html lang="en-GB" dir="ltr"' in english.text
    assert "There is no such page." in english.text
    assert '<html lang="ar-EG" dir="rtl"' in arabic.text
    assert "There is no such page." not in arabic.text


def test_a_refusal_for_a_program_is_in_its_language_too(app: Flask) -> None:
    client = app.test_client()

    english = client.get("/api/v1/me", headers={"Accept-Language": "en"}).json
    arabic = client.get("/api/v1/me", headers={"Accept-Language": "ar"}).json

    assert english["code"] == arabic["code"] == "not-signed-in"
    assert english["title"] == "Sign in first."
    assert arabic["title"] != english["title"]


def test_a_page_that_is_refused_shows_the_way_back(manager: Visitor) -> None:
    ours = manager.get("/nowhere", headers={"Referer": "http://localhost/water/"})
    foreign = manager.get("/nowhere", headers={"Referer": "http://evil.example/"})

    assert 'href="http://localhost/water/"' in ours.text
    assert "evil.example" not in foreign.text


@pytest.fixture
def broken_app(app: Flask) -> Flask:
    """The program with a fault in it, as its users would meet it."""

    def fail() -> str:
        secret = "a secret of ours"
        raise ZeroDivisionError(secret)

    app.testing = False
    app.add_url_rule("/broken", view_func=fail)
    app.add_url_rule("/api/broken", "api_fail", view_func=fail)
    return app


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_fault_of_ours_is_said_without_our_insides(broken_app: Flask) -> None:
    client = broken_app.test_client()

    page = client.get("/broken", headers={"Accept-Language": "en"})
    problem = client.get("/api/broken")

    assert (page.status_code, problem.status_code) == (500, 500)
    assert "Something went wrong on our side" in page.text
    assert problem.json["code"] == "broken"
    assert is_a_problem(problem)
    for answer in (page, problem):
        assert "Traceback" not in answer.text
        assert "secret" not in answer.text
        assert "ZeroDivision" not in answer.text


def test_a_busy_store_asks_to_try_again(
    manager: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("readers and writers of PostgreSQL do not wait for one lock")
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.05)

    with database.transaction() as session:
        session.connection()
        refused = manager.send("POST", PLANS, ASKED)
    accepted = manager.send("POST", PLANS, ASKED)

    assert (refused.status_code, refused.json["code"]) == (503, "try-later")
    assert refused.headers["Retry-After"] == "2"
    assert accepted.status_code == 202


def test_a_text_too_long_to_be_kept_is_refused(
    app: Flask, database: Database, cooperative_id: int
) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("the embedded database keeps text of any length")

    def settle() -> str:
        with database.transaction(cooperative_id) as session:
            make_member(session, name="A" * 121)
        return ""

    app.add_url_rule("/api/settle", view_func=settle)

    refused = app.test_client().get("/api/settle")

    assert (refused.status_code, refused.json["code"]) == (422, "unstorable")


def test_a_form_without_its_token_is_too_old(manager: Visitor) -> None:
    manager.client.set_cookie("language", "en")

    refused = manager.client.post("/water/plan", data={"idempotency_key": "k"})

    assert refused.status_code == 422
    assert "This form is too old to be sent." in refused.text


def test_an_act_from_another_site_is_refused(manager: Visitor) -> None:
    def act(origin: str, **change: Any) -> int:
        return manager.send("POST", PLANS, ASKED, Origin=origin, **change).status_code

    assert act("http://localhost") == 202
    assert act("https://localhost") == 202
    assert act("http://evil.example") == 403
    assert act("http://localhost.evil.example") == 403
    assert act("http://localhost:8001") == 403
    assert act("null") == 403


def test_a_form_from_another_site_is_refused_before_signing_in(app: Flask) -> None:
    refused = app.test_client().post(
        "/sign-in", data={"name": "x"}, headers={"Origin": "http://evil.example"}
    )

    assert refused.status_code in (403, 422)
    assert "Set-Cookie" not in refused.headers or "token" not in refused.headers["Set-Cookie"]
