"""An act that others were in the way of is done anew, so that it is done once or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from coopfarm.store.db import Database
from coopfarm.water.models import PlanRun
from tests.factories.members import Visitor
from tests.factories.water import ASKED

Meet = Callable[[int], None]


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor("manager", name="Mariam")


@pytest.fixture
def meet_others(app: Flask) -> Iterator[Meet]:
    """`meet_others(2)`: the next two times the database has others to wait for, in vain."""
    engine = app.extensions["coopfarm_database"].engine
    left = [0]

    def fail(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if "INSERT INTO plan_runs" not in statement or not left[0]:
            return
        left[0] -= 1
        is_sqlite = engine.dialect.name == "sqlite"
        said: Any = sqlite3.OperationalError("database is locked")
        raise OperationalError(
            statement, None, said if is_sqlite else psycopg.errors.DeadlockDetected()
        )

    def meet(times: int) -> None:
        left[0] = times

    event.listen(engine, "before_cursor_execute", fail)
    yield meet
    event.remove(engine, "before_cursor_execute", fail)


def ask(who: Visitor, key: str) -> TestResponse:
    return who.send("POST", "/api/v1/plans", ASKED, Idempotency_Key=key)


def runs(database: Database, cooperative_id: int) -> int:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return session.scalar(select(func.count()).select_from(PlanRun)) or 0


def test_an_act_that_met_others_three_times_is_done_once(
    manager: Visitor, meet_others: Meet, database: Database, cooperative_id: int
) -> None:
    key = str(uuid4())
    meet_others(3)

    first, second = ask(manager, key), ask(manager, key)

    assert (first.status_code, second.status_code) == (202, 202)
    assert second.data == first.data
    assert runs(database, cooperative_id) == 1


def test_who_meets_others_again_and_again_is_told_to_come_later(
    manager: Visitor, meet_others: Meet, database: Database, cooperative_id: int
) -> None:
    meet_others(4)

    answer = ask(manager, str(uuid4()))

    assert (answer.status_code, answer.json["code"]) == (503, "try-later")
    assert answer.headers["Retry-After"] == "2"
    assert runs(database, cooperative_id) == 0
