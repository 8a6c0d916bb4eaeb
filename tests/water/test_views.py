"""The manager's pages: plan a week, compare the rules, publish, take back."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from coopfarm.land.models import Outlet, Plot
from coopfarm.store.db import Database
from coopfarm.water import actions
from coopfarm.water.models import DayOfWeather, PlanRun, Rotation
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member
from tests.factories.water import STARTS_AT, make_plan, settle_week

FORM = {
    "starts_on": "2026-07-04",
    "starts_time": "09:00",
    "cycle_days": "7",
    "supply": "60",
    "supply_kind": "percent",
    "rule": "cea",
    "least_percent": "0",
}
RULES = ("each hectare equally", "the same part of each need", "equal cuts", "halves first")


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return _reads("en", visitor("manager", name="Salwa"))


@pytest.fixture
def village(database: Database, cooperative_id: int) -> None:
    with database.transaction(cooperative_id) as session:
        holders = [make_member(session, name=name).id for name in ("Salma", "Hamid", "Yusuf")]
        settle_week(session, holders)


@pytest.fixture
def draft(database: Database, cooperative_id: int, village: None) -> str:
    with database.transaction(cooperative_id) as session:
        return str(make_plan(session).id)


def _reads(language: str, who: Visitor) -> Visitor:
    who.client.set_cookie("language", language)
    return who


def _text(page: TestResponse) -> str:
    """What a person reads of the page."""
    without_tags = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(without_tags).split())


def _change(database: Database, cooperative_id: int, *statements: object) -> None:
    with database.transaction(cooperative_id) as session:
        for statement in statements:
            session.execute(statement)


def _count(database: Database, cooperative_id: int, table: type) -> int:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return session.scalar(select(func.count()).select_from(table)) or 0


def _plan_page(who: Visitor, asked: TestResponse) -> TestResponse:
    """From the answer to a wish over the run to the plan."""
    assert asked.status_code == 303, _text(asked)
    run = who.get(asked.headers["Location"])
    assert run.status_code == 303, _text(run)
    return who.get(run.headers["Location"])


def test_a_week_is_planned_compared_published_and_taken_back(
    manager: Visitor, village: None
) -> None:
    page = _plan_page(manager, manager.post("/water/plan", FORM, page="/water/plan"))
    seen = _text(page)
    path = page.request.path

    assert all(rule in seen for rule in RULES)
    assert "Gini of satisfaction (0 is even)" in seen
    assert "Jain’s index" in seen
    assert "head third over tail third" in seen
    assert "Proved by a check that did not make the plan" in seen
    assert all(name in seen for name in ("Salma", "Hamid", "Yusuf"))
    assert "coopfarm replay 1" in seen

    shown = manager.post(f"{path}/notice", {"note": "The canal is low."}, page=path)
    proposal = _text(manager.get(shown.headers["Location"]))
    forced = manager.post(f"{path}/in-force", page=path)
    in_force = _text(manager.get(forced.headers["Location"]))
    undone = manager.post(f"{path}/undo", page=path)
    after = _text(manager.get(undone.headers["Location"]))

    assert (shown.status_code, forced.status_code, undone.status_code) == (303, 303, 303)
    assert "Plan 1 is shown to the members as a proposal." in proposal
    assert "The canal is low." in proposal
    assert "This plan is in force. The members see their turns." in in_force
    assert "Taken back. Plan 1 is “notice” again." in after


def test_a_draft_is_thrown_away(
    manager: Visitor, database: Database, cooperative_id: int, draft: str
) -> None:
    gone = manager.post(f"/water/plans/{draft}/drop", page=f"/water/plans/{draft}")

    assert "The draft is gone. No member had seen it." in _text(
        manager.get(gone.headers["Location"])
    )
    assert _count(database, cooperative_id, Rotation) == 0
    assert manager.get(f"/water/plans/{draft}").status_code == 404


def test_the_run_of_a_plan_that_was_thrown_away_says_so(manager: Visitor, village: None) -> None:
    asked = manager.post("/water/plan", FORM, page="/water/plan")
    plan = _plan_page(manager, asked).request.path
    manager.post(f"{plan}/drop", page=plan)

    run = manager.get(asked.headers["Location"])

    assert run.status_code == 200
    assert "This run was stopped. Nothing was kept." in _text(run)


BAD_FORMS = [
    ({"supply": "0"}, "supply", "0 % cannot be. Give more than 0 and at most 100."),
    ({"supply": "120"}, "supply", "120 % cannot be."),
    ({"supply": ""}, "supply", "this is needed"),
    ({"supply": "sixty"}, "supply", "“sixty” is not a number"),
    ({"supply": "NaN"}, "supply", "“NaN” is not a number"),
    ({"supply": "0", "supply_kind": "flow"}, "supply", "0 cannot be. Give an amount above 0."),
    ({"supply_kind": "buckets"}, "supply_kind", "“buckets” is not one of the choices"),
    ({"rule": ""}, "rule", "is not one of the choices"),
    ({"basis": "by lot"}, "basis", "“by lot” is not one of the choices"),
    ({"cycle_days": "0"}, "cycle_days", "a cycle has 1 minute to 60 days"),
    ({"cycle_days": "-7"}, "cycle_days", "a cycle has 1 minute to 60 days"),
    ({"cycle_days": "999999999999"}, "cycle_days", "a cycle has 1 minute to 60 days"),
    ({"starts_on": "4/7/2026"}, "starts_on", "“4/7/2026” is not a day"),
    (
        {"starts_on": "0001-01-01"},
        "starts_on",
        "1 is too far away. Plan a day of the years 1950 to 2199.",
    ),
    ({"starts_on": "9999-12-31"}, "starts_on", "9999 is too far away"),
    ({"starts_time": "dawn"}, "starts_time", "“dawn” is not a time of day"),
    ({"least_percent": "101"}, "least_percent", "101 % cannot be. Give 0 to 100."),
    ({"coefficients": "cotton"}, "coefficients", "“cotton” is not a crop and its coefficient"),
    ({"coefficients": "cotton high"}, "coefficients", "“high” is not a number"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD_FORMS)
def test_what_cannot_be_asked_is_said_beside_its_field_and_the_rest_stays_written(
    manager: Visitor,
    database: Database,
    cooperative_id: int,
    *,
    change: dict[str, str],
    field: str,
    words: str,
) -> None:
    answer = manager.post("/water/plan", FORM | {"least_percent": "7"} | change, page="/water/plan")

    beside = re.search(rf'id="error-{field}"(.*?)</span></span>', answer.text, flags=re.S)
    assert answer.status_code == 422
    assert beside is not None
    assert words in html.unescape(beside.group(1))
    assert f'href="#field-{field}"' in answer.text
    assert f'value="{change.get("least_percent", "7")}"' in answer.text
    assert _count(database, cooperative_id, PlanRun) == 0


def test_numbers_and_days_may_be_written_in_arabic_digits(manager: Visitor, village: None) -> None:
    arabic = {
        "starts_on": "٢٠٢٦-٠٧-٠٤",
        "starts_time": "٠٩:٠٠",
        "cycle_days": "٧",
        "supply": "٦٢٫٠",
        "coefficients": "cotton ١٫١٧",
    }

    page = _plan_page(manager, manager.post("/water/plan", FORM | arabic, page="/water/plan"))

    assert "62 % of the need" in _text(page)


def test_errors_and_plans_are_told_in_arabic_too(
    visitor: Callable[..., Visitor], village: None
) -> None:
    manager = _reads("ar", visitor("manager"))

    refused = manager.post("/water/plan", FORM | {"supply": "0"}, page="/water/plan")
    page = _plan_page(manager, manager.post("/water/plan", FORM, page="/water/plan"))

    assert 'dir="rtl"' in refused.text
    assert "cannot be" not in _text(refused)
    assert 'dir="rtl"' in page.text
    assert not any(rule in _text(page) for rule in RULES)
    assert "٣" in _text(page)


def test_a_run_that_was_refused_shows_its_reason_and_a_way_back(
    manager: Visitor, database: Database, cooperative_id: int, village: None
) -> None:
    _change(database, cooperative_id, delete(DayOfWeather))

    asked = manager.post("/water/plan", FORM, page="/water/plan")
    run = manager.get(asked.headers["Location"])

    assert "There is no weather for 7 of the 7 days of the period" in _text(run)
    assert 'href="/water/plan"' in run.text
    assert _count(database, cooperative_id, Rotation) == 0


def test_a_run_with_several_things_in_the_way_names_each(
    manager: Visitor, database: Database, cooperative_id: int, village: None
) -> None:
    _change(
        database,
        cooperative_id,
        update(Plot).where(Plot.code == "O1-01").values(crop="triffid"),
        update(Plot).where(Plot.code == "O1-03").values(sown_on=None),
    )

    asked = manager.post("/water/plan", FORM, page="/water/plan")
    seen = _text(manager.get(asked.headers["Location"]))

    assert "2 things need to be put right." in seen
    assert "Plot O1-01 has the crop “triffid”" in seen
    assert "Plot O1-03 has Cotton and no sowing date" in seen


def test_a_plan_that_does_not_hold_shows_its_findings_and_cannot_be_published(
    manager: Visitor, database: Database, cooperative_id: int, village: None
) -> None:
    _change(database, cooperative_id, update(Outlet).values(capacity_l_s=3.0))
    page = _plan_page(
        manager, manager.post("/water/plan", FORM | {"rule": "cel"}, page="/water/plan")
    )
    path = page.request.path

    refused = manager.post(f"{path}/notice", {"note": "Let it be."}, page=path)

    assert "1 finding stands against this plan. It cannot be published." in _text(page)
    assert "Outlet O1 would have to pass 3.51 l/s and passes 3 l/s." in _text(page)
    assert "Show to" not in _text(page)
    assert refused.status_code == 409
    assert "This plan has 1 findings against it" in _text(refused)


def test_a_plan_is_not_shown_to_the_members_without_a_word(manager: Visitor, draft: str) -> None:
    path = f"/water/plans/{draft}"

    refused = manager.post(f"{path}/notice", {"note": " "}, page=path)

    assert refused.status_code == 422
    assert "tell the members in a sentence why" in _text(refused)


def test_a_week_that_is_over_offers_no_publishing(
    manager: Visitor, draft: str, clock: Clock
) -> None:
    clock.now = STARTS_AT + timedelta(days=8)

    seen = _text(manager.get(f"/water/plans/{draft}"))

    assert "The period of this plan is over, so it can no longer be published." in seen
    assert "Show to" not in seen


def test_an_auditor_is_led_to_no_page_that_is_closed_to_them(
    visitor: Callable[..., Visitor],
) -> None:
    auditor = _reads("en", visitor("auditor", name="Huda"))

    page = auditor.get("/water/").text

    assert auditor.get("/water/weather").status_code == 403
    assert "/water/weather" not in page


def test_an_officer_may_look_and_not_act(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, draft: str
) -> None:
    officer = _reads("en", visitor("officer", name="Nadia"))
    path = f"/water/plans/{draft}"

    looked = [officer.get(page).status_code for page in ("/water/", path, "/water/weather")]
    tried = [
        officer.get("/water/plan").status_code,
        officer.post("/water/plan", FORM).status_code,
        *(
            officer.post(f"{path}/{step}", {"note": "Let it be."}).status_code
            for step in ("notice", "in-force", "undo", "drop")
        ),
    ]

    assert looked == [200, 200, 200]
    assert tried == [403] * 6
    assert "Show to" not in _text(officer.get(path))
    assert _count(database, cooperative_id, PlanRun) == 0


def test_a_farmer_is_not_let_into_the_office(visitor: Callable[..., Visitor], draft: str) -> None:
    farmer = visitor()

    pages = ("/water/", "/water/plan", "/water/weather", f"/water/plans/{draft}")

    assert [farmer.get(page).status_code for page in pages] == [403] * 4


def test_without_signing_in_there_is_only_the_way_in(manager: Visitor, draft: str) -> None:
    manager.client.delete_cookie("coopfarm")

    answer = manager.get(f"/water/plans/{draft}")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_the_list_shows_what_is_in_force_and_who_has_the_water_now(
    manager: Visitor, database: Database, cooperative_id: int, draft: str, clock: Clock
) -> None:
    path = f"/water/plans/{draft}"
    manager.post(f"{path}/notice", {"note": "Dry."}, page=path)
    manager.post(f"{path}/in-force", page=path)
    clock.now = STARTS_AT + timedelta(hours=30)

    seen = _text(manager.get("/water/"))

    assert "In force now: plan 1" in seen
    assert "Hamid has the water" in seen


def test_a_village_without_plans_is_told_how_to_begin(manager: Visitor) -> None:
    assert "No plan yet" in _text(manager.get("/water/"))


def test_the_form_offers_the_week_after_the_last_plan(
    manager: Visitor, database: Database, cooperative_id: int, village: None, clock: Clock
) -> None:
    with database.transaction(cooperative_id) as session:
        plan = make_plan(session)
        actions.give_notice(session, plan, "Dry.", actor_id=None, now=clock.now)
        actions.put_in_force(session, plan, actor_id=None, now=clock.now)

    page = manager.get("/water/plan").text

    assert 'value="2026-07-11"' in page
    assert 'value="09:00"' in page


def test_a_plan_shows_what_each_member_had_before(
    manager: Visitor, database: Database, cooperative_id: int, village: None, clock: Clock
) -> None:
    with database.transaction(cooperative_id) as session:
        before = make_plan(session, cycle_minutes=1440, supply=100.0)
        actions.give_notice(session, before, "Dry.", actor_id=None, now=clock.now)
        actions.put_in_force(session, before, actor_id=None, now=clock.now)
        after = make_plan(session, starts_at=STARTS_AT + timedelta(days=1), cycle_minutes=1440)
        path = f"/water/plans/{after.id}"

    row = re.search(
        r"<tr[^>]*>(?:(?!</tr>).)*Salma(?:(?!</tr>).)*</tr>", manager.get(path).text, re.S
    )

    assert row is not None
    # A day of 8 mm at 1.17 on 9,000 m²: 84 m³ before, 51 of them now.
    assert re.search(r">\s*84\b", row.group())
    assert re.search(r">\s*51\b", row.group())
