"""Where gateways speak to us: believed only when they know what nobody else does."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.sms import actions
from coopfarm.sms.models import Message, ReceivedMessage
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import make_member

PUBLIC = "https://water.example.org"
NUMBER = "+201530000001"


@pytest.fixture
def served(settings: Settings, clock: Clock) -> Iterator[Callable[..., Flask]]:
    """The program with a gateway set."""
    apps: list[Flask] = []

    def make(gateway: str) -> Flask:
        line = {"public_url": PUBLIC, "sms_gateway": gateway, "sms_secret": "token"}
        apps.append(create_app(replace(settings, **line), clock=clock))  # type: ignore[arg-type]
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["coopfarm_queue"].close()
        app.extensions["coopfarm_database"].dispose()


@pytest.fixture
def message(database: Database, cooperative_id: int, clock: Clock) -> str:
    """A message that was sent, by its reference."""
    with database.transaction(cooperative_id) as session:
        one = actions.post(session, to=NUMBER, text="x", purpose="notice", now=clock.now)
        one.state, one.provider_id = "sent", "SM1"
        make_member(session, phone=NUMBER)
        return one.reference


def secret(app: Flask) -> str:
    return str(app.extensions["coopfarm_sms"].secret)


def state(database: Database, cooperative_id: int) -> str:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return session.scalars(select(Message.state)).one()


def came(database: Database, cooperative_id: int) -> list[tuple[str, str]]:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return [(one.number, one.text) for one in session.scalars(select(ReceivedMessage))]


def test_a_report_by_our_reference_or_by_the_gateways_own_id_is_kept(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int
) -> None:
    app = served("africas-talking")

    answer = app.test_client().post(
        f"/sms/hooks/{secret(app)}/report", data={"id": "SM1", "status": "Success"}
    )

    assert answer.status_code == 200
    assert state(database, cooperative_id) == "delivered"


def test_kannel_reports_by_get(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int
) -> None:
    app = served("kannel")

    app.test_client().get(f"/sms/hooks/{secret(app)}/report?id={message}&status=1")

    assert state(database, cooperative_id) == "delivered"


def test_a_late_report_takes_nothing_back(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int
) -> None:
    app = served("rapidpro")
    client = app.test_client()

    for hook in ("delivered", "sent", "failed"):
        client.post(f"/sms/hooks/{secret(app)}/{hook}", data={"id": message})

    assert state(database, cooperative_id) == "delivered"


@pytest.mark.parametrize("hook", ["report", "receive", "delivered"])
def test_who_does_not_know_the_address_finds_nothing(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int, hook: str
) -> None:
    client = served("rapidpro").test_client()
    sent: dict[str, Any] = {"id": message, "from": NUMBER, "text": "x"}

    answer = client.post(f"/sms/hooks/{'0' * 32}/{hook}", data=sent)

    assert answer.status_code == 404
    assert state(database, cooperative_id) == "sent"
    assert came(database, cooperative_id) == []


def test_twilio_is_believed_by_its_signature_alone(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int
) -> None:
    app = served("twilio")
    path = f"/sms/hooks/{secret(app)}/report?id={message}"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = PUBLIC + path + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(b"token", signed.encode(), hashlib.sha1).digest()
    signature = base64.b64encode(digest).decode()
    client = app.test_client()

    forged = client.post(path, data=form, headers={"X-Twilio-Signature": "A" * 28})
    before = state(database, cooperative_id)
    genuine = client.post(path, data=form, headers={"X-Twilio-Signature": signature})

    assert (forged.status_code, before) == (403, "sent")
    assert (genuine.status_code, genuine.text) == (200, "<Response/>")
    assert state(database, cooperative_id) == "delivered"


def test_a_message_from_a_member_is_kept_once_and_from_a_stranger_not_at_all(
    served: Callable[..., Flask], message: str, database: Database, cooperative_id: int
) -> None:
    app = served("kannel")
    client = app.test_client()
    path = f"/sms/hooks/{secret(app)}/receive"

    for sender, number in (("201530000001", 1), ("201530000001", 1), ("+20999", 2)):
        answer = client.post(path, data={"sender": sender, "message": "دور", "id": f"k-{number}"})

    assert answer.status_code == 200
    assert came(database, cooperative_id) == [(NUMBER, "دور")]
