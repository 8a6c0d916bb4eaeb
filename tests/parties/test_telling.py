"""Who is asked to a work party, and who had a place in one that is called off, is told."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from coopfarm.members.models import Member
from coopfarm.sms.models import Message
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor
from tests.factories.parties import lets_lead

Make = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _english(database: Database, cooperative_id: int, amina: Visitor) -> None:
    """Messages come in the language of the member, before that of the cooperative."""
    with database.transaction(cooperative_id) as session:
        session.get_one(Member, (cooperative_id, amina.member_id)).locale = "en"


@pytest.fixture(autouse=True)
def _gateway(app: Flask) -> None:
    settings = replace(app.extensions["coopfarm_settings"], sms_gateway="console")
    app.extensions["coopfarm_settings"] = settings


@pytest.fixture
def told(look: TenantSession) -> Callable[[Visitor], list[str]]:
    """What somebody's phone was sent."""

    def read(who: Visitor) -> list[str]:
        query = select(Message.text).where(Message.member_id == who.member_id)
        found = list(look.scalars(query.order_by(Message.made_at)))
        look.rollback()
        return found

    return read


def test_who_had_a_place_hears_that_nobody_is_to_come(
    manager: Visitor,
    amina: Visitor,
    someone: Make,
    party_id: UUID,
    told: Callable[[Visitor], list[str]],
) -> None:
    omar = someone("Omar")
    amina.post(f"/parties/{party_id}/join")

    manager.post(f"/parties/office/{party_id}/cancel", {"reason": "the rain"})

    (said,) = told(amina)
    assert "Clean the east canal" in said
    assert "is called off: the rain" in said
    assert told(omar) == []


@pytest.fixture
def lets_amina_lead(database: Database, cooperative_id: int, amina: Visitor) -> None:
    with database.transaction(cooperative_id) as session:
        lets_lead(session, amina.member_id)


@pytest.mark.usefixtures("lets_amina_lead")
def test_who_is_asked_hears_of_it(
    manager: Visitor,
    amina: Visitor,
    party_id: UUID,
    told: Callable[[Visitor], list[str]],
) -> None:
    drafted = manager.post("/parties/plans").location
    asked = manager.post(f"{drafted}/ask")

    assert asked.status_code == 303, asked.text
    assert "Why you are asked" in amina.get(f"/parties/{party_id}").text
    (said,) = told(amina)
    assert said.startswith("You are asked to come: Clean the east canal, ")
    assert "07:00" in said
