"""Pages typed by the office, checked, entered, taken back; and what a member reads of it."""

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from coopfarm.notebook.models import NotebookEntry, NotebookPage
from coopfarm.notebook.rules.lines import Typed
from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.notebook.conftest import TAKEN, Village

LINE = {
    "kind-0": "water_taken",
    "member-0": "Hussein",
    "plot-0": "O1-01",
    "day-0": "٣٠/٦",
    "starts-0": "٢٣:٥٠",
    "ends-0": "00:55",
    "words-0": "",
}
FORM = {"notebook": "3", "page": "14", "told_by": "Guard", "rows": "10", **LINE}
PASTED = "who\tdate\tfrom\tto\tshoe size\nSalma\t29/6\t1:00\t2:00\t38\nNobody\t29/6\t2:00\t3:00\t40"


def text(page: TestResponse) -> str:
    """What a person reads of the page."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(bare).split()).replace(" ,", ",")


@pytest.fixture
def count(database: Database, cooperative_id: int) -> Callable[[], int]:
    def ask() -> int:
        with database.transaction(cooperative_id) as session:
            return session.scalar(select(func.count()).select_from(NotebookEntry)) or 0

    return ask


@pytest.fixture
def clerk(visitor: Callable[..., Visitor], village: Village) -> Visitor:
    clerk = visitor("agent", name="Laila")
    clerk.client.set_cookie("language", "en")
    return clerk


def test_a_check_says_what_was_understood_and_keeps_nothing(
    clerk: Visitor, count: Callable[[], int]
) -> None:
    page = clerk.post("/notebook/check", FORM)

    said = text(page)
    assert page.status_code == 200
    assert "night between Tuesday and Wednesday 1 July · 23:50 – 00:55" in said
    assert "Enter 1 line" in said
    assert 'value="٢٣:٥٠"' in page.text
    assert count() == 0


def test_what_is_wrong_stands_beside_its_line_and_nothing_typed_is_lost(clerk: Visitor) -> None:
    wrong = {**FORM, "member-3": "Nobody", "day-3": "31/6", "words-3": "“dry”", "told_by": "Who?"}

    page = clerk.post("/notebook/check", wrong)

    said = text(page)
    assert "1 line needs to be put right" in said
    assert "No member is called “Nobody”" in said
    assert "“31/6” is not a day" in said
    assert all(f'value="{kept}"' in page.text for kept in ("Nobody", "31/6", "“dry”", "Who?"))
    assert "Enter 1 line" not in said


def test_pasted_lines_come_below_the_typed_ones(clerk: Visitor, count: Callable[[], int]) -> None:
    page = clerk.post("/notebook/check", {**FORM, "pasted": PASTED})

    said = text(page)
    assert "These columns were not used: shoe size." in said
    assert 'name="member-1" value="Salma"' in page.text
    assert 'name="member-2" value="Nobody"' in page.text
    assert count() == 0


def test_a_paste_that_is_too_long_stays_in_its_place(clerk: Visitor) -> None:
    page = clerk.post("/notebook/check", {**FORM, "pasted": "water,Salma\n" * 101})

    assert "A page has at most 100 lines here, and these are 101" in text(page)
    assert page.text.count("water,Salma") == 101


def test_pasted_lines_are_shown_before_they_can_be_entered(
    clerk: Visitor, count: Callable[[], int]
) -> None:
    page = clerk.post("/notebook", {**FORM, "pasted": "water,Salma,,29/6,1:00,2:00"})

    assert page.status_code == 422
    assert "Enter 2 lines" in text(page)
    assert count() == 0


def test_more_lines_are_there_without_losing_one(clerk: Visitor) -> None:
    page = clerk.post("/notebook/check", {**FORM, "more": "1"})

    assert 'name="member-19"' in page.text
    assert 'value="Hussein"' in page.text


def test_a_page_is_entered_listed_and_taken_back(clerk: Visitor, count: Callable[[], int]) -> None:
    clerk.post("/notebook", FORM)
    listed = clerk.get("/notebook")
    undo = re.search(r'action="(/notebook/pages/[^"]+/undo)"', listed.text)
    assert undo is not None
    entered = count()

    after = clerk.post(undo.group(1), follow_redirects=True)

    said = text(listed)
    assert "Notebook 3, page 14 is entered. Lines: 1." in said
    assert "23:50 – 00:55" in said
    assert "planned 23:40 – 00:55" in said
    assert "entered by Laila on Wednesday 1 July from notebook 3, page 14 · told by Guard" in said
    assert (entered, count()) == (1, 0)
    assert "taken back" in text(after)


def test_entering_what_is_wrong_shows_it_again_and_keeps_nothing(
    clerk: Visitor, count: Callable[[], int]
) -> None:
    page = clerk.post("/notebook", {**FORM, "member-1": "Nobody", "page": ""})

    assert page.status_code == 422
    assert "which notebook and which page" in text(page)
    assert 'value="Nobody"' in page.text
    assert count() == 0


def test_lines_are_found_by_member_and_kind(
    clerk: Visitor, database: Database, cooperative_id: int, enter: Callable[..., NotebookPage]
) -> None:
    with database.transaction(cooperative_id) as session:
        enter(session)

    of_hussein = text(clerk.get("/notebook?member=حسين&kind=work_done"))
    of_nobody = text(clerk.get("/notebook?member=Nobody"))

    assert "Canal cleaning" in of_hussein
    assert "The gate was shut" not in of_hussein
    assert "No member is called “Nobody”" in of_nobody


def test_a_member_reads_what_was_written_down_for_them_alone(
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
    village: Village,
    enter: Callable[..., NotebookPage],
) -> None:
    member = visitor("member", name="Karim", number="M-90")
    member.client.set_cookie("language", "en")
    with database.transaction(cooperative_id) as session:
        work = {"kind": "work_done", "member": "Karim", "day": "28/6", "plot": ""}
        enter(session, TAKEN, _line(work))

    said = text(member.get("/notebook/mine"))

    assert (
        "work for the cooperative · night between Sunday and Monday 29 June · 23:50 – 00:55" in said
    )
    assert "entered by Mariam on Wednesday 1 July from notebook 3, page 14" in said
    assert "water taken" not in said


@pytest.mark.parametrize("role", ["manager", "water_master", "agent", "auditor"])
def test_who_reads_the_notebook_finds_the_way_to_it(
    visitor: Callable[..., Visitor], role: str
) -> None:
    assert 'href="/notebook"' in visitor(role).get("/").text


@pytest.mark.parametrize(
    ("role", "reads", "enters"),
    [
        ("manager", 200, 200),
        ("water_master", 200, 200),
        ("agent", 200, 200),
        ("auditor", 200, 403),
        ("officer", 403, 403),
        ("member", 403, 403),
    ],
)
def test_the_notebook_is_read_and_entered_by_its_roles(
    visitor: Callable[..., Visitor], role: str, reads: int, enters: int
) -> None:
    who = visitor(role)

    answers = [who.get(path).status_code for path in ("/notebook", "/notebook/new")]

    assert answers == [reads, enters]


def _line(cells: dict[str, str]) -> Typed:
    return replace(TAKEN, **cells)
