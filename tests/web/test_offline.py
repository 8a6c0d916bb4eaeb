"""The server's half of working without a signal."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from coopfarm.web import offline
from tests.factories.members import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STANDING = "/outbox/standing.json"
KB = 1000


def version(who: Visitor) -> str:
    found = re.search(r'VERSION = "(\w+)"', who.get("/sw.js").text)
    assert found
    return found.group(1)


def whose(who: Visitor) -> str:
    found = re.search(r'data-who="([^"]+)"', who.get("/").text)
    assert found
    return found.group(1)


def test_the_worker_is_new_whenever_something_of_the_shell_is(
    app: Flask, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    who, static = visitor(), tmp_path / "static"
    shutil.copytree(str(app.static_folder), static)
    app.static_folder = str(static)

    before = version(who)
    again = version(who)
    (static / "css" / "farmer.css").write_text("p { color: red; }")

    assert before == again
    assert version(who) != before


def test_the_shell_names_only_what_is_there_and_is_light(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    who = visitor()
    found = re.search(r"SHELL = (\[.*?\])", who.get("/sw.js").text)
    assert found
    paths = [*json.loads(found.group(1)), "/offline", "/sw.js"]

    answers = [who.get(path, buffered=True) for path in paths]

    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert sum(len(answer.data) for answer in answers) <= 60 * KB


def test_the_page_for_no_signal_says_nothing_of_anybody(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    visitor(name="Amina")

    page = app.test_client().get("/offline", headers={"Accept-Language": "ar"})

    assert page.status_code == 200
    assert 'dir="rtl"' in page.text
    assert "Amina" not in page.text


def test_an_act_of_somebody_else_is_not_done_and_not_claimed(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    amina, omar = visitor(name="Amina"), visitor(name="Omar")
    key, act = str(uuid4()), {"shares": "1"}

    refused = omar.post(
        "/members/me/phone", act, key=key, headers=_acting_as(amina), page="/members/me"
    )
    done = amina.post(
        "/members/me/phone", act, key=key, headers=_acting_as(amina), page="/members/me"
    )

    assert refused.status_code == 401
    assert refused.json
    assert refused.json["code"] == "not-signed-in"
    assert done.status_code == 303
    assert "Idempotency-Replayed" not in done.headers


def _acting_as(who: Visitor) -> dict[str, str]:
    return {"Acting-As": whose(who), "Accept": "application/json"}


def test_answers_bear_the_mark_by_which_a_phone_knows_them(
    visitor: Callable[..., Visitor],
) -> None:
    amina = visitor()
    mark = whose(amina)

    answers = [amina.get(path, headers={"Acting-As": mark}) for path in ("/", "/nowhere", STANDING)]
    other = amina.get("/", headers={"Acting-As": "1.of-somebody-else\x7f"})

    assert [answer.headers.get("Acted-As") for answer in answers] == [mark] * 3
    assert "Acted-As" not in other.headers
    assert "Acted-As" not in amina.get("/").headers


def test_a_phone_is_told_who_is_signed_in_and_in_which_epoch(
    visitor: Callable[..., Visitor],
) -> None:
    amina = visitor()

    told = amina.get(STANDING, headers={"Accept": "application/json"})

    assert told.json
    assert set(told.json) == {"who", "csrf_token", "epoch"}
    assert told.json["who"] == whose(amina)
    assert "no-store" in told.headers["Cache-Control"]


def test_every_page_at_hand_is_there(app: Flask) -> None:
    with app.test_request_context():
        assert set(offline.at_hand().split()) >= {"/", "/calendar", "/outbox"}
