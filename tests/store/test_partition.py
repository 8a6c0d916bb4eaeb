"""The network between the program and its database is cut, and comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, make_url, select

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.store.db import Database
from coopfarm.water.models import PlanRun
from tests.conftest import PEPPER, Clock
from tests.factories.members import Visitor
from tests.factories.water import ASKED
from tests.network import Cable, cable_to

NOTICED_WITHIN_SECONDS = 5
T = TypeVar("T")
ME, PLANS = "/api/v1/me", "/api/v1/plans"

pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.xdist_group("network"),
]


@pytest.fixture
def laid(database_url: str) -> Iterator[tuple[Cable, int]]:
    where = make_url(database_url)
    with cable_to(str(where.host), where.port or 5432) as cable:
        yield cable


@pytest.fixture
def cable(laid: tuple[Cable, int]) -> Cable:
    return laid[0]


@pytest.fixture
def app(
    laid: tuple[Cable, int], database_url: str, clock: Clock, tmp_path: Path
) -> Iterator[Flask]:
    """The program, which reaches its database by the cable alone."""
    cable, port = laid
    url = make_url(database_url).set(host=cable.address, port=port)
    app = create_app(
        Settings(
            data_dir=tmp_path,
            database_url=url.render_as_string(hide_password=False),
            secret_key="a secret for tests, long enough to be taken",
            pepper=PEPPER,
            worker="outside",
        ),
        clock=clock,
    )
    app.testing = True
    yield app
    cable.mend()
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()


@pytest.fixture
def manager(app: Flask, database: Database, cooperative_id: int) -> Visitor:
    return Visitor.settle(app, database, cooperative_id, ("manager",), name="Mariam", number="")


def same_person(app: Flask, visitor: Visitor) -> FlaskClient:
    """Another device of somebody who is signed in."""
    client = app.test_client()
    cookie = visitor.client.get_cookie("coopfarm")
    client.set_cookie("coopfarm", cookie.value if cookie else "")
    return client


def until_answered(client: FlaskClient) -> int:
    while (status := client.get(ME).status_code) == 503:
        sleep(0.1)
    return status


def within(seconds: float, ask: Callable[[], T], cable: Cable) -> T:
    """What is answered within so many seconds; raises TimeoutError when nothing is."""
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(ask)
        try:
            return asked.result(seconds)
        except TimeoutError:
            cable.mend()  # or the thread would wait for minutes
            raise


def test_a_lost_network_is_noticed_in_time_and_said(cable: Cable, manager: Visitor) -> None:
    assert manager.get(ME).status_code == 200
    cable.pull()

    answer = within(NOTICED_WITHIN_SECONDS, lambda: manager.get(ME), cable)

    assert (answer.status_code, answer.json["code"]) == (503, "try-later")
    assert answer.headers["Retry-After"] == "2"


def test_every_request_under_way_is_answered_and_work_goes_on_afterwards(
    app: Flask, cable: Cable, manager: Visitor
) -> None:
    def ask(until: float) -> list[tuple[int, float]]:
        client, seen = same_person(app, manager), []
        while monotonic() < until:
            began = monotonic()
            status = client.get(ME).status_code
            seen.append((status, monotonic() - began))
        return seen

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(ask, monotonic() + 4) for _ in range(3)]
        sleep(0.5)
        cable.pull()
        seen = [one for asked in asking for one in asked.result()]
    cable.mend()
    device = same_person(app, manager)
    after = within(NOTICED_WITHIN_SECONDS, lambda: until_answered(device), cable)

    assert {status for status, _ in seen} == {200, 503}
    assert max(took for _, took in seen) < NOTICED_WITHIN_SECONDS
    assert after == 200


def test_an_act_whose_outcome_was_not_heard_is_done_once_when_sent_again(
    app: Flask, cable: Cable, manager: Visitor, database: Database, cooperative_id: int
) -> None:
    keys = [str(uuid4()) for _ in range(6)]

    def act(key: str) -> Any:
        client = same_person(app, manager)
        return client.post(PLANS, json=ASKED, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(6) as threads:
        sent: list[Future[Any]] = [threads.submit(act, key) for key in keys[:3]]
        cable.pull()
        sent += [threads.submit(act, key) for key in keys[3:]]
        first = [answer.result(2 * NOTICED_WITHIN_SECONDS).status_code for answer in sent]
    cable.mend()
    until_answered(same_person(app, manager))
    again = [act(key).status_code for key in keys]

    assert set(first) <= {202, 503}
    assert 503 in first
    assert set(again) == {202}
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.scalar(select(func.count(PlanRun.id))) == len(keys)
