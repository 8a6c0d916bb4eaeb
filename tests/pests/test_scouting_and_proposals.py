"""Rounds to walk, traps as series, whom to scout first, and what is proposed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from coopfarm.pests.models import ControlProposal, ScoutingStop
from coopfarm.pests.rules import scouting as rules
from coopfarm.pests.rules.crossing import Measured, Threshold, crossed
from coopfarm.planning.pests.risk import Place
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor
from tests.factories.pests import NOW, make_number, make_sighting

Plots = dict[str, UUID]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
THRESHOLD = {"crop": "", "stage": "whorl", "measure": "percent_plants", "value": 20.0}
ROUND = {"pest": "fall-armyworm", "crop": "maize", "on_day": "2026-07-02"}
metres = st.integers(0, 5_000)


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@given(st.lists(st.tuples(metres, metres), unique=True, max_size=9))
def test_a_walk_goes_by_every_place_once(
    points: list[tuple[int, int]],
) -> None:
    places = [Place(str(n), float(x), float(y)) for n, (x, y) in enumerate(points)]

    way = rules.walk(places)

    assert sorted(way) == sorted(places)


def test_the_walk_along_a_line_goes_along_it() -> None:
    places = [Place(str(n), 100.0 * n, 0.0) for n in (3, 0, 4, 1, 2)]

    assert rules.length_m(rules.walk(places)) == 400.0


def test_the_same_seed_draws_the_same_plots() -> None:
    places = [Place(str(n), float(n), 0.0) for n in range(30)]

    assert rules.drawn(places, 5, 7) == rules.drawn(places[::-1], 5, 7)
    assert len({place.id for place in rules.drawn(places, 5, 7)}) == 5


def test_a_threshold_of_the_crop_goes_before_one_of_any_crop() -> None:
    def of(crop: str, value: float, number: int) -> Threshold:
        return Threshold(UUID(int=number), crop, "", "per_stop", value, "a book", 2020)

    measured = Measured("aphids", "maize", "per_stop", 5.0, "sighting", UUID(int=9))

    assert crossed(measured, [of("", 2, 1), of("maize", 4, 2), of("wheat", 1, 3)]) == of(
        "maize", 4, 2
    )
    assert crossed(measured, [of("maize", 6, 1)]) is None


@pytest.fixture
def outbreak(settle: Settle, amina: Visitor, plots: Plots) -> None:
    """Armyworms on Amina's plot, and a number that says how far they spread."""

    def write(session: TenantSession) -> None:
        make_number(session, "kernel", "fall-armyworm", {"scale_m": 150.0, "shape": None})
        make_number(session, "threshold", "fall-armyworm", THRESHOLD)
        make_sighting(session, amina.member_id, plot_id=plots["P1"], severity=3)

    settle(write)


@pytest.mark.usefixtures("outbreak")
def test_whom_to_scout_first_is_who_is_nearest_and_nobody_out_of_reach(officer: Visitor) -> None:
    page = words_on(officer.get("/pests/scouting?pest=fall-armyworm").text)

    assert page.index("P1") < page.index("P2")
    assert "P9" not in page


@pytest.mark.usefixtures("outbreak")
def test_a_round_by_risk_is_walked_counted_and_proposes_but_never_orders(
    officer: Visitor, omar: Visitor, amina: Visitor, look: TenantSession
) -> None:
    sent = {**ROUND, "plots": "5", "drawn_by": "risk", "member_id": str(omar.member_id)}
    where = officer.post("/pests/scouting", sent).location
    stops = look.scalars(select(ScoutingStop).order_by(ScoutingStop.place)).all()
    omar.post(f"/scouting/stops/{stops[0].id}", {"plants": "20", "infested": "5"})
    omar.post(f"/scouting/stops/{stops[1].id}", {"plants": "٢٠", "infested": "9"})

    page = words_on(officer.get("/pests/proposals").text)

    assert len(stops) == 2
    assert "Scouting: Fall armyworm" in words_on(omar.get("/pests").text)
    assert "5 of 20 plants" in words_on(omar.get(where).text)
    assert amina.get(where).status_code == 403
    assert page.count("Fall armyworm · Maize proposed") == 1
    assert "25.0 percent of plants with the pest; the threshold is 20.0" in page
    assert "A book for tests , 2020" in page


@pytest.mark.usefixtures("outbreak")
def test_a_proposal_is_dismissed_with_a_reason_and_only_with_one(
    officer: Visitor, amina: Visitor, settle: Settle, look: TenantSession
) -> None:
    def propose(session: TenantSession) -> UUID:
        number = make_number(session, "threshold", "aphids", THRESHOLD)
        found = ControlProposal(
            pest="aphids",
            crop="maize",
            number_id=number.id,
            source_kind="sighting",
            source_id=make_sighting(session, amina.member_id).id,
            facts={"value": 30.0, "measure": "percent_plants", "threshold": 20.0, "stage": ""}
            | {"source": "A book for tests", "source_year": 2020},
            made_at=NOW,
        )
        session.add(found)
        session.flush()
        return found.id

    proposal_id = settle(propose)
    path = f"/pests/proposals/{proposal_id}/dismiss"

    bare = officer.post(path, {"reason": " "})
    done = officer.post(path, {"reason": "Ladybirds are at work"})
    again = officer.post(path, {"reason": "Still"})

    assert (bare.status_code, done.status_code, again.status_code) == (422, 303, 409)
    assert "Dismissed: Ladybirds are at work" in words_on(officer.get("/pests/proposals").text)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"plots": "0"}, "choose from 1 to 40 plots"),
        ({"crop": "cotton", "drawn_by": "lot"}, "no plot that is drawn on the map fits this"),
        ({"pest": "unknown"}, "choose one of the pictures"),
    ],
)
@pytest.mark.usefixtures("plots")
def test_a_round_that_cannot_be_drawn_is_refused(
    officer: Visitor, more: dict[str, str], words: str
) -> None:
    answer = officer.post("/pests/scouting", {**ROUND, "plots": "3", "drawn_by": "lot", **more})

    assert answer.status_code == 422
    assert words in words_on(answer.text)


def test_a_closed_round_takes_no_more_counts(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    where = officer.post("/pests/scouting", {**ROUND, "plots": "2", "drawn_by": "lot"}).location
    stop = look.scalars(select(ScoutingStop)).first()
    assert stop is not None
    too_many = officer.post(f"/scouting/stops/{stop.id}", {"plants": "5", "infested": "6"})
    officer.post(f"{where}/close")

    late = officer.post(f"/scouting/stops/{stop.id}", {"plants": "20", "infested": "0"})

    assert (too_many.status_code, late.status_code) == (422, 409)


@pytest.mark.usefixtures("plots")
def test_a_trap_is_a_series_that_raises_an_alert_and_a_proposal(
    officer: Visitor, omar: Visitor, amina: Visitor, settle: Settle
) -> None:
    lowest = {"crop": "", "stage": "", "measure": "per_trap_night", "value": 8.0}
    settle(lambda session: make_number(session, "threshold", "pink-bollworm", lowest))
    new = {"code": "T1", "pest": "pink-bollworm", "plot_code": "P2", "set_on": "2026-06-01"}
    where = officer.post("/pests/traps", new).location
    twice = officer.post("/pests/traps", new)
    for day, caught in (("2026-06-10", "14"), ("2026-06-17", "63")):
        omar.post(where, {"on_day": day, "caught": caught, "nights": "7"})
    same_day = omar.post(where, {"on_day": "2026-06-17", "caught": "1", "nights": "7"})

    page = words_on(omar.get(where).text)

    assert (twice.status_code, same_day.status_code) == (409, 422)
    assert page.index("63 7 9.0") < page.index("14 7 2.0")
    assert "at or above the published 8 a night" in page
    assert "above the threshold" in words_on(officer.get("/pests/traps").text)
    assert "9.0 caught in a trap and night" in words_on(officer.get("/pests/proposals").text)
    assert amina.get(where).status_code == 403


def test_a_verified_count_above_the_threshold_proposes(
    amina: Visitor, officer: Visitor, plots: Plots, settle: Settle, look: TenantSession
) -> None:
    def write(session: TenantSession) -> UUID:
        lowest = {"crop": "maize", "stage": "", "measure": "per_stop", "value": 4.0}
        make_number(session, "threshold", "aphids", lowest)
        more = {"counts": [4, 6], "mean_count": 5.0, "crop": "maize"}
        return make_sighting(
            session, amina.member_id, pest="aphids", seen_at=NOW - timedelta(1), **more
        ).id

    sighting_id = settle(write)

    before = look.scalars(select(ControlProposal)).all()
    look.rollback()
    officer.post(f"/pests/triage/{sighting_id}", {"state": "verified"})

    found = look.scalars(select(ControlProposal)).one()
    assert before == []
    assert (found.source_kind, found.source_id, found.facts["value"]) == (
        "sighting",
        sighting_id,
        5.0,
    )
