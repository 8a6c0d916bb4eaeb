"""Notebooks for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.factories.members import Visitor
from tests.notebook.conftest import Village

LINE = {"kind": "water_taken", "member": "M-70", "day": "2026-06-30"}
LINE |= {"starts": "23:50", "ends": "00:55"}
PAGE: dict[str, Any] = {"notebook": "3", "page": "14", "told_by": "M-72", "lines": [LINE]}


def said(answer: TestResponse) -> Any:
    assert answer.json is not None
    return answer.json


@pytest.fixture
def program(visitor: Callable[..., Visitor], village: Village) -> Visitor:
    return visitor("manager", name="Salwa")


def test_a_page_sent_twice_under_one_key_is_entered_once(program: Visitor) -> None:
    first = program.send("POST", "/api/v1/notebook", PAGE, Idempotency_Key="page-14")

    again = program.send("POST", "/api/v1/notebook", PAGE, Idempotency_Key="page-14")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    (kept,) = said(program.get("/api/v1/notebook"))["entries"]
    assert (kept["plot"], kept["starts_at"]) == ("O1-01", "2026-06-30T20:50:00+00:00")
    assert kept["planned"]["starts_at"] == "2026-06-30T20:40:00+00:00"
    assert (kept["entered_by"], kept["told_by"]) == ("Salwa", "Guard")


def test_every_problem_is_named_by_its_line_and_cell(program: Visitor) -> None:
    bad = {**PAGE, "lines": [LINE, {**LINE, "member": "Nobody"}, LINE, {}]}

    refused = program.send("POST", "/api/v1/notebook", bad)

    assert refused.status_code == 422
    assert {(one["field"], one["code"]) for one in said(refused)["problems"]} == {
        ("lines.1.member", "notebook-nobody-called"),
        ("lines.2.member", "notebook-line-twice"),
    }
    assert said(program.get("/api/v1/notebook"))["entries"] == []


def test_the_same_line_under_another_key_was_entered_already(program: Visitor) -> None:
    program.send("POST", "/api/v1/notebook", PAGE)

    refused = program.send("POST", "/api/v1/notebook", {**PAGE, "page": "15"})

    assert [one["code"] for one in said(refused)["problems"]] == ["notebook-entered-already"]


def test_a_page_is_taken_back(program: Visitor) -> None:
    page = said(program.send("POST", "/api/v1/notebook", PAGE))

    undone = program.send("POST", f"/api/v1/notebook/pages/{page['id']}/undo")

    assert said(undone)["undone_at"] is not None
    assert said(program.get("/api/v1/notebook?member=M-70&kind=water_taken"))["entries"] == []


def test_a_member_reads_their_own(program: Visitor, visitor: Callable[..., Visitor]) -> None:
    member = visitor("member", name="Karim", number="M-90")
    note = {"kind": "note", "member": "M-90", "day": "29/6", "words": "Asked for a loan"}
    program.send("POST", "/api/v1/notebook", {**PAGE, "lines": [LINE, note]})

    (mine,) = said(member.get("/api/v1/notebook/mine"))["entries"]

    assert (mine["words"], mine["is_whole_day"]) == ("Asked for a loan", True)
    assert member.get("/api/v1/notebook").status_code == 403
