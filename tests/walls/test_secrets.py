"""Secret addresses: one that is another's or worthless is not to be told from one never made."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopfarm.config import Settings
from coopfarm.equipment.actions import feeds
from coopfarm.equipment.models import Feed
from coopfarm.equipment.queries.cases import Whose
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.machines import make_machine
from tests.factories.members import Visitor, make_member

# What differs between any two answers.
_ITS_OWN = {"Date", "Set-Cookie", "Content-Length"}


@pytest.fixture
def pepper(app: Flask) -> str:
    settings: Settings = app.extensions["coopfarm_settings"]
    return settings.pepper


@pytest.fixture
def theirs(database: Database, clock: Clock, pepper: str) -> Callable[..., str]:
    """`theirs("machine", revoked=True)`: the secret of a feed of another cooperative."""

    def make(of: str = "member", *, revoked: bool = False) -> str:
        with database.transaction() as session:
            there = Cooperative(
                name="Over there", timezone="UTC", locale="en_GB", made_at=clock.now
            )
            session.add(there)
            session.flush()
            session.cooperative_id = there.id
            member = make_member(session, "manager", name="Zarzur")
            machine_id = make_machine(session, "Zarzur").id if of == "machine" else None
            whose = _whose(member.id, clock)
            feed = feeds.make(session, machine_id, whose, pepper=pepper)
            if revoked:
                feeds.revoke(session, machine_id, whose)
            return feeds.token(feed, pepper)

    return make


def _whose(member_id: UUID, clock: Clock) -> Whose:
    return Whose(member_id, member_id, frozenset({"manager"}), clock.now, ZoneInfo("UTC"))


def _unknown(pepper: str) -> str:
    return feeds.token(Feed(id=uuid4()), pepper)


def _told(client: FlaskClient, secret: str) -> tuple[Any, ...]:
    answer: TestResponse = client.get(f"/feeds/{secret}.ics")
    headers = {name: value for name, value in answer.headers if name not in _ITS_OWN}
    without_tokens = re.sub(r'(?<=value=")[^"]{20,}', "…", answer.text)
    return answer.status_code, headers, without_tokens.replace(secret, "…")


@pytest.mark.parametrize("of", ["member", "machine"])
def test_the_feed_of_another_cooperative_is_as_if_it_were_not_there(
    visitor: Callable[..., Visitor], theirs: Callable[..., str], pepper: str, of: str
) -> None:
    amina = visitor("manager", name="Amina")
    secret = theirs(of)

    told = _told(amina.client, secret)

    assert told == _told(amina.client, _unknown(pepper))
    assert told[0] == 404
    assert "Zarzur" not in told[2]
    assert amina.client.application.test_client().get(f"/feeds/{secret}.ics").status_code == 200


@pytest.mark.parametrize("of", ["member", "machine"])
def test_a_revoked_address_is_as_if_it_had_never_been_made(
    app: Flask, theirs: Callable[..., str], pepper: str, of: str
) -> None:
    program = app.test_client()

    told = _told(program, theirs(of, revoked=True))

    assert told == _told(program, _unknown(pepper))
    assert told[0] == 404
