"""Who comes late starts where the others stand; idle credit is passed on; machines are entered."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.ledger import ON, make_deed
from tests.factories.members import make_member


@pytest.fixture
def office(session: TenantSession) -> UUID:
    return make_member(session, "manager", name="Nadia").id


@pytest.fixture
def amina(session: TenantSession) -> UUID:
    return make_member(session, name="Amina").id


@pytest.fixture
def bilal(session: TenantSession) -> UUID:
    return make_member(session, name="Bilal").id


def decide(session: TenantSession, office: UUID, clock: Clock, **terms: Any) -> None:
    found = rules.Terms(**terms)
    actions.decide(session, found, "voted", by_id=office, now=clock.now)


def test_a_newcomer_starts_at_the_mean_of_the_others(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID, bilal: UUID
) -> None:
    lines = (Line(amina, 300), Line(bilal, 60), Line("cooperative", -360))
    deed = Deed("labour", "work-party", lines, ON, {"party": "East canal"})
    actions.post(session, deed, by_id=office, now=clock.now)
    clock.forward(days=2)
    newcomer = make_member(session, name="Carim")
    newcomer.joined_on = clock.now.date()
    session.flush()

    late = make_deed(newcomer.id, "cooperative", 30)
    actions.post(session, late, by_id=office, now=clock.now)

    # (300 + 60 + 0) ÷ 3 others.
    assert queries.balance(session, newcomer.id, "labour") == 120 + 30
    assert sum(queries.balances(session, "labour").values()) == 510
    assert queries.fund_balances(session, "labour") == {"cooperative": -510}


def test_who_was_there_before_the_ledger_starts_at_zero(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID, bilal: UUID
) -> None:
    actions.post(session, make_deed(amina, "cooperative", 300), by_id=office, now=clock.now)

    actions.post(session, make_deed(bilal, "cooperative", 30), by_id=office, now=clock.now)

    assert queries.balance(session, bilal, "labour") == 30


def test_credit_that_lies_idle_is_shared_out_and_can_be_taken_back(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID, bilal: UUID
) -> None:
    decide(session, office, clock, idle="share-out", idle_months=3, idle_above={"labour": 60})
    actions.post(session, make_deed(amina, "cooperative", 360), by_id=office, now=clock.now)
    assert actions.idle_deeds(session, clock.now) == []
    clock.forward(days=120)

    made = actions.pass_on_idle(session, by_id=office, now=clock.now)

    # 300 idle minutes among three members.
    assert queries.balances(session, "labour", [amina, bilal, office]) == {
        amina: 160,
        bilal: 100,
        office: 100,
    }
    actions.reverse(session, made[0].id, "not voted", by_id=office, now=clock.now)
    assert queries.balance(session, amina, "labour") == 360


def test_idle_credit_can_be_given_to_the_cooperative(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID
) -> None:
    decide(session, office, clock, idle="gift", idle_months=3)
    actions.post(session, make_deed(amina, "cooperative", 360), by_id=office, now=clock.now)
    clock.now += timedelta(days=120)

    actions.pass_on_idle(session, by_id=office, now=clock.now)

    assert queries.balance(session, amina, "labour") == 0


def test_who_received_lately_has_no_idle_credit(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID, bilal: UUID
) -> None:
    decide(session, office, clock, idle="gift", idle_months=3)
    actions.post(session, make_deed(amina, bilal, 360), by_id=office, now=clock.now)
    clock.forward(days=120)
    lately = make_deed(bilal, amina, 10, on=clock.now.date())
    actions.post(session, lately, by_id=office, now=clock.now)

    assert actions.idle_deeds(session, clock.now) == []


def test_who_leaves_is_settled_against_the_cooperative(
    session: TenantSession, clock: Clock, office: UUID, amina: UUID, bilal: UUID
) -> None:
    actions.post(session, make_deed(amina, bilal, 360), by_id=office, now=clock.now)
    actions.post(session, make_deed(bilal, amina, 50, unit="money"), by_id=office, now=clock.now)

    actions.settle(session, amina, by_id=office, now=clock.now)

    assert not any(queries.all_balances(session, amina).values())
    assert queries.fund_balances(session, "labour") == {"cooperative": 360}
