"""Numbers have a source; degree-days and windows come from stored temperatures."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from coopfarm.land.models import PlotTime
from coopfarm.pests.models import PestNumber, PestWindow
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import DayOfWeather, WeatherStation
from tests.factories.members import Visitor
from tests.factories.pests import make_number

Plots = dict[str, UUID]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
TUTA = {
    "kind": "development",
    "subject": "tomato-leafminer",
    "biofix": "an egg is laid",
    "event": "100 % of adults",
    "lower_c": "8",
    "upper_c": "37.3",
    "degree_days_c": "416.7",
    "source": "European Journal of Entomology, November 2015",
    "source_year": "2015",
}
NUMBERS = {
    "biofix": "an egg is laid",
    "event": "the adult emerges",
    "lower_c": 10.0,
    "upper_c": None,
    "degree_days_c": 300.0,
    "method": "",
    "cutoff": "",
}


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def weather(settle: Settle) -> None:
    """Two years of days from 15 to 25 °C, up to 30 June 2026: ten degree-days each above 10 °C."""

    def write(session: TenantSession) -> None:
        station = WeatherStation(name="Al-Nur", latitude_deg=30.0, elevation_m=20.0)
        session.add(station)
        session.flush()
        first = date(2024, 6, 1)
        session.add_all(
            DayOfWeather(
                station_id=station.id,
                on_day=first + timedelta(days=place),
                measured={"tmin_c": 15.0, "tmax_c": 25.0},
            )
            for place in range((date(2026, 6, 30) - first).days + 1)
        )

    settle(write)


@pytest.fixture
def number_id(settle: Settle) -> UUID:
    found: UUID = settle(
        lambda session: make_number(session, "development", "fall-armyworm", NUMBERS).id
    )
    return found


def test_a_number_is_entered_with_its_source_and_told_with_it(officer: Visitor) -> None:
    answer = officer.post("/pests/numbers", TUTA)

    page = words_on(officer.get("/pests/numbers").text)
    assert answer.status_code == 303, words_on(answer.text)
    assert "100 % of adults after 416.7 degree-days between 8 and 37.3 °C" in page
    assert "European Journal of Entomology, November 2015 , 2015" in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"source": "  "}, "numbers nobody vouches for are not used"),
        ({"source_year": "19"}, "numbers nobody vouches for are not used"),
        ({"upper_c": "7"}, "One thing to put right"),
        ({"degree_days_c": "0"}, "It has to be more than 0"),
        ({"subject": "unknown"}, "choose one of the pictures"),
        ({"method": "by heart"}, "choose one from the list"),
        ({"event": ""}, "say it in at most"),
        ({"lower_c": ""}, "this is needed"),
    ],
)
def test_a_number_that_cannot_be_vouched_for_is_refused(
    officer: Visitor, look: TenantSession, more: dict[str, str], words: str
) -> None:
    answer = officer.post("/pests/numbers", {**TUTA, **more})

    assert answer.status_code == 422
    assert words in words_on(answer.text)
    assert look.scalars(select(PestNumber)).all() == []


@pytest.mark.parametrize("source", ["", "   "])
def test_the_database_itself_refuses_a_number_without_a_source(settle: Settle, source: str) -> None:
    with pytest.raises(DBAPIError):
        settle(lambda session: make_number(session, "kernel", "aphids", {}, source=source))


def test_another_number_takes_the_place_of_one_that_stays_readable(
    officer: Visitor, number_id: UUID
) -> None:
    form = officer.get(f"/pests/numbers/new?instead={number_id}").text
    officer.post("/pests/numbers", {**TUTA, "instead": str(number_id)})
    again = officer.post("/pests/numbers", {**TUTA, "instead": str(number_id)})

    page = words_on(officer.get("/pests/numbers").text)
    assert 'value="the adult emerges"' in form
    assert again.status_code == 409
    assert page.index("416.7") < page.index("No longer gone by") < page.index("the adult emerges")


def test_thresholds_spread_and_intervals_are_told_in_words(officer: Visitor) -> None:
    source = {"source": "A label", "source_year": "2024"}
    for sent in (
        {"kind": "threshold", "subject": "fall-armyworm", "stage": "whorl"}
        | {"measure": "percent_plants", "value": "20"},
        {"kind": "kernel", "subject": "fall-armyworm", "scale_m": "150"},
        {"kind": "interval", "subject": "Emamectin 5 SG", "re_entry_hours": "12"}
        | {"pre_harvest_days": "7"},
    ):
        assert officer.post("/pests/numbers", {**sent, **source}).status_code == 303

    page = words_on(officer.get("/pests/numbers").text)

    assert "any crop, whorl: from 20 on, percent of plants with the pest." in page
    assert "It spreads by 150 m." in page
    assert "nobody enters for 12 h, and nothing is harvested for 7 days" in page


def test_the_published_numbers_come_in_once(officer: Visitor, look: TenantSession) -> None:
    officer.post("/pests/numbers/published")
    officer.post("/pests/numbers/published")

    found = look.scalars(select(PestNumber)).all()
    assert sorted(row.subject for row in found) == [
        "pink-bollworm",
        "pink-bollworm",
        "tomato-leafminer",
    ]
    assert all(row.source and row.source_year >= 1996 for row in found)


def test_numbers_are_the_offices(amina: Visitor) -> None:
    assert amina.get("/pests/numbers").status_code == 403
    assert amina.post("/pests/numbers", TUTA).status_code == 403


@pytest.mark.usefixtures("weather")
def test_the_line_of_degree_days_and_the_window_come_with_their_caveat(
    officer: Visitor, number_id: UUID
) -> None:
    page = officer.get(f"/pests/warmth?number={number_id}&biofix_on=2026-06-21").text

    said = words_on(page)
    assert "100.0 of 300.0 degree-days so far" in said
    assert "20 July" in said
    assert "Here the pest may be earlier or later" in said
    assert 'class="warmth-line"' in page


@pytest.mark.parametrize("on", ["2026-07-20", "2020-01-01"])
@pytest.mark.usefixtures("weather")
def test_a_day_without_temperatures_is_named(officer: Visitor, number_id: UUID, on: str) -> None:
    page = officer.get(f"/pests/warmth?number={number_id}&biofix_on={on}")

    assert "has none. Choose a later day, or enter the weather" in words_on(page.text)


@pytest.mark.usefixtures("weather")
def test_a_window_becomes_a_soft_event_of_plots_and_people_and_can_be_taken_out(
    officer: Visitor, amina: Visitor, plots: Plots, number_id: UUID, look: TenantSession
) -> None:
    sent = {"biofix_on": "2026-06-21", "crop": "maize"}
    first = officer.post(f"/pests/warmth/{number_id}", sent)
    officer.post(f"/pests/warmth/{number_id}", sent)

    times = look.scalars(select(PlotTime).where(PlotTime.kind == "pest_window")).all()
    assert first.status_code == 303
    assert {time.plot_id for time in times} == set(plots.values())
    assert len(times) == len(plots)
    assert not any(time.is_hard for time in times)
    assert "a pest may appear" in words_on(amina.get("/calendar").text)
    mine = words_on(amina.get("/pests").text)
    assert "To be expected on your plots" in mine
    assert "Here the pest may be earlier or later" in mine
    look.rollback()
    window = look.scalars(select(PestWindow).where(PestWindow.ended_at.is_(None))).one()
    officer.post(f"/pests/windows/{window.id}/drop")
    assert "a pest may appear" not in words_on(amina.get("/calendar").text)
    assert "To be expected" not in words_on(amina.get("/pests").text)


@pytest.mark.usefixtures("weather", "plots")
def test_a_window_for_a_crop_that_nobody_grows_is_refused(
    officer: Visitor, number_id: UUID
) -> None:
    sent = {"biofix_on": "2026-06-21", "crop": "cotton"}

    answer = officer.post(f"/pests/warmth/{number_id}", sent)

    assert answer.status_code == 422
    assert "no plot has this crop now" in words_on(answer.text)
