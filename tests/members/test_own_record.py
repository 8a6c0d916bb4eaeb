"""History in words, the member's own record, and names removed for good."""

import ast
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import inspect, text

import coopfarm
from coopfarm.equipment.rules.overdue import LADDER
from coopfarm.land.actions.drawn_rows import BELOW, ONE
from coopfarm.land.models import Upload
from coopfarm.land.rules.columns import KINDS
from coopfarm.members import queries
from coopfarm.members.models import Household
from coopfarm.members.queries import record as known
from coopfarm.members.rules import record as rules
from coopfarm.members.rules.membership import STEPS
from coopfarm.notebook import actions as notebook
from coopfarm.notebook.models import NotebookEntry
from coopfarm.notebook.rules.heading import Heading
from coopfarm.notebook.rules.lines import Typed
from coopfarm.sms import actions as sms
from coopfarm.store import audit
from coopfarm.store.db import Database
from coopfarm.water.models import Turn
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.land.making import make_outlet, make_plot
from tests.maps.conftest import make_rotation

Make = Callable[..., Visitor]
PACKAGE = Path(coopfarm.__file__).parent
DRAWN = [*ONE.values()]
# What stands for itself within a verb.
PLACES = {
    "report.kind": [*KINDS],
    "upload.kind": [*KINDS],
    "ONE[kind]": DRAWN,
    "ONE[decision.kind]": DRAWN,
    "ONE[below]": [ONE[kind] for kind in BELOW.values()],
    "note.verb": [f"{one}.{did}" for one in DRAWN for did in ("draw", "redraw", "remove")],
    "name": [*STEPS],
    "passed.way": ["out", "back"],
    "step.step": [*LADDER],
}
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


def test_every_verb_that_is_recorded_anywhere_has_words() -> None:
    recorded = {verb for call in calls_with_a_verb() for verb in verbs_of(*call)}

    assert recorded == set(rules.VERBS)
    assert {"notebook.enter", "canal.redraw-undo", "membership.accept"} <= recorded
    assert "plan.burn" in str(rules.told("plan.burn", ""))


def calls_with_a_verb() -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
    """What the code says as a verb: to the audit, or to a function of ours that says it there."""
    files = [ast.parse(file.read_text()) for file in PACKAGE.rglob("*.py")]
    functions = [
        one for file in files for one in ast.walk(file) if isinstance(one, ast.FunctionDef)
    ]
    places = {f.name: names.index("verb") for f in functions if "verb" in (names := parameters(f))}
    for function in functions:
        for call in ast.walk(function):
            name = ast.unparse(call.func).split(".")[-1] if isinstance(call, ast.Call) else ""
            if name in places and isinstance(call, ast.Call) and len(call.args) > places[name]:
                yield function, call.args[places[name]]


def parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in function.args.args]


def verbs_of(function: ast.FunctionDef, said: ast.expr) -> Iterator[str]:
    """The verbs that an expression can be; none where the caller says them."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value
    elif isinstance(said, ast.IfExp):
        yield from verbs_of(function, said.body)
        yield from verbs_of(function, said.orelse)
    elif isinstance(said, ast.JoinedStr):
        pieces = [
            [str(part.value)] if isinstance(part, ast.Constant) else PLACES[ast.unparse(part.value)]  # type: ignore[attr-defined]
            for part in said.values
        ]
        yield from map("".join, itertools.product(*pieces))
    elif isinstance(said, ast.Name) and said.id not in parameters(function):
        for one in ast.walk(function):
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == said.id:
                yield from verbs_of(function, one.value)


def test_each_section_of_a_record_has_words() -> None:
    assert set(rules.SECTIONS) == known.sections()


def test_the_sections_of_a_record_are_named_for_its_reader(salma: Visitor) -> None:
    salma.client.set_cookie("language", "en")

    page = words_on(salma.get("/members/me/record").text)

    assert "My plots 1" in page
    assert "Where I am signed in 1" in page
    assert "member_roles" not in page
    assert "water awarded" not in page


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


@pytest.fixture
def pages(
    visitor: Make, salma: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> Visitor:
    """Mariam entered two lines about Salma, told by Hamid, and one about Hamid."""
    mariam = visitor("manager", name="Mariam", number="M-0020")
    visitor(name="Hamid Omar", number="M-0018")
    lines = [
        Typed("note", "M-0017", "", "29/6", "", "", "Salma, as everybody calls her, was ill"),
        Typed("note", "M-0017", "", "29/6", "", "", "Salma was at home"),
        Typed("note", "M-0018", "", "29/6", "", "", "Came for his neighbour"),
    ]
    with database.transaction(cooperative_id) as session:
        seen = notebook.look(session, Heading("3", "14", "M-0018"), lines, now=clock.now)
        notebook.enter(session, seen, actor_id=mariam.member_id, now=clock.now)
    return mariam


def record_of(who: Visitor) -> dict[str, list[dict[str, object]]]:
    who.post("/members/me/record")
    with zipfile.ZipFile(io.BytesIO(who.get("/members/me/record.zip").data)) as folder:
        told: dict[str, list[dict[str, object]]] = json.loads(folder.read("record.json"))
    return told


@pytest.mark.usefixtures("pages")
def test_a_record_has_what_notebooks_say_of_its_member(salma: Visitor) -> None:
    told = record_of(salma)

    words = {line["words"] for line in told["notebook_entries"]}
    assert words == {"Salma, as everybody calls her, was ill", "Salma was at home"}
    assert "notebook_entries_i_entered" not in told


def test_a_record_has_which_lines_its_member_entered_without_words_about_others(
    pages: Visitor,
) -> None:
    told = record_of(pages)

    assert [page["page"] for page in told["notebook_pages_i_entered"]] == ["14"]
    lines = told["notebook_entries_i_entered"]
    assert sorted((str(line["member_id"]), line["place"]) for line in lines) == [
        ("M-0017", 1),
        ("M-0017", 2),
        ("M-0018", 3),
    ]
    assert "everybody calls her" not in json.dumps(lines)


def test_a_record_page_with_lines_of_notebooks_can_be_read(pages: Visitor) -> None:
    pages.client.set_cookie("language", "en")

    page = words_on(pages.get("/members/me/record").text)

    assert "Lines of notebooks that I entered 3" in page


def test_words_of_notebooks_about_somebody_go_with_the_name(
    visitor: Make, salma: Visitor, pages: Visitor, database: Database, cooperative_id: int
) -> None:
    leave(pages, salma.member_id)

    pages.post(f"/members/{salma.member_id}/forget", {"sure": "M-0017"})

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        lines = session.query(NotebookEntry).order_by(NotebookEntry.place)
        said = [line.words for line in lines]
        done = audit.history(session, limit=1)[0]
    assert sorted(said) == ["Came for his neighbour", "– 1", "– 2"]
    assert (done.verb, done.after) == ("member.forget", {"words_removed": {"notebook_entries": 2}})


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


def test_a_step_that_cannot_follow_is_refused_with_the_standing_in_the_readers_words(
    visitor: Make, salma: Visitor
) -> None:
    manager = visitor("manager", name="Mariam")
    path = f"/members/{salma.member_id}/forget"

    manager.client.set_cookie("language", "ar")
    arabic = manager.post(path, {"sure": "M-0017"})
    manager.client.set_cookie("language", "en")
    english = manager.post(path, {"sure": "M-0017"})

    assert (arabic.status_code, english.status_code) == (409, 409)
    assert "stands (active)" in words_on(english.text)
    assert "active" not in words_on(arabic.text)


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
