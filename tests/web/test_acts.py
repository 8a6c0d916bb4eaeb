"""Each act is done once, whole, or not at all."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select, text
from werkzeug.test import TestResponse

from coopfarm.store.acts import Act
from coopfarm.store.audit import AuditEvent
from coopfarm.store.base import Base
from coopfarm.store.db import Database
from coopfarm.water.models import PlanRun
from tests.factories.members import Visitor
from tests.factories.water import ASKED

PLANS = "/api/v1/plans"
PHONES_AT_ONCE = 20


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor("manager", name="Mariam")


def ask(who: Visitor, key: str, **change: Any) -> TestResponse:
    return who.send("POST", PLANS, ASKED | change, Idempotency_Key=key)


def count(database: Database, kind: type[Any], home: int) -> int:
    with database.reading() as session:
        session.cooperative_id = home
        return session.scalar(select(func.count()).select_from(kind)) or 0


def rows(database: Database) -> dict[str, int]:
    """How many rows every table of ours has."""
    with database.reading() as session:
        return {
            table: session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 (ours)
            for table in sorted(Base.metadata.tables)
        }


def another_phone(app: Flask, who: Visitor) -> FlaskClient:
    client = app.test_client()
    cookie = who.client.get_cookie("coopfarm")
    client.set_cookie("coopfarm", cookie.value if cookie else "")
    return client


def test_the_same_act_sent_twice_is_done_once_and_answered_alike(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    key = str(uuid4())

    first, second = ask(manager, key), ask(manager, key)

    assert (first.status_code, second.status_code) == (202, 202)
    assert second.data == first.data
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert count(database, PlanRun, cooperative_id) == 1


def test_twenty_phones_that_send_the_same_act_at_once_do_it_once(
    app: Flask, manager: Visitor, database: Database, cooperative_id: int
) -> None:
    key, start = str(uuid4()), threading.Barrier(PHONES_AT_ONCE)

    def tap() -> TestResponse:
        phone = another_phone(app, manager)
        start.wait(10)
        return phone.post(PLANS, json=ASKED, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(PHONES_AT_ONCE) as phones:
        taps = [phones.submit(tap) for _ in range(PHONES_AT_ONCE)]
        answers = [tapped.result() for tapped in taps]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.data for answer in answers}) == 1
    assert count(database, PlanRun, cooperative_id) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19


def test_a_key_does_not_stand_for_another_act(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    key = str(uuid4())
    run = ask(manager, key).json["id"]

    other_body = ask(manager, key, supply=70)
    other_route = manager.send("POST", f"/api/v1/runs/{run}/stop", Idempotency_Key=key)

    for refused in (other_body, other_route):
        assert (refused.status_code, refused.json["code"]) == (422, "act-key-reused")
    assert count(database, PlanRun, cooperative_id) == 1


def test_keys_of_different_people_are_different(
    manager: Visitor, visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    key = str(uuid4())
    other = visitor("manager", name="Salma")

    first, second = ask(manager, key), ask(other, key)

    assert first.json["id"] != second.json["id"]
    assert count(database, PlanRun, cooperative_id) == 2


def test_an_act_needs_a_key_that_can_be_kept(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    keys = ("", "k" * 81, "a\tb", "two words", "clé")

    refused = [manager.client.post(PLANS, json=ASKED)]
    refused += [ask(manager, key) for key in keys]

    assert {(one.status_code, one.json["code"]) for one in refused} == {(422, "act-key-missing")}
    assert count(database, PlanRun, cooperative_id) == 0


def test_a_form_sent_twice_is_one_act_though_its_tokens_differ(
    manager: Visitor, onlooker: Database
) -> None:
    station = {"name": "Al-Nur", "latitude_deg": "30", "elevation_m": "20", "wind_height_m": "2"}
    key = str(uuid4())

    first, second = (
        manager.post("/water/weather/station", station, page="/water/weather", key=key)
        for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert rows(onlooker)["weather_stations"] == 1


def test_what_is_refused_leaves_no_trace(manager: Visitor, onlooker: Database) -> None:
    before = rows(onlooker)

    refused = [
        ask(manager, str(uuid4()), supply=0).status_code,
        ask(manager, str(uuid4()), suply=1).status_code,
        manager.send("POST", f"/api/v1/runs/{uuid4()}/stop").status_code,
        manager.send("POST", f"/api/v1/plans/{uuid4()}/undo", If_Match='"1"').status_code,
        manager.send("POST", f"/api/v1/plans/{uuid4()}/undo").status_code,
        manager.post("/water/plan", {"starts_on": "soon"}, page="/water/plan").status_code,
    ]

    assert refused == [422, 422, 404, 404, 428, 422]
    assert rows(onlooker) == before


def test_a_refused_act_may_be_put_right_and_sent_under_the_same_key(manager: Visitor) -> None:
    key = str(uuid4())

    refused, accepted = ask(manager, key, supply=0), ask(manager, key)

    assert (refused.status_code, accepted.status_code) == (422, 202)


@pytest.fixture
def failing_commit(app: Flask, database: Database) -> Iterator[None]:
    """The next commit of the program fails in the database itself."""
    engine = app.extensions["coopfarm_database"].engine
    failures = iter([1])

    def fail(connection: Connection) -> None:
        if not next(failures, 0):
            return
        raw: Any = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            interruptions = iter([1])
            raw.set_progress_handler(lambda: next(interruptions, 0), 1)
            return
        with database.writing() as session:
            session.execute(
                text("SELECT pg_terminate_backend(:pid)"), {"pid": raw.info.backend_pid}
            )

    event.listen(engine, "commit", fail)
    yield
    event.remove(engine, "commit", fail)


def test_nobody_is_told_done_before_it_is_kept(
    manager: Visitor, onlooker: Database, failing_commit: None
) -> None:
    before, key = rows(onlooker), str(uuid4())

    answer = ask(manager, key)
    after = rows(onlooker)
    again = ask(manager, key)

    assert (answer.status_code, answer.json["code"]) == (503, "try-later")
    assert answer.headers["Retry-After"] == "2"
    assert "Content-Security-Policy" in answer.headers
    assert after == before
    assert again.status_code == 202
    assert "Idempotency-Replayed" not in again.headers


def test_an_answer_of_the_store_that_is_away_is_a_page_for_people(
    manager: Visitor, failing_commit: None
) -> None:
    manager.client.set_cookie("language", "en")
    sent = {"name": "Al-Nur", "latitude_deg": "30", "elevation_m": "20", "wind_height_m": "2"}

    answer = manager.post("/water/weather/station", sent, page="/water/weather")

    assert answer.status_code == 503
    assert "Nothing was changed; try again in a moment." in answer.text


def test_work_is_queued_after_the_act_is_kept_and_not_before(
    manager: Visitor, database: Database, cooperative_id: int, failing_commit: None
) -> None:
    ask(manager, str(uuid4()))
    waiting = count(database, PlanRun, cooperative_id)
    run = manager.get(ask(manager, str(uuid4())).headers["Location"]).json

    assert waiting == 0
    assert run["state"] == "refused"


def test_an_act_is_kept_with_what_was_answered(manager: Visitor, onlooker: Database) -> None:
    answer = ask(manager, "a-key-of-mine")

    with onlooker.reading() as session:
        act = session.get_one(Act, (str(manager.member_id), "a-key-of-mine"))
    assert (act.status, act.answer) == (202, answer.text)
    assert act.headers is not None
    assert act.headers["Location"] == answer.headers["Location"]


def test_an_act_is_written_down_in_its_own_transaction(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    answer = ask(manager, str(uuid4()))

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        event_of = session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == answer.json["id"])
        ).one()
    assert (event_of.verb, event_of.actor_id) == ("plan.ask", manager.member_id)
    assert event_of.after is not None
    assert event_of.after["supply"] == 60
