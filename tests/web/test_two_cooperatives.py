"""Two cooperatives in one program: neither finds out that the other is there."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coopfarm.members.models import Cooperative, Member
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import PlanRun, Turn
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.factories.water import ASKED, STARTS_AT, make_plan, settle_week

CANARY = "Zarzur"  # stands in every text of the other cooperative, and in none of ours


class There(NamedTuple):
    """What the other cooperative has, by id."""

    plan: UUID
    run: UUID
    turn: UUID
    member: UUID


@pytest.fixture
def there(database: Database, clock: Clock) -> There:
    """The other cooperative, with a plan in force."""
    with database.transaction() as session:
        home = Cooperative(name=CANARY, timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(home_id) as session:
        return settle_canaries(session)


def settle_canaries(session: TenantSession) -> There:
    member = make_member(session, "manager", name=CANARY, number=CANARY, phone="+201000000009")
    settle_week(session, [member.id, member.id], outlet=CANARY)
    plan = make_plan(session)
    plan.state, plan.note = "in_force", CANARY
    run = PlanRun(wish=dict(ASKED), asked_at=STARTS_AT, state="running")
    session.add(run)
    session.flush()
    turn = session.scalars(select(Turn)).first()
    assert turn is not None
    return There(plan.id, run.id, turn.id, member.id)


@pytest.fixture
def manager(visitor: Callable[..., Visitor], there: There) -> Visitor:
    return visitor("manager", name="Mariam")


def said(answer_text: str, thing: UUID) -> str:
    """A page without its tokens and without the id it was asked for."""
    without_tokens = re.sub(r'(csrf_token|idempotency_key)" value="[^"]*"', "", answer_text)
    return without_tokens.replace(str(thing), "ID")


def looked_at(manager: Visitor, path: str, thing: UUID) -> tuple[int, str]:
    answer = manager.get(path.format(thing))
    return answer.status_code, said(answer.text, thing)


def test_what_is_theirs_looks_like_what_is_not_there(manager: Visitor, there: There) -> None:
    addresses = {
        "/water/plans/{}": there.plan,
        "/water/plans/{}/roster": there.plan,
        "/water/runs/{}": there.run,
        "/turns/{}": there.turn,
        "/api/v1/plans/{}": there.plan,
        "/api/v1/runs/{}": there.run,
    }

    theirs = {path: looked_at(manager, path, thing) for path, thing in addresses.items()}
    nobodys = {path: looked_at(manager, path, uuid4()) for path in addresses}

    assert theirs == nobodys
    assert {status for status, _ in theirs.values()} == {404}


def test_what_is_theirs_cannot_be_acted_on(
    manager: Visitor, there: There, onlooker: Database
) -> None:
    acts = {
        f"/api/v1/plans/{there.plan}/notice": {"note": "Ours now"},
        f"/api/v1/plans/{there.plan}/in-force": None,
        f"/api/v1/plans/{there.plan}/undo": None,
        f"/api/v1/runs/{there.run}/stop": None,
        f"/api/v1/runs/{there.run}/use": None,
    }

    answers = [manager.send("POST", path, sent, If_Match='"1"') for path, sent in acts.items()]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "missing")}
    with onlooker.reading() as session:
        run = session.scalars(select(PlanRun), execution_options={"all_cooperatives": True}).one()
    assert run.state == "running"


def test_searching_finds_our_own_alone(manager: Visitor) -> None:
    assert "Mariam" in manager.get("/members?words=Mariam").text
    assert f"<bdi>{CANARY}" not in manager.get(f"/members?words={CANARY}").text


def test_versions_are_counted_in_each_cooperative_by_itself(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        holder = session.scalars(select(Member)).first()
        settle_week(session, [holder.id if holder else uuid4()])
        make_plan(session)

    plans = manager.get("/api/v1/plans").json["plans"]

    assert [plan["version"] for plan in plans] == [1]
