"""The weather of the coming hours is stored once, and every campaign goes by it."""

import io
import re
from datetime import timedelta

from sqlalchemy import func, select

from coopfarm.land.models import Plot
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import HourOfWeather
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.pests.test_campaigns import AIR_Z, HEAD, Plots, called, words_on


def test_hours_sent_on_the_weather_page_make_the_windows_of_a_campaign(
    manager: Visitor, officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    place = {"name": "Al-Nur", "latitude_deg": "30", "elevation_m": "20", "wind_height_m": "2"}
    manager.post("/water/weather/station", place)
    sent = {"days": (io.BytesIO(AIR_Z.encode()), "hours.csv"), "source": "The met office"}
    answer = manager.post(
        "/water/weather/days", sent, page="/water/weather", content_type="multipart/form-data"
    )
    campaign = called(officer)

    page = words_on(officer.get(campaign).text)

    assert "7 hours of weather are kept" in words_on(manager.get(answer.location).text)
    assert page.count("Choose and announce") == 2
    assert "from: The met office" in page
    assert "hours in between are missing" in page
    window = {"starts_at": "2026-07-04T10:00+00:00", "hours": "2"}
    assert officer.post(f"{campaign}/window", window).status_code == 303
    event = look.scalars(select(AuditEvent).where(AuditEvent.verb == "weather.hours")).one()
    assert event.after is not None
    assert event.after["source"] == "The met office"


def test_what_is_pasted_for_one_campaign_serves_the_next_and_replaces_the_hour(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    first = called(officer)
    officer.post(f"{first}/weather", {"hours_text": AIR_Z, "first_day": "2026-07-04"})
    windy = HEAD + "2026-07-04T10:00Z,24,60,40,0\n"
    officer.post(f"{first}/weather", {"hours_text": windy, "first_day": "2026-07-04"})
    second = called(officer)

    page = words_on(officer.get(second).text)

    assert "Wind 40 km/h is above 15 km/h" in page
    assert "typed in" in page
    assert look.scalar(select(func.count()).select_from(HourOfWeather)) == 7


def test_a_forecast_of_the_day_before_yesterday_is_said_to_be_old(
    officer: Visitor, plots: Plots, clock: Clock
) -> None:
    campaign = called(officer)
    before = words_on(officer.get(campaign).text)
    officer.post(f"{campaign}/weather", {"hours_text": AIR_Z, "first_day": "2026-07-04"})
    fresh = words_on(officer.get(campaign).text)
    clock.now += timedelta(hours=25)

    page = words_on(officer.get(campaign).text)

    assert "No weather of the hours ahead is stored" in before
    assert "more than a day ago" not in fresh
    assert "more than a day ago" in page


def test_a_window_within_an_evening_or_a_morning_tells_of_inversions(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    campaign = called(officer)
    drawn = look.scalars(select(Plot).where(Plot.id == plots["P1"])).one().boundary
    assert drawn is not None
    noon = 12 - round(drawn.centroid.x / 15)

    told = []
    for hour in (noon, noon + 6):
        text = HEAD + f"2026-07-04T{hour % 24:02}:00Z,24,60,8,0\n"
        officer.post(f"{campaign}/weather", {"hours_text": text, "first_day": "2026-07-04"})
        told.append(words_on(officer.get(campaign).text).count("Inversions are to be expected"))

    assert told == [0, 1]


def test_a_window_that_lies_in_an_inversion_comes_after_one_that_does_not(
    officer: Visitor, plots: Plots, look: TenantSession
) -> None:
    campaign = called(officer)
    drawn = look.scalars(select(Plot).where(Plot.id == plots["P1"])).one().boundary
    assert drawn is not None
    noon = 12 - round(drawn.centroid.x / 15)
    hours = [f"2026-07-03T{(noon + 6) % 24:02}:00Z", f"2026-07-04T{noon:02}:00Z"]

    text = HEAD + "".join(f"{hour},24,60,8,0\n" for hour in hours)
    officer.post(f"{campaign}/weather", {"hours_text": text, "first_day": "2026-07-03"})
    page = officer.get(campaign).text

    begins = re.findall(r'<option value="(2026-07-0\dT\d\d)', page)
    assert begins == [hours[1][:13], hours[0][:13]]
