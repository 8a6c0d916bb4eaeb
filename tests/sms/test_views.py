"""The manager's page of short messages, and the handset of the demo."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from coopfarm.config import BadSettingError, Settings, read_settings
from coopfarm.sms import actions
from coopfarm.sms.models import Message
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor

NUMBER = "+201530000678"
PRODUCTION = {
    "COOPFARM_ENVIRONMENT": "production",
    "COOPFARM_SECRET_KEY": secrets.token_urlsafe(48),
    "COOPFARM_PEPPER": secrets.token_urlsafe(48),
}


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    """The manager, who reads English."""
    manager = visitor("manager")
    manager.client.set_cookie("language", "en")
    return manager


def test_a_test_message_arrives_on_the_handset_and_shows_in_the_list(
    manager: Visitor,
) -> None:
    sent = manager.post("/sms/test", {"number": "+٢٠ 153 000 0678"}, page="/sms")
    page = manager.get("/sms").text
    handset = manager.get("/dev/phone").text

    assert sent.status_code == 303
    assert "arrived" in page
    assert "•••• 678" in page
    assert NUMBER not in page
    assert NUMBER in handset
    assert "A test from coopfarm" in handset


@pytest.mark.parametrize("number", ["01530000678", "+12", "", "+" + "1" * 30])
def test_a_test_needs_a_number_with_its_country(manager: Visitor, number: str) -> None:
    refused = manager.post("/sms/test", {"number": number}, page="/sms")

    assert refused.status_code == 422
    assert "with its country" in refused.text


def test_messages_of_the_last_days_show_with_what_is_wrong_with_them(
    manager: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.transaction(cooperative_id) as session:
        for days, problem in ((1, "HTTP 402"), (20, "HTTP 418")):
            at = clock.now - timedelta(days=days)
            one = actions.post(session, to=NUMBER, text="ا" * 71, purpose="notice", now=at)
            one.state, one.problem = "failed", problem

    page = manager.get("/sms").text

    assert "HTTP 402" in page
    assert "HTTP 418" not in page
    assert ">2<" in page.replace("</td>", "<")


def test_there_is_no_handset_but_for_the_gateway_on_the_screen(
    app: Flask, visitor: Callable[..., Visitor], settings: Settings
) -> None:
    member = visitor()
    other = replace(settings, sms_gateway="gammu")
    app.extensions["coopfarm_sms"] = actions.open_post_office(other)

    assert member.get("/dev/phone").status_code == 404


def test_where_no_gateway_is_set_cards_are_the_only_way(
    app: Flask, manager: Visitor, settings: Settings, database: Database, cooperative_id: int
) -> None:
    without = replace(settings, environment="production")
    app.extensions["coopfarm_sms"] = actions.open_post_office(without)
    app.extensions["coopfarm_settings"] = without
    stranger = Visitor(app.test_client(), manager.member_id, "")
    stranger.client.set_cookie("language", "en")

    page = stranger.get("/enrol").text
    asked = stranger.post("/enrol", {"phone": NUMBER}, page="/enrol/card")

    assert "Send me a code" not in page
    assert "I have a card" in page
    assert asked.status_code == 404
    assert "No gateway is set" in manager.get("/sms").text
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"COOPFARM_SMS_GATEWAY": "console"}, "COOPFARM_SMS_GATEWAY"),
        (
            {
                "COOPFARM_SMS_GATEWAY": "kannel",
                "COOPFARM_SMS_URL": "http://kannel.example:13013",
                "COOPFARM_PUBLIC_URL": "https://water.example.org",
            },
            "COOPFARM_SMS_URL",
        ),
        ({"COOPFARM_SMS_GATEWAY": "twilio"}, "COOPFARM_PUBLIC_URL"),
        ({"COOPFARM_SMS_GATEWAY": "pigeon"}, "COOPFARM_SMS_GATEWAY"),
        ({"COOPFARM_PUBLIC_URL": "water.example.org/path"}, "COOPFARM_PUBLIC_URL"),
    ],
)
def test_production_refuses_a_line_that_is_not_safe(said: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettingError, match=named):
        read_settings(PRODUCTION | said)


def test_production_takes_a_gateway_behind_https_or_on_this_machine() -> None:
    public = {"COOPFARM_PUBLIC_URL": "https://water.example.org"}

    for url in ("https://sms.example.org/send", "http://127.0.0.1:13013", "http://localhost:8080"):
        line = {"COOPFARM_SMS_GATEWAY": "kannel", "COOPFARM_SMS_URL": url}
        assert read_settings(PRODUCTION | public | line).gateway == "kannel"
    assert read_settings(PRODUCTION).gateway == ""
