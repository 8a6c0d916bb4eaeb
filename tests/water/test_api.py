"""The JSON door of plans, runs and turns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from coopfarm.land.models import Plot
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from coopfarm.water.models import PlanRun, Rotation
from tests.factories.members import Visitor, make_member
from tests.factories.water import ASKED, STARTS_AT, make_plan, settle_week

PLANS = "/api/v1/plans"
STEPS = ("notice", "in-force", "undo")


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor("manager", name="Mariam")


@pytest.fixture
def village(database: Database, cooperative_id: int) -> None:
    """Three plots in a row, head to tail."""
    with database.transaction(cooperative_id) as session:
        head = make_member(session, name="Salma", phone="+201000000001", shares_phone=True)
        middle = make_member(session, name="Hamid")
        tail = make_member(session, name="Yusuf", phone="+201000000002")
        settle_week(session, [head.id, middle.id, tail.id])


@pytest.fixture
def farmer(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, village: None
) -> Visitor:
    """Who holds the plot in the middle now."""
    farmer = visitor(name="Amina")
    with database.transaction(cooperative_id) as session:
        plot = session.scalars(select(Plot).where(Plot.code == "O1-02")).one()
        plot.holder_id = farmer.member_id
    return farmer


@pytest.fixture
def draft(database: Database, cooperative_id: int, village: None) -> str:
    with database.transaction(cooperative_id) as session:
        return str(make_plan(session).id)


@pytest.fixture
def on_notice(manager: Visitor, draft: str) -> str:
    """A plan that was shown to the members, and its ETag."""
    told = manager.send(
        "POST",
        f"{PLANS}/{draft}/notice",
        {"note": "Little water this week."},
        If_Match=manager.get(f"{PLANS}/{draft}").headers["ETag"],
    )
    assert told.status_code == 200
    return told.headers["ETag"]


def publish(manager: Visitor, plan: str, step: str, etag: str, sent: Any = None) -> Any:
    return manager.send("POST", f"{PLANS}/{plan}/{step}", sent, If_Match=etag)


def test_a_wish_is_taken_and_worked_out_in_the_background(manager: Visitor, village: None) -> None:
    asked = manager.send("POST", PLANS, ASKED)
    run = manager.get(asked.headers["Location"])

    assert (asked.status_code, asked.json["state"]) == (202, "queued")
    assert (run.json["state"], run.json["progress"]) == ("done", 1.0)


def test_a_plan_shows_its_awards_its_certificate_and_the_other_rules(
    manager: Visitor, village: None
) -> None:
    asked = manager.send("POST", PLANS, ASKED)
    plan_id = manager.get(asked.headers["Location"]).json["plan_id"]

    plan = manager.get(f"{PLANS}/{plan_id}").json

    assert plan["certificate"] == {"holds": True, "findings": []}
    assert set(plan["comparison"]) == {"cea", "proportional", "cel", "talmud"}
    assert [award["plot"] for award in plan["awards"]] == ["O1-01", "O1-02", "O1-03"]
    assert sum(award["award_m3"] for award in plan["awards"]) == pytest.approx(plan["supply_m3"])
    assert plan["supply_m3"] == pytest.approx(0.6 * plan["need_m3"])
    assert sum(award["turn"]["minutes"] for award in plan["awards"]) == 10_080


def test_notes_are_said_in_words(manager: Visitor, draft: str) -> None:
    manager.client.set_cookie("language", "en")

    plan = manager.get(f"{PLANS}/{draft}").json

    note = plan["notes"][0]
    assert note["code"] == "eto-given"
    assert note["words"].startswith("Reference evapotranspiration is given")


def test_a_wish_that_cannot_be_is_refused_by_the_field(manager: Visitor) -> None:
    wrong = [
        ({"supply": 0}, "percent-unusable", "supply"),
        ({"supply": 101}, "percent-unusable", "supply"),
        ({"supply": -3, "supply_kind": "flow"}, "amount-unusable", "supply"),
        ({"supply": 1e28}, "percent-unusable", "supply"),
        ({"cycle_minutes": 0}, "period-unusable", "cycle"),
        ({"cycle_minutes": 10**299}, "period-unusable", "cycle"),
        ({"least_percent": 120}, "least-share-unusable", "least_percent"),
        ({"rule": "the strongest"}, "choice-unknown", "rule"),
        ({"basis": "by lot"}, "choice-unknown", "basis"),
        ({"supply_kind": "buckets"}, "choice-unknown", "supply_kind"),
        ({"starts_at": "2026-07-04T06:00:00"}, "field-unusable", "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "field-unusable", "starts_at"),
        ({"starts_at": "9999-12-31T23:00:00+00:00"}, "field-unusable", "starts_at"),
        ({"starts_at": "soon"}, "field-unusable", "starts_at"),
        ({"supply": "60"}, "field-unusable", "supply"),
        ({"supply": True}, "field-unusable", "supply"),
        ({"cycle_minutes": 10.5}, "field-unusable", "cycle_minutes"),
        ({"count_rain": "yes"}, "field-unusable", "count_rain"),
        ({"coefficients": {"cotton": "high"}}, "field-unusable", "coefficients.cotton.value"),
        ({"suply": 60}, "field-unusable", "suply"),
    ]

    answers = [manager.send("POST", PLANS, ASKED | change) for change, _, _ in wrong]

    assert {answer.status_code for answer in answers} == {422}
    assert [(one.json["code"], one.json["field"]) for one in answers] == [
        (code, field) for _, code, field in wrong
    ]


def test_coefficients_of_the_wish_stand_in_for_the_tables(manager: Visitor, village: None) -> None:
    asked = manager.send("POST", PLANS, ASKED | {"coefficients": {"Cotton": 1.0}})
    plan_id = manager.get(asked.headers["Location"]).json["plan_id"]

    plan = manager.get(f"{PLANS}/{plan_id}").json

    # 7 days of 8 mm on 9,000 m² at the head.
    assert plan["awards"][0]["need_m3"] == pytest.approx(0.056 * 9_000)


def test_a_wish_that_cannot_be_planned_ends_with_its_reason(manager: Visitor) -> None:
    asked = manager.send("POST", PLANS, ASKED)

    run = manager.get(asked.headers["Location"])

    assert (run.json["state"], run.json["refusal"]["code"]) == ("refused", "no-plots")
    assert run.json["refusal"]["words"]


def test_a_plan_is_published_step_by_step_and_taken_back(
    manager: Visitor, draft: str, on_notice: str
) -> None:
    in_force = publish(manager, draft, "in-force", on_notice)
    undone = publish(manager, draft, "undo", in_force.headers["ETag"])
    again = publish(manager, draft, "undo", undone.headers["ETag"])

    states = [answer.json["state"] for answer in (in_force, undone, again)]
    assert states == ["in_force", "notice", "draft"]
    assert [answer.json["edition"] for answer in (in_force, undone, again)] == [3, 4, 5]


def test_an_edit_without_its_edition_is_refused(manager: Visitor, draft: str) -> None:
    refused = [manager.send("POST", f"{PLANS}/{draft}/{step}", {"note": "Why"}) for step in STEPS]

    assert {(one.status_code, one.json["code"]) for one in refused} == {(428, "edition-missing")}


def test_an_edit_of_an_old_edition_is_refused(manager: Visitor, draft: str, on_notice: str) -> None:
    refused = [publish(manager, draft, step, '"3f00-1"', {"note": "Again"}) for step in STEPS]

    assert {(one.status_code, one.json["code"]) for one in refused} == {(412, "stale")}
    assert {one.content_type for one in refused} == {"application/problem+json"}


def test_the_etag_of_a_compressed_answer_can_be_sent_back(manager: Visitor, draft: str) -> None:
    shown = manager.get(f"{PLANS}/{draft}", headers={"Accept-Encoding": "gzip"})

    told = publish(manager, draft, "notice", shown.headers["ETag"], {"note": "Little water."})

    assert shown.headers["Content-Encoding"] == "gzip"
    assert told.status_code == 200


def test_a_plan_on_notice_needs_a_note(manager: Visitor, draft: str) -> None:
    etag = manager.get(f"{PLANS}/{draft}").headers["ETag"]

    refused = [
        publish(manager, draft, "notice", etag, {"note": note}) for note in ("  ", "n" * 1001)
    ]

    assert [answer.json["code"] for answer in refused] == ["note-missing", "field-unusable"]


def test_a_plan_whose_certificate_does_not_hold_cannot_be_shown_to_members(
    manager: Visitor, database: Database, cooperative_id: int, draft: str
) -> None:
    with database.transaction(cooperative_id) as session:
        plan = session.scalars(select(Rotation)).one()
        plan.is_certified = False
        plan.findings = [{"code": "why-floors-met", "facts": {}}]
    shown = manager.get(f"{PLANS}/{draft}")

    refused = publish(manager, draft, "notice", shown.headers["ETag"], {"note": "Take it"})

    assert shown.json["certificate"]["holds"] is False
    assert shown.json["certificate"]["findings"][0]["code"] == "why-floors-met"
    assert (refused.status_code, refused.json["code"]) == (409, "not-certified")


def test_what_has_not_changed_is_not_sent_again(manager: Visitor, draft: str) -> None:
    paths = (f"{PLANS}/{draft}", PLANS, "/api/v1/turns", "/api/v1/me")
    first = [manager.get(path) for path in paths]

    second = [
        manager.get(path, headers={"If-None-Match": known.headers["ETag"]})
        for path, known in zip(paths, first, strict=True)
    ]

    assert [answer.status_code for answer in first] == [200] * 4
    assert [(answer.status_code, answer.data) for answer in second] == [(304, b"")] * 4


def test_a_plan_read_in_another_language_is_another_answer(manager: Visitor, draft: str) -> None:
    arabic = manager.get(f"{PLANS}/{draft}")
    manager.client.set_cookie("language", "en")

    english = manager.get(f"{PLANS}/{draft}", headers={"If-None-Match": arabic.headers["ETag"]})

    assert english.status_code == 200


def test_the_newest_plans_come_first_and_as_many_as_asked(
    manager: Visitor, database: Database, cooperative_id: int, draft: str
) -> None:
    with database.transaction(cooperative_id) as session:
        make_plan(session, supply=70)

    all_of_them = manager.get(PLANS).json["plans"]
    one = manager.get(f"{PLANS}?limit=1").json["plans"]

    assert [plan["version"] for plan in all_of_them] == [2, 1]
    assert [plan["version"] for plan in one] == [2]


def test_a_list_asked_for_wrongly_is_refused(manager: Visitor) -> None:
    refused = [manager.get(f"{PLANS}?{query}") for query in ("limit=0", "limit=many", "page=2")]

    assert {answer.status_code for answer in refused} == {422}
    assert [answer.json["field"] for answer in refused] == ["limit", "limit", "page"]


def test_a_run_can_be_stopped_once(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    run = _waiting_run(database, cooperative_id)

    stopped = manager.send("POST", f"/api/v1/runs/{run}/stop")
    again = manager.send("POST", f"/api/v1/runs/{run}/stop")

    assert stopped.json["state"] == "stopped"
    assert (again.status_code, again.json["code"]) == (409, "run-ended")
    assert again.content_type == "application/problem+json"


def test_the_best_so_far_can_be_used(
    manager: Visitor, database: Database, cooperative_id: int, draft: str
) -> None:
    run = _waiting_run(database, cooperative_id, plan=draft)

    used = manager.send("POST", f"/api/v1/runs/{run}/use")

    assert (used.json["state"], used.json["plan_id"]) == ("done", draft)


def test_nothing_can_be_used_before_there_is_a_plan(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    run = _waiting_run(database, cooperative_id)

    refused = manager.send("POST", f"/api/v1/runs/{run}/use")

    assert (refused.status_code, refused.json["code"]) == (409, "nothing-yet")


def test_a_farmer_sees_the_next_turn_its_neighbours_and_the_reasons(
    farmer: Visitor, manager: Visitor, draft: str, on_notice: str
) -> None:
    publish(manager, draft, "in-force", on_notice)

    turns = farmer.get("/api/v1/turns").json["turns"]

    assert len(turns) == 1
    assert (turns[0]["plot"], turns[0]["nakka"], turns[0]["state"]) == ("O1-02", "N2", "in_force")
    assert turns[0]["minutes"] == 3_360
    assert turns[0]["water_from"] == {
        "name": "Salma",
        "phone": "+201000000001",
        "plot": "O1-01",
        "nakka": "N1",
    }
    assert (turns[0]["water_to"]["name"], turns[0]["water_to"]["phone"]) == ("Yusuf", None)
    assert all(reason["words"] for reason in turns[0]["reasons"])


def test_turns_that_ended_are_not_the_next_ones(
    farmer: Visitor, manager: Visitor, draft: str, on_notice: str, clock: Any
) -> None:
    publish(manager, draft, "in-force", on_notice)
    clock.now = STARTS_AT + timedelta(days=7)

    turns = farmer.get("/api/v1/turns").json["turns"]

    assert turns == []


def test_moments_are_sent_with_their_zone(manager: Visitor, draft: str) -> None:
    plan = manager.get(f"{PLANS}/{draft}").json

    assert plan["starts_at"] == "2026-07-04T06:00:00+00:00"
    assert plan["awards"][0]["turn"]["starts_at"] == "2026-07-04T06:00:00+00:00"


def test_every_step_is_written_down(
    manager: Visitor, database: Database, cooperative_id: int, draft: str, on_notice: str
) -> None:
    publish(manager, draft, "in-force", on_notice)

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == draft)).all()
    by_verb = {event.verb: event for event in events}
    assert set(by_verb) == {"plan.draft", "plan.notice", "plan.in-force"}
    assert by_verb["plan.in-force"].actor_id == manager.member_id
    assert by_verb["plan.in-force"].before["state"] == "notice"
    assert by_verb["plan.in-force"].after["state"] == "in_force"


def test_who_may_plan_and_who_may_look(visitor: Callable[..., Visitor], draft: str) -> None:
    people = [visitor(role) for role in ("water_master", "officer", "member")]

    looked = [who.get(f"{PLANS}/{draft}").status_code for who in people]
    planned = [who.send("POST", PLANS, ASKED).status_code for who in people]

    assert looked == [200, 200, 403]
    assert planned == [202, 403, 403]


def test_a_plan_that_is_not_there_is_missing(manager: Visitor) -> None:
    shown = manager.get(f"{PLANS}/{uuid4()}")
    published = publish(manager, str(uuid4()), "in-force", '"ab-1"')

    assert (shown.status_code, shown.json["code"]) == (404, "missing")
    assert (published.status_code, published.json["code"]) == (404, "missing")


def _waiting_run(database: Database, cooperative_id: int, plan: str | None = None) -> str:
    with database.transaction(cooperative_id) as session:
        drafted = session.scalars(select(Rotation)).first() if plan else None
        run = PlanRun(
            wish=dict(ASKED),
            asked_at=STARTS_AT,
            state="feasible" if drafted else "running",
            rotation_id=drafted.id if drafted else None,
        )
        session.add(run)
        session.flush()
        return str(run.id)
