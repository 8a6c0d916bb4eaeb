"""Weather: where it is measured, and the days that are kept."""

import html
import io
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.need.weather import Station
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, queries, rules
from coopfarm.water.models import DayOfWeather, WeatherStation
from tests.conftest import Clock
from tests.factories.members import Visitor

HERE = Station(latitude_deg=30.0, elevation_m=20.0, wind_height_m=2.0)
TWO_DAYS = "date,tmin_c,tmax_c,rain_mm\n2026-07-04,21,36,0\n2026-07-05,22,37,1.5\n"


@pytest.fixture
def station(session: TenantSession, clock: Clock) -> WeatherStation:
    return actions.set_station(session, "Al-Nur", HERE, actor_id=None, now=clock.now)


def _days(session: TenantSession) -> dict[date, dict[str, float]]:
    rows = session.scalars(select(DayOfWeather).order_by(DayOfWeather.on_day))
    return {row.on_day: row.measured for row in rows}


def test_days_of_a_file_are_kept_as_they_were_measured(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    count, _ = actions.keep_weather(session, TWO_DAYS, actor_id=None, now=clock.now)

    assert count == 2
    assert _days(session) == {
        date(2026, 7, 4): {"tmin_c": 21.0, "tmax_c": 36.0, "rain_mm": 0.0},
        date(2026, 7, 5): {"tmin_c": 22.0, "tmax_c": 37.0, "rain_mm": 1.5},
    }


def test_a_day_that_is_sent_again_takes_the_place_of_the_one_kept(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    actions.keep_weather(session, TWO_DAYS, actor_id=None, now=clock.now)

    corrected = "date,tmin_c,tmax_c\n2026-07-05,20,33\n2026-07-06,20,34\n"
    actions.keep_weather(session, corrected, actor_id=None, now=clock.now)

    days = _days(session)
    assert list(days) == [date(2026, 7, day) for day in (4, 5, 6)]
    assert days[date(2026, 7, 5)] == {"tmin_c": 20.0, "tmax_c": 33.0}


def test_a_file_with_something_wrong_is_not_kept_at_all(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    wrong = TWO_DAYS + "2026-07-06,40,30,0\n2026-07-07,NaN,30,0\n"

    with pytest.raises(Several) as refused:
        actions.keep_weather(session, wrong, actor_id=None, now=clock.now)

    assert [str(problem)[:7] for problem in refused.value.problems] == ["Line 4:", "Line 5,"]
    assert _days(session) == {}


def test_days_need_a_station_first(session: TenantSession, clock: Clock) -> None:
    with pytest.raises(rules.NoStation):
        actions.keep_weather(session, TWO_DAYS, actor_id=None, now=clock.now)


def test_what_its_reader_notes_is_passed_on(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    text = TWO_DAYS.replace("rain_mm", "moon_phase")

    _, notes = actions.keep_weather(session, text, actor_id=None, now=clock.now)

    assert "moon_phase" in str(notes[0])


def test_a_station_moves_with_its_days(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    actions.keep_weather(session, TWO_DAYS, actor_id=None, now=clock.now)

    moved = actions.set_station(
        session, "The hill", Station(31.0, 120.0, 10.0), actor_id=None, now=clock.now
    )

    assert moved.id == station.id
    assert (moved.name, moved.latitude_deg, moved.wind_height_m) == ("The hill", 31.0, 10.0)
    assert queries.weather_span(session) == (date(2026, 7, 4), date(2026, 7, 5), 2)


def test_station_and_days_are_written_down(
    session: TenantSession, station: WeatherStation, clock: Clock
) -> None:
    actions.keep_weather(session, TWO_DAYS, actor_id=None, now=clock.now)

    events = {e.verb: e.after for e in session.scalars(select(AuditEvent))}
    assert events["weather.station"] == {
        "name": "Al-Nur",
        "latitude_deg": 30.0,
        "elevation_m": 20.0,
        "wind_height_m": 2.0,
        "is_coastal": False,
    }
    assert events["weather.days"] == {"days": 2, "from": "2026-07-04", "to": "2026-07-05"}


@pytest.mark.parametrize("place", [(-66.5, 20.0), (70.0, 20.0), (30.0, -440.0)])
def test_a_station_where_no_cooperative_lies_is_refused(
    session: TenantSession, clock: Clock, place: tuple[float, float]
) -> None:
    with pytest.raises(Refusal) as refused:
        actions.set_station(session, "Far off", Station(*place), actor_id=None, now=clock.now)

    assert refused.value.code == "bad-weather-station"
    assert queries.station(session) is None


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    manager = visitor("manager")
    manager.client.set_cookie("language", "en")
    return manager


WHERE = {"name": "Al-Nur", "latitude_deg": "٣٠٫٣٣", "elevation_m": "28", "wind_height_m": "2"}


def _send(manager: Visitor, content: bytes) -> str:
    sent = {"days": (io.BytesIO(content), "weather.csv")}
    answer = manager.post(
        "/water/weather/days", sent, page="/water/weather", content_type="multipart/form-data"
    )
    if answer.status_code == 303:
        answer = manager.get(answer.headers["Location"])
    return html.unescape(answer.text)


def test_the_office_keeps_a_station_and_its_days_on_the_page(manager: Visitor) -> None:
    kept = manager.post("/water/weather/station", WHERE, page="/water/weather")

    page = _send(manager, TWO_DAYS.encode())

    assert kept.status_code == 303
    assert "2 days of weather are kept." in page
    assert "37" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "weather"),
        (b"\xff\xfe\x00", "this is not a text file in UTF-8"),
        (b"when,what\n1,2\n", "names no column of days"),
        (TWO_DAYS.replace("36", "99").encode(), "99 cannot be; it lies between"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_why(
    manager: Visitor, content: bytes, words: str
) -> None:
    manager.post("/water/weather/station", WHERE, page="/water/weather")

    page = _send(manager, content)

    assert words in page
    assert "days of weather are kept" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latitude_deg": "north"}, "“north” is not a number"),
        ({"latitude_deg": "95"}, "latitude"),
        ({"latitude_deg": "70"}, "latitude"),
        ({"wind_height_m": "0"}, "wind"),
        ({"name": " "}, "this is needed"),
    ],
)
def test_a_station_that_cannot_be_is_told_on_the_page(
    manager: Visitor, change: dict[str, str], words: str
) -> None:
    answer = manager.post("/water/weather/station", WHERE | change, page="/water/weather")

    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
