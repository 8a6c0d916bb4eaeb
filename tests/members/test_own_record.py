"""History in words, the member's own record, and names removed for good."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import inspect, text

from coopfarm.land.models import Upload
from coopfarm.members import queries
from coopfarm.members.models import Household
from coopfarm.members.queries import record as known
from coopfarm.members.rules import record as rules
from coopfarm.sms import actions as sms
from coopfarm.store import audit
from coopfarm.store.db import Database
from coopfarm.water.models import Turn
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.land.making import make_outlet, make_plot
from tests.maps.conftest import make_rotation

Make = Callable[..., Visitor]
NAME, LATIN = "سلمى حسن الفلاح", "Salma Hassan"


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def salma(visitor: Make, database: Database, cooperative_id: int, clock: Clock) -> Visitor:
    """A member with a plot, a turn, a household, a message and a file with her name."""
    found = visitor(name=NAME, number="M-0017")
    found.client.set_cookie("language", "en")
    with database.transaction(cooperative_id) as session:
        member = queries.member(session, found.member_id)
        member.name_latin = LATIN
        home = Household(name=f"House of {LATIN}")
        session.add(home)
        session.flush()
        member.household_id = home.id
        outlet = make_outlet(session, "W1")
        shape = MultiPolygon([box(31.2471839, 30.0461957, 31.2478142, 30.0468261)])
        plot = make_plot(
            session,
            "W1-01",
            outlet,
            holder_id=member.id,
            boundary=shape,
            place_from_head=1,
        )
        plot.name = f"Field of {LATIN}"
        plan = make_rotation(session, clock.now)
        session.add(
            Turn(
                rotation_id=plan.id,
                plot_id=plot.id,
                member_id=member.id,
                outlet_id=outlet.id,
                place=1,
                starts_at=clock.now,
                ends_at=clock.now + timedelta(minutes=90),
                exact_minutes=90.0,
                is_live=True,
            )
        )
        number = str(member.phone)
        sms.post(session, to=number, text=f"{LATIN}, your turn", purpose="turn", now=clock.now)
        session.add(
            Upload(
                kind="plots",
                filename="land.csv",
                content=f"code,holder\nW1-01,{NAME}\n".encode(),
                made_at=clock.now,
            )
        )
    return found


def leave(manager: Visitor, member_id: UUID) -> None:
    for step in ({"step": "leave", "on": "2026-07-01"}, {"step": "end"}):
        assert manager.post(f"/members/{member_id}/steps", step).status_code == 303


def test_every_reference_to_a_member_is_known_to_the_record() -> None:
    named = {name for _, names in known.references() for name in names}

    assert named - known.ABOUT - known.ACTED == set()


def test_every_verb_of_ours_has_words() -> None:
    for verb in rules.VERBS:
        assert "%(verb)s" not in str(rules.told(verb, "Salma"))
    assert "plan.burn" in str(rules.told("plan.burn", ""))


def test_history_is_told_day_by_day_and_turned_over(
    visitor: Make, salma: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    manager = visitor("manager", name="Mariam")
    manager.client.set_cookie("language", "en")
    with database.transaction(cooperative_id) as session:
        member = queries.member(session, salma.member_id)
        for place in range(60):
            at = clock.now - timedelta(days=place)
            audit.record(session, "sessions.end", member, actor_id=manager.member_id, at=at)

    first = manager.get(f"/members/{salma.member_id}/history").text
    older = re.search(r'href="(\?before=[^"]+)"', first)
    assert older is not None
    second = manager.get(f"/members/{salma.member_id}/history{older[1]}").text
    mine = salma.get("/members/me/history").text

    assert "Mariam : ended the sessions of Salma Hassan" in words_on(first)
    assert "1 July" in first
    assert "May" in second
    assert "Mariam" in mine


@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("treasurer", 403), ("auditor", 200), ("manager", 200)]
)
def test_anothers_history_is_the_managers_and_the_auditors(
    visitor: Make, salma: Visitor, role: str, status: int
) -> None:
    answer = visitor(role, name="Reader").get(f"/members/{salma.member_id}/history")

    assert answer.status_code == status


def test_a_member_takes_everything_kept_about_them_in_one_file(
    salma: Visitor, database: Database, cooperative_id: int
) -> None:
    too_soon = salma.get("/members/me/record.zip")
    salma.post("/members/me/record")
    answer = salma.get("/members/me/record.zip")

    assert too_soon.status_code == 303
    with zipfile.ZipFile(io.BytesIO(answer.data)) as folder:
        told = json.loads(folder.read("record.json"))
        plots = json.loads(folder.read("plots.geojson"))
        turns = folder.read("turns.csv").decode("utf-8-sig").splitlines()
    assert told["membership"][0]["name"] == NAME
    assert told["sign_in"][0]["phone"] == salma.phone
    assert {"roles", "sessions", "plots", "turns", "history"} <= told.keys()
    assert told["plots"][0]["holder_id"] == "M-0017"
    assert plots["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert turns[1] == "W1-01,2026-07-01 11:00,2026-07-01 12:30,90.0,yes"
    assert "hash" not in json.dumps(told).replace("outcome_hash", "")
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert audit.history(session, limit=1)[0].verb == "record.take"


def test_nothing_of_others_is_in_a_members_record(salma: Visitor, visitor: Make) -> None:
    hamid = visitor(name="Hamid Omar", number="M-0018")
    salma.post("/helpers", {"who": "M-0018"})
    salma.post("/members/me/record")

    answer = salma.get("/members/me/record.zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as folder:
        told = folder.read("record.json").decode()
    assert "Hamid" not in told
    assert hamid.phone not in told
    assert "M-0018" in told


def test_a_name_is_removed_only_after_leaving_and_when_sure(visitor: Make, salma: Visitor) -> None:
    manager = visitor("manager", name="Mariam")
    path = f"/members/{salma.member_id}/forget"

    too_soon = manager.post(path, {"sure": "M-0017"})
    leave(manager, salma.member_id)
    unsure = manager.post(path, {"sure": "yes"})
    sure = manager.post(path, {"sure": "M-٠٠١٧"})
    twice = manager.post(path, {"sure": "M-0017"})
    back = manager.post(f"/members/{salma.member_id}/steps", {"step": "return"})

    answered = [one.status_code for one in (too_soon, unsure, sure, twice, back)]
    assert answered == [409, 422, 303, 409, 409]


def test_no_old_name_or_number_is_left_outside_the_audit(
    visitor: Make,
    salma: Visitor,
    database: Database,
    onlooker: Database,
    cooperative_id: int,
) -> None:
    manager = visitor("manager", name="Mariam")
    manager.send("GET", f"/api/v1/members/{salma.member_id}")
    manager.send("POST", f"/api/v1/members/{salma.member_id}/roles", {"roles": ["member"]})
    leave(manager, salma.member_id)
    assert holding(onlooker, NAME) >= {"members", "acts", "uploads"}

    manager.post(f"/members/{salma.member_id}/forget", {"sure": "M-0017"})

    left = {table for said in (NAME, LATIN, salma.phone) for table in holding(onlooker, said)}
    assert left <= {"audit_events"}
    page = manager.get(f"/members/{salma.member_id}").text
    assert "former member M-0017" in page
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert session.query(Turn).count() == 1


def holding(database: Database, said: str) -> set[str]:
    """The tables of which some column has this text, also within files and JSON."""
    escaped = said.encode("unicode_escape").decode()
    found = set()
    with database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 (ours)
                told = " ".join(
                    bytes(value).decode("utf-8", "ignore")
                    if isinstance(value, bytes | memoryview)
                    else str(value)
                    for value in row
                )
                if said in told or escaped in told:
                    found.add(table)
    return found
