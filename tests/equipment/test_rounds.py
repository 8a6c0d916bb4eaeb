"""A round of the season: from wishes to machine-days, reasons, appeal and bookings."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from coopfarm.cli import main
from coopfarm.equipment.models import Booking, MachineTime, Round, SeasonShare
from coopfarm.equipment.planner import rounds as planner
from coopfarm.equipment.rules import rounds as rules
from coopfarm.members.models import Member
from coopfarm.planning.fleet.season import file_form
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.living import act, book
from tests.factories.machines import make_machine
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
Make = Callable[..., Visitor]

NEW = {
    "name": "Ploughing week",
    "category": "tractor",
    "job": "plough",
    "first_day": "2026-07-06",
    "last_day": "2026-07-08",
    "opens": "06:00",
    "closes": "18:00",
    "deadline": "2026-07-04",
    "deadline_hour": "18:00",
}


@pytest.fixture
def people(visitor: Make) -> list[Visitor]:
    found = [visitor(name=name) for name in ("Omar", "Layla", "Hassan", "Zaynab")]
    for one in found:
        one.client.set_cookie("language", "en")
    return found


@pytest.fixture
def round_id(manager: Visitor, tractor_id: UUID) -> UUID:
    """A round of three days of one tractor, open for wishes."""
    opened = manager.post("/machines/rounds", NEW)
    assert opened.status_code == 303, opened.text
    return UUID(opened.location.rsplit("/", 1)[-1])


def wish_for(who: Visitor, round_id: UUID, days: int = 1, **more: Any) -> Any:
    span = {"from_day": "2026-07-06", "to_day": "2026-07-08"}
    return act(who, f"rounds/{round_id}/wish", {"days": days, **span, **more})


def step(manager: Visitor, round_id: UUID, name: str, **sent: str) -> Any:
    return manager.post(f"/machines/rounds/{round_id}/{name}", sent, follow_redirects=True)


@pytest.fixture
def published(
    manager: Visitor, people: list[Visitor], round_id: UUID, clock: Clock
) -> list[Visitor]:
    """Four members wish for two days each of three; the round is run and published."""
    for one in people:
        assert wish_for(one, round_id, 2, best_day="2026-07-07").status_code == 200
    clock.forward(days=4)
    for name in ("close", "run", "publish"):
        assert step(manager, round_id, name).status_code == 200
    return people


def told(answer: Any) -> dict[str, Any]:
    return dict(answer.json)


def share(who: Visitor, round_id: UUID) -> dict[str, Any]:
    return dict(told(who.send("GET", f"/api/v1/rounds/{round_id}"))["share"])


def test_a_wish_becomes_a_machine_day_with_its_reasons(
    published: list[Visitor], round_id: UUID
) -> None:
    pages = [one.get(f"/season/{round_id}").text for one in published]

    got = [share(one, round_id)["days"] for one in published]
    assert sorted(map(len, got)) == [0, 1, 1, 1]
    assert sorted(day for days in got for day in days) == ["2026-07-06", "2026-07-07", "2026-07-08"]
    assert all("All together want 8 places and there are 3. You want 2." in one for one in pages)
    assert all("The public lot" in one or "public lot decides" in one for one in pages)


def test_the_published_files_give_the_identical_plan_again(
    published: list[Visitor], round_id: UUID, tmp_path: Path
) -> None:
    inputs = published[0].get(f"/season/{round_id}/inputs.json").json
    plan = published[0].get(f"/season/{round_id}/plan.json").json
    problem, both = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(json.dumps(inputs))
    both.write_text(json.dumps(plan))

    solved = CliRunner().invoke(main, ["solve", "season", str(problem)])
    judged = CliRunner().invoke(main, ["certify", "season", str(problem), str(both)])

    assert json.loads(solved.output)["plan"] == plan
    assert judged.exit_code == 0, judged.output


def test_a_kept_round_is_worked_out_again_to_the_same_hash(
    published: list[Visitor], round_id: UUID, look: TenantSession
) -> None:
    found = look.scalars(select(Round)).one()

    again = planner.replay(found)

    assert planner.fingerprint(again.outcome) == found.outcome_hash
    shared = {name: found.inputs[name] for name in ("items", "members")}
    assert planner.seed_of(found.first_day, found.number, shared) == found.inputs["seed"]


def test_everybody_reads_the_result_with_its_seed(
    published: list[Visitor], amina: Visitor, round_id: UUID, look: TenantSession
) -> None:
    page = amina.get(f"/season/{round_id}/result")

    assert look.scalars(select(Round)).one().inputs["seed"] in page.text
    assert "Omar" in page.text
    assert "Nobody would rather" in page.text or "None of them would" in page.text


def test_the_result_names_members_in_the_script_of_the_page(
    published: list[Visitor], manager: Visitor, round_id: UUID, settle: Settle
) -> None:
    named = update(Member).where(Member.id == published[0].member_id)
    settle(lambda session: session.execute(named.values(name="عمر", name_latin="Omar")))

    pages = [
        who.get(path).text
        for who, path in (
            (published[1], f"/season/{round_id}/result"),
            (manager, f"/machines/rounds/{round_id}"),
        )
    ]

    assert all("Omar" in page and "عمر" not in page for page in pages)


def test_final_days_are_booked_once_and_what_is_left_is_free(
    manager: Visitor,
    published: list[Visitor],
    round_id: UUID,
    tractor_id: UUID,
    look: TenantSession,
) -> None:
    done = step(manager, round_id, "final")

    bookings = look.scalars(select(Booking).order_by(Booking.starts_at)).all()
    live = look.scalars(select(MachineTime).where(MachineTime.is_live)).all()
    assert "its machine-days are booked" in done.text
    assert [one.starts_at.day for one in bookings] == [6, 7, 8]
    assert {one.subject_id for one in live} == {one.id for one in bookings}
    assert "Shared out in round 1" in published[0].get("/bookings").text + "".join(
        one.get(f"/bookings/{look.scalars(select(Booking.id)).first()}").text for one in published
    )


def test_a_shared_day_cannot_be_booked_by_whoever_comes_first(
    amina: Visitor, round_id: UUID, tractor_id: UUID, wish: Wish
) -> None:
    day = {"starts_at": "2026-07-06T09:00:00+00:00", "ends_at": "2026-07-06T11:00:00+00:00"}

    refused = book(amina, wish(tractor_id, 9, 11) | day)

    assert refused.status_code == 409
    assert told(refused)["code"] == "machine-shared-out"


def test_a_machine_day_that_is_booked_already_is_no_place(
    manager: Visitor, amina: Visitor, settle: Settle, tractor_id: UUID, wish: Wish
) -> None:
    settle(lambda session: make_machine(session, "Tractor two").id)
    day = {"starts_at": "2026-07-07T09:00:00+00:00", "ends_at": "2026-07-07T11:00:00+00:00"}
    assert book(amina, wish(tractor_id, 9, 11) | day).status_code == 201

    manager.post("/machines/rounds", NEW)

    (found,) = told(amina.send("GET", "/api/v1/rounds"))["rounds"]
    assert found["places"] == {"2026-07-06": 2, "2026-07-07": 1, "2026-07-08": 2}


def test_a_wish_can_be_changed_until_the_deadline_and_then_stands(
    amina: Visitor, round_id: UUID, clock: Clock
) -> None:
    first, second = (wish_for(amina, round_id, days) for days in (1, 3))
    clock.forward(days=4)

    late = wish_for(amina, round_id, 2)

    assert (first.json["edition"], second.json["edition"]) == (1, 2)
    assert told(late)["code"] == "round-wishes-over"
    assert told(amina.send("GET", f"/api/v1/rounds/{round_id}"))["wish"]["days"] == 3


def test_a_wish_written_in_time_without_a_signal_counts_until_the_round_is_closed(
    manager: Visitor, amina: Visitor, round_id: UUID, clock: Clock
) -> None:
    written = {"Acted_At": "2026-07-04T10:00:00+00:00"}
    clock.forward(days=4)
    sent = {"days": 1, "from_day": "2026-07-06", "to_day": "2026-07-08"}

    kept = amina.send("POST", f"/api/v1/rounds/{round_id}/wish", sent, **written)
    step(manager, round_id, "close")
    late = amina.send("POST", f"/api/v1/rounds/{round_id}/wish", sent, **written)

    assert kept.status_code == 200
    assert told(late)["code"] == "round-wishes-over"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"days": 4}, "wish-too-many-days"),
        ({"from_day": "2026-07-05"}, "wish-outside-round"),
        ({"best_day": "2026-07-20"}, "wish-outside-round"),
        ({"from_day": "2026-07-08", "to_day": "2026-07-06"}, "round-days-turned-round"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_beside_its_field(
    amina: Visitor, round_id: UUID, sent: dict[str, Any], code: str
) -> None:
    refused = wish_for(amina, round_id, **{"days": 1, **sent})

    assert refused.status_code == 422
    assert told(refused)["code"] == code


def test_the_form_keeps_a_wish_and_says_what_is_wrong_with_one(
    amina: Visitor, round_id: UUID
) -> None:
    wrong = amina.post(f"/season/{round_id}/wish", {"days": "3", "to_day": "2026-07-06"})
    kept = amina.post(f"/season/{round_id}/wish", {"days": "2"}, follow_redirects=True)

    assert wrong.status_code == 422
    assert "from 1 to 1 days fit" in wrong.text
    assert "Your wish is kept" in kept.text


def test_an_appeal_is_answered_before_the_round_is_final(
    manager: Visitor, published: list[Visitor], round_id: UUID, look: TenantSession
) -> None:
    omar = published[0]
    appealed = omar.post(
        f"/season/{round_id}/appeal", {"appeal": "My wheat is dry"}, follow_redirects=True
    )
    too_soon = step(manager, round_id, "final")
    member = look.scalars(select(SeasonShare).where(SeasonShare.appeal != "")).one().member_id

    step(manager, round_id, f"appeals/{member}", answer="The lot decided between you.")
    done = step(manager, round_id, "final")

    assert "Your appeal is kept" in appealed.text
    assert "1 appeals wait for an answer" in too_soon.text
    assert "The lot decided between you." in omar.get(f"/season/{round_id}").text
    assert "its machine-days are booked" in done.text


def test_an_appeal_that_is_right_opens_the_round_again(
    manager: Visitor, published: list[Visitor], round_id: UUID
) -> None:
    form = {"reason": "A wish was lost", "deadline": "2026-07-05", "deadline_hour": "20:00"}

    again = step(manager, round_id, "open-again", **form)

    assert "The round is open again" in again.text
    assert wish_for(published[0], round_id, 1).json["edition"] == 2


def test_who_went_short_comes_first_in_the_next_round(
    manager: Visitor, published: list[Visitor], round_id: UUID, clock: Clock
) -> None:
    short = next(one for one in published if not share(one, round_id)["days"])
    days = {"first_day": "2026-07-13", "last_day": "2026-07-13", "deadline": "2026-07-12"}
    opened = manager.post("/machines/rounds", NEW | days)
    second = UUID(opened.location.rsplit("/", 1)[-1])
    for one in published:
        wish_for(one, second, from_day="2026-07-13", to_day="2026-07-13")
    clock.forward(days=8)

    for name in ("close", "run", "publish"):
        step(manager, second, name)

    assert share(short, second)["carried_in"] > 0
    assert share(short, second)["days"] == ["2026-07-13"]


def test_a_round_is_not_closed_before_its_deadline(manager: Visitor, round_id: UUID) -> None:
    refused = step(manager, round_id, "close")

    assert refused.status_code == 409
    assert "Close the round after that" in refused.text


def test_a_plan_that_is_not_certified_leaves_the_round_closed(
    manager: Visitor,
    people: list[Visitor],
    round_id: UUID,
    clock: Clock,
    settle: Settle,
) -> None:
    for one in people:
        wish_for(one, round_id)
    clock.forward(days=4)
    step(manager, round_id, "close")
    step(manager, round_id, "run")

    def spoil(session: TenantSession) -> str:
        found = session.scalars(select(Round)).one()
        draft = planner.work_out(found.inputs)
        twice = {member: [found.inputs["items"][0]["id"]] for member in draft.plan.gets}
        plan = file_form.read_plan({"gets": twice})
        planner.keep(session, found, planner.judged(found.inputs, draft.problem, plan))
        return found.state

    assert settle(spoil) == "closed"
    assert "The certificate does not hold" in manager.get(f"/machines/rounds/{round_id}").text
    assert step(manager, round_id, "publish").status_code == 409


def test_a_round_without_wishes_is_taken_back_and_its_days_are_free(
    manager: Visitor, amina: Visitor, round_id: UUID, tractor_id: UUID, wish: Wish
) -> None:
    day = {"starts_at": "2026-07-06T09:00:00+00:00", "ends_at": "2026-07-06T11:00:00+00:00"}

    step(manager, round_id, "drop")

    assert book(amina, wish(tractor_id, 9, 11) | day).status_code == 201


def test_before_it_is_published_members_see_nothing_of_the_result(
    manager: Visitor, people: list[Visitor], round_id: UUID, clock: Clock
) -> None:
    for one in people:
        wish_for(one, round_id)
    clock.forward(days=4)
    step(manager, round_id, "close")
    step(manager, round_id, "run")

    result = people[0].get(f"/season/{round_id}/result")

    assert result.status_code == 404
    assert told(people[0].send("GET", f"/api/v1/rounds/{round_id}"))["share"] is None
    assert manager.get(f"/season/{round_id}/result").status_code == 200


def test_a_large_round_is_worked_out_by_the_worker(
    manager: Visitor,
    people: list[Visitor],
    round_id: UUID,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planner, "_AT_ONCE", 1)
    for one in people:
        wish_for(one, round_id)
    clock.forward(days=4)
    step(manager, round_id, "close")

    step(manager, round_id, "run")

    assert "The certificate holds" in manager.get(f"/machines/rounds/{round_id}").text


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 40), st.data())
def test_the_best_day_is_worth_most_and_no_day_of_the_span_nothing(
    first: date, length: int, data: st.DataObject
) -> None:
    days = rules.days_between(first, date.fromordinal(first.toordinal() + length))
    best = data.draw(st.none() | st.sampled_from(days))

    values = rules.values_of(days, days[0], days[-1], best)

    assert len(values) == len(days)
    assert min(values.values()) >= 1
    assert best is None or values[best.isoformat()] == max(values.values())
