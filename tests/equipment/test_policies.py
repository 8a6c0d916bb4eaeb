"""The rules of booking: drafted, read by everybody, put in force, brought back."""

import re
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coopfarm.equipment.actions import policies as actions
from coopfarm.equipment.models import Booking, MachinePolicy
from coopfarm.kernel.refusal import Refusal
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.test_booking import Settle, Wish, book
from tests.factories.machines import LONG_AGO, make_machine, make_policy
from tests.factories.members import Visitor

DRAFT = "/machines/rules/all/draft"
SHORT = {"code": "max_minutes", "value": "60", "is_hard": "hard"}


def in_force(look: TenantSession, category: str = "") -> MachinePolicy | None:
    query = select(MachinePolicy).where(
        MachinePolicy.category == category, MachinePolicy.state == "in_force"
    )
    return look.scalar(query)


def make_rules(manager: Visitor, *lines: dict[str, Any], category: str = "all") -> None:
    """Each line into the draft, then all of it in force."""
    page = f"/machines/rules/{category}/draft"
    for edition, line in enumerate(lines):
        assert manager.post(page, {"edition": edition, **line}).status_code == 303
    answer = manager.post(
        f"/machines/rules/{category}/in-force", {"edition": len(lines), "reason": "The assembly"}
    )
    assert answer.status_code == 303


def test_rules_hold_once_they_are_in_force_and_everybody_reads_them(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    make_rules(manager, {"code": "min_minutes", "value": "15"}, SHORT)

    refused = book(amina, wish(tractor_id, 9, 11))
    page = amina.get("/machines/rules")

    assert refused.json["title"].startswith("Rule 2 of version 1 (all machines): Tractor one")
    assert refused.json["facts"] | {"line": 2, "version": 1} == refused.json["facts"]
    assert "A booking lasts at most 60 minutes." in page.text
    assert 'id="rule-all-2"' in page.text


def test_what_would_work_has_a_length_that_the_rules_allow(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    make_rules(manager, SHORT)
    refused = book(amina, wish(tractor_id, 9, 11))

    one = refused.json["alternatives"][0]

    sent = {k: one[k] for k in ("machine_ids", "starts_at", "ends_at")} | {"job": "plough"}
    assert book(amina, sent).status_code == 201


def test_a_draft_holds_for_nobody(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    manager.post(DRAFT, {"edition": 0, **SHORT})

    answer = book(amina, wish(tractor_id, 9, 11))

    assert answer.status_code == 201
    assert not re.search(
        r">[^<]*\b60\b", re.sub(r"<head>.*?</head>", "", amina.get("/machines/rules").text)
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"code": "max_minutes", "value": ""}, "value"),
        ({"code": "max_minutes", "value": "many"}, "value"),
        ({"code": "max_minutes", "value": "5"}, "value"),
        ({"code": "quota_hours", "value": "5", "days": "0"}, "days"),
        ({"code": "hours", "opens": "18:00", "closes": "6:00"}, "closes"),
        ({"code": "season", "opens_day": "31", "opens_month": "02", "closes_day": "1"}, "opens"),
        ({"code": "weekdays"}, "weekdays"),
    ],
)
def test_what_cannot_be_held_against_a_booking_is_told_beside_its_field(
    manager: Visitor, look: TenantSession, sent: dict[str, str], field: str
) -> None:
    answer = manager.post(DRAFT, {"edition": 0, **sent})

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert look.scalars(select(MachinePolicy)).all() == []


def test_every_sort_of_line_can_be_put_down_and_changed(
    manager: Visitor, look: TenantSession
) -> None:
    sent = [
        {"code": "hours", "opens": "06:00", "closes": "١٨:٠٠"},
        {"code": "weekdays", "weekdays": ["4", "5"], "is_hard": "warn"},
        {"code": "quota_hours", "value": "12", "days": "7", "role": "member"},
        {
            "code": "season",
            "opens_day": "15",
            "opens_month": "05",
            "closes_day": "1",
            "closes_month": "11",
        },
    ]
    make_rules(manager, *sent)
    form = manager.get(f"{DRAFT}?line=3")

    kept = in_force(look)

    assert kept is not None
    assert kept.lines == [
        {"code": "hours", "is_hard": True, "opens": "06:00", "closes": "18:00"},
        {"code": "weekdays", "is_hard": False, "weekdays": [4, 5]},
        {"code": "quota_hours", "is_hard": True, "value": 12, "days": 7, "role": "member"},
        {"code": "season", "is_hard": True, "opens": "05-15", "closes": "11-01"},
    ]
    assert 'value="12"' in form.text
    assert "Nothing is booked on Friday." in form.text


def test_a_line_is_changed_and_another_taken_out(manager: Visitor, look: TenantSession) -> None:
    make_rules(manager, {"code": "min_minutes", "value": "15"}, SHORT)

    manager.post(DRAFT, {"edition": 0, "place": "2", **SHORT, "value": "90"})
    manager.post("/machines/rules/all/take-out", {"edition": 1, "place": "1"})
    lost = manager.post("/machines/rules/all/take-out", {"edition": 2, "place": "7"})

    draft = look.scalar(select(MachinePolicy).where(MachinePolicy.state == "draft"))
    assert draft is not None
    assert [line["value"] for line in draft.lines] == [90]
    assert lost.status_code == 422


def test_the_bookings_that_a_draft_would_not_let_through_are_listed_and_stay(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    book(amina, wish(tractor_id, 9, 11))
    book(amina, wish(tractor_id, 12, 13))
    manager.post(DRAFT, {"edition": 0, **SHORT})

    page = manager.get(DRAFT)
    manager.post("/machines/rules/all/in-force", {"edition": 1, "reason": "Too few tractors"})

    assert "One booking would not be allowed any more; it stays." in page.text
    assert page.text.count("you asked for 120") == 1
    assert sorted(look.scalars(select(Booking.state))) == ["confirmed", "confirmed"]


def test_a_limit_counts_only_what_was_booked_before(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    for hour in (9, 11, 13):
        book(amina, wish(tractor_id, hour, hour + 1))
        clock.forward(minutes=1)
    manager.post(DRAFT, {"edition": 0, "code": "open_bookings", "value": "2"})

    page = manager.get(DRAFT)

    assert "One booking would not be allowed" in page.text


def test_a_draft_for_one_category_concerns_its_machines_alone(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    plough = settle(lambda session: make_machine(session, "Plough", category="plough").id)
    book(amina, wish(tractor_id, 9, 11))
    book(amina, wish(plough, 9, 11))
    manager.post("/machines/rules/plough/draft", {"edition": 0, **SHORT})

    page = manager.get("/machines/rules/plough/draft")

    assert "One booking would not be allowed" in page.text
    assert "Plough" in page.text


def test_an_old_version_stays_readable_and_comes_back_as_a_new_one(
    manager: Visitor, amina: Visitor, look: TenantSession
) -> None:
    make_rules(manager, SHORT)
    manager.post(DRAFT, {"edition": 0, "place": "1", **SHORT, "value": "90"})
    manager.post("/machines/rules/all/in-force", {"edition": 1, "reason": "Longer jobs"})
    first = look.scalar(select(MachinePolicy).where(MachinePolicy.version == 1))
    assert first is not None

    silent = manager.post(f"/machines/rules/versions/{first.id}/bring-back", {"reason": " "})
    manager.post(f"/machines/rules/versions/{first.id}/bring-back", {"reason": "It was better"})

    history = amina.get("/machines/rules/all").text
    assert silent.status_code == 422
    assert [f"Version {n}" in history for n in (1, 2, 3)] == [True, True, True]
    assert "It was better" in history
    (rules,) = amina.get("/api/v1/machines/rules").json["rules"]
    assert (rules["version"], rules["lines"][0]["value"]) == (3, 60)


def test_a_category_may_follow_the_rules_for_all_again(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    make_rules(manager, SHORT, category="tractor")
    row = in_force(look, "tractor")
    assert row is not None

    answer = manager.post(f"/machines/rules/versions/{row.id}/end", {"reason": "One for all"})

    assert answer.status_code == 303
    assert book(amina, wish(tractor_id, 9, 11)).status_code == 201


def test_what_changes_nothing_or_has_no_reason_is_not_put_in_force(
    manager: Visitor, look: TenantSession
) -> None:
    make_rules(manager, SHORT)
    manager.post(DRAFT, {"edition": 0, "place": "1", **SHORT})

    same = manager.post("/machines/rules/all/in-force", {"edition": 1, "reason": "Again"})
    manager.post(DRAFT, {"edition": 1, "place": "1", **SHORT, "value": "75"})
    silent = manager.post("/machines/rules/all/in-force", {"edition": 2, "reason": ""})

    assert (same.status_code, silent.status_code) == (409, 422)
    assert 'href="#field-reason"' in silent.text


def test_two_who_draft_at_once_do_not_undo_each_other(manager: Visitor) -> None:
    manager.post(DRAFT, {"edition": 0, **SHORT})

    late = manager.post(DRAFT, {"edition": 0, **SHORT, "value": "90"})
    dropped = manager.post("/machines/rules/all/drop", {"edition": 1})
    again = manager.post("/machines/rules/all/drop", {"edition": 1})

    assert (late.status_code, dropped.status_code, again.status_code) == (409, 303, 409)


def test_only_the_office_changes_rules(amina: Visitor) -> None:
    answers = [
        amina.get(DRAFT),
        amina.post(DRAFT, {"edition": 0, **SHORT}),
        amina.post("/machines/rules/all/in-force", {"edition": 0, "reason": "Mine"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert "/draft" not in amina.get("/machines/rules").text
    assert amina.get("/machines/rules/unicorn").status_code == 404


def test_the_database_lets_no_two_versions_be_in_force(settle: Settle) -> None:
    settle(lambda session: make_policy(session, {"code": "max_minutes", "value": 60}))

    with pytest.raises(IntegrityError):
        settle(
            lambda session: session.add(
                MachinePolicy(
                    category="",
                    version=2,
                    state="in_force",
                    lines=[],
                    made_at=LONG_AGO,
                    in_force_at=LONG_AGO,
                )
            )
        )


def test_of_many_who_bring_versions_back_at_once_one_version_is_in_force(
    database: Database,
    cooperative_id: int,
    manager: Visitor,
    settle: Settle,
    look: TenantSession,
) -> None:
    ids = [settle(lambda session, n=n: _old_version(session, n)) for n in range(1, 5)]
    start, said = Barrier(len(ids)), list[str]()

    def work(policy_id: UUID) -> None:
        start.wait()
        try:
            with database.transaction(cooperative_id) as session:
                actions.bring_back(
                    session, policy_id, "It was better", actor_id=manager.member_id, now=LONG_AGO
                )
            said.append("done")
        except Refusal as refusal:
            said.append(refusal.code)

    _all_at_once(work, ids)

    states = look.scalars(select(MachinePolicy.state)).all()
    assert states.count("in_force") == 1
    assert said.count("done") >= 1
    assert set(said) <= {"done", "policy-draft-changed"}


def _old_version(session: TenantSession, version: int) -> UUID:
    row = MachinePolicy(
        id=uuid4(),
        category="",
        version=version,
        state="old",
        lines=[{"code": "max_minutes", "value": 60 + version, "is_hard": True}],
        made_at=LONG_AGO,
    )
    session.add(row)
    session.flush()
    return row.id


def _all_at_once(work: Callable[[UUID], None], ids: list[UUID]) -> None:
    workers = [Thread(target=work, args=(one,)) for one in ids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_programs_read_the_rules(manager: Visitor, amina: Visitor) -> None:
    make_rules(manager, SHORT)

    answer = amina.get("/api/v1/machines/rules")

    (rules,) = answer.json["rules"]
    assert (rules["category"], rules["version"], rules["reason"]) == ("all", 1, "The assembly")
    assert rules["lines"][0] | {"code": "max_minutes", "value": 60.0} == rules["lines"][0]
    assert rules["lines"][0]["says"] == "A booking lasts at most 60 minutes."
