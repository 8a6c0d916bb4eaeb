"""The farmer's page: my next turn, from whom and to whom, and why."""

import gzip
import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from coopfarm.land.models import Plot
from coopfarm.store.db import Database
from coopfarm.water import actions
from coopfarm.water.models import Turn
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.factories.water import STARTS_AT, make_plan, settle_week

MOST_QUERIES = 7
LARGEST_BYTES = 35_000


@pytest.fixture
def farmer(visitor: Callable[..., Visitor]) -> Visitor:
    """Hamid, who reads English."""
    hamid = visitor(name="Hamid")
    hamid.client.set_cookie("language", "en")
    return hamid


@pytest.fixture
def village(database: Database, cooperative_id: int, farmer: Visitor) -> None:
    """Three plots at a gate: Salma's, then Hamid's, then Yusuf's."""
    with database.transaction(cooperative_id) as session:
        salma = make_member(session, name="Salma", phone="+201000000001", shares_phone=True)
        yusuf = make_member(session, name="Yusuf", phone="+201000000002", shares_phone=False)
        settle_week(session, [salma.id, farmer.member_id, yusuf.id])


@pytest.fixture
def publish(
    database: Database, cooperative_id: int, village: None, clock: Clock
) -> Callable[..., None]:
    def make(state: str = "in_force", **more: object) -> None:
        with database.transaction(cooperative_id) as session:
            plan = make_plan(session, **more)
            actions.give_notice(session, plan, "The canal is low.", actor_id=None, now=clock.now)
            if state == "in_force":
                actions.put_in_force(session, plan, actor_id=None, now=clock.now)

    return make


def _text(page: TestResponse) -> str:
    without_tags = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(without_tags).split())


def _turn_id(database: Database, cooperative_id: int, plot: str) -> str:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        query = select(Turn.id).join(Plot, Plot.id == Turn.plot_id).where(Plot.code == plot)
        return str(session.scalars(query).one())


def test_a_farmer_sees_when_and_where_the_water_comes(
    farmer: Visitor, publish: Callable[..., None]
) -> None:
    publish()

    seen = _text(farmer.get("/"))

    # 1,680 minutes after 09:00 on Saturday, Cairo time.
    assert "Hello Hamid" in seen
    assert "Sunday 5 July" in seen
    assert "13:00" in seen
    assert "56 h" in seen
    assert "The gate by the mill" in seen
    assert "your nakka N2" in seen


def test_the_neighbours_are_named_and_only_who_agreed_may_be_called(
    farmer: Visitor, publish: Callable[..., None]
) -> None:
    publish()

    page = farmer.get("/")

    seen = _text(page)
    assert "from Salma · nakka N1" in seen
    assert "then Yusuf · nakka N3" in seen
    assert re.findall(r'href="tel:([^"]+)"', page.text) == ["+201000000001"]
    assert "+201000000002" not in page.text


def test_the_first_and_the_last_are_told_so(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, clock: Clock
) -> None:
    alone = visitor(name="Only")
    alone.client.set_cookie("language", "en")
    with database.transaction(cooperative_id) as session:
        settle_week(session, [alone.member_id])
        plan = make_plan(session)
        actions.give_notice(session, plan, "Dry.", actor_id=None, now=clock.now)
        actions.put_in_force(session, plan, actor_id=None, now=clock.now)

    seen = _text(alone.get("/"))

    assert "You are the first: the water comes from the outlet." in seen
    assert "You are the last of this cycle." in seen


def test_a_night_is_named_by_both_its_days(farmer: Visitor, publish: Callable[..., None]) -> None:
    # 1,680 minutes after 20:00 on Saturday is midnight between Sunday and Monday.
    publish(starts_at=STARTS_AT + timedelta(hours=11))

    seen = _text(farmer.get("/"))

    assert "night between Sunday and Monday 6 July" in seen
    assert "00:00" in seen


def test_a_proposal_is_marked_as_one(farmer: Visitor, publish: Callable[..., None]) -> None:
    publish("notice")

    assert "proposal, not in force yet" in _text(farmer.get("/"))


def test_without_a_turn_the_page_says_what_will_stand_there(
    farmer: Visitor, publish: Callable[..., None], clock: Clock
) -> None:
    before = _text(farmer.get("/"))
    publish()
    clock.now = STARTS_AT + timedelta(days=8)

    after = _text(farmer.get("/"))

    assert "No turn is planned for you yet." in before
    assert "Your last turn was Sunday 5 July" in after


def test_the_countdown_is_there_without_javascript(
    farmer: Visitor, publish: Callable[..., None], clock: Clock
) -> None:
    publish()
    clock.now = STARTS_AT + timedelta(minutes=1680 - 95)

    assert "1 h 35 min" in _text(farmer.get("/"))


def test_the_page_is_whole_without_javascript(
    farmer: Visitor, publish: Callable[..., None]
) -> None:
    publish()

    page = farmer.get("/").text

    assert "<noscript" not in page
    assert not re.search(r"\son[a-z]+=", page)
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert all("defer" in script or 'type="module"' in script for script in scripts)
    assert re.search(r'<a [^>]*href="/turns/[0-9a-f-]+"', page)


def test_why_tells_need_amount_and_time_in_steps(
    farmer: Visitor, publish: Callable[..., None], database: Database, cooperative_id: int
) -> None:
    publish()

    page = farmer.get(f"/turns/{_turn_id(database, cooperative_id, 'O1-02')}")

    seen = _text(page)
    for words in (
        "What your crop needs",
        "Cotton takes 1.17 of it",
        "How much you get",
        "Each hectare that is short gets the same 393 m³. You have 1.8 ha: 708 of the 1,179 m³",
        "How long, and when",
        "one turn of 1,680 minutes comes before yours",
        "The canal is low.",
        "Plan 1. The plan was checked by a program that did not make it, and holds.",
    ):
        assert words in seen


@pytest.mark.parametrize("plot", ["O1-01", "O1-03"])
def test_the_turn_of_another_is_not_there(
    farmer: Visitor,
    publish: Callable[..., None],
    database: Database,
    cooperative_id: int,
    plot: str,
) -> None:
    publish()

    page = farmer.get(f"/turns/{_turn_id(database, cooperative_id, plot)}")

    assert page.status_code == 404


def test_the_turn_of_a_draft_is_not_there(
    farmer: Visitor, database: Database, cooperative_id: int, village: None
) -> None:
    with database.transaction(cooperative_id) as session:
        make_plan(session)

    page = farmer.get(f"/turns/{_turn_id(database, cooperative_id, 'O1-02')}")

    assert page.status_code == 404


def test_a_plot_that_gets_nothing_has_no_turn_and_its_farmer_is_told(
    farmer: Visitor, publish: Callable[..., None], database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        plot = session.scalars(select(Plot).where(Plot.code == "O1-02")).one()
        plot.crop, plot.sown_on = "fallow", None
    publish()

    assert "No turn is planned for you yet." in _text(farmer.get("/"))


def test_in_arabic_everything_is_right_to_left_in_its_own_digits(
    farmer: Visitor, publish: Callable[..., None]
) -> None:
    publish()
    farmer.client.set_cookie("language", "ar")

    page = farmer.get("/")

    assert '<html lang="ar' in page.text
    assert 'dir="rtl"' in page.text
    assert "١٣:٠٠" in _text(page)
    assert "Your water" not in _text(page)


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    """What the application asks meanwhile, but for telling the walls who asks."""
    engine: Engine = app.extensions["coopfarm_database"].engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("SELECT set_config("):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("state", ["in_force", "notice", None])
def test_the_page_asks_the_database_few_questions(
    app: Flask, farmer: Visitor, publish: Callable[..., None], state: str | None
) -> None:
    if state is not None:
        publish(state)
        publish(state, starts_at=STARTS_AT + timedelta(days=1), cycle_minutes=1440)
    farmer.get("/")

    with _counted(app) as sent:
        page = farmer.get("/")

    assert page.status_code == 200
    assert 0 < len(sent) <= MOST_QUERIES
    assert all(statement.lstrip().upper().startswith("SELECT") for statement in sent)


def test_reading_writes_nothing(
    app: Flask,
    farmer: Visitor,
    publish: Callable[..., None],
    database: Database,
    cooperative_id: int,
) -> None:
    publish()

    with _counted(app) as sent:
        farmer.get("/")
        farmer.get(f"/turns/{_turn_id(database, cooperative_id, 'O1-02')}")

    assert not [s for s in sent if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_first_load_is_small(farmer: Visitor, publish: Callable[..., None]) -> None:
    publish()
    farmer.client.set_cookie("language", "ar")

    page = farmer.get("/")
    needed = {*re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.text)} - {"/static/favicon.svg"}
    total = sum(_packed_size(farmer, path) for path in ("/", *needed))

    assert {path.rpartition(".")[2] for path in needed} >= {"css", "svg"}
    assert total <= LARGEST_BYTES


def _packed_size(farmer: Visitor, path: str) -> int:
    with farmer.get(path) as answer:
        return len(gzip.compress(answer.data))
