"""Weather: the station, the days that are kept, and days from a file."""

from datetime import timedelta

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.planning.need.weather import Station
from coopfarm.planning.pests.hours import is_hourly
from coopfarm.water import actions, queries
from coopfarm.water.rules import OFFICE, PLANNERS
from coopfarm.water.views.door import bp
from coopfarm.web import pages, request, written

STATION_KEPT = Phrase("done-station", N_("The station is kept."))
DAYS_KEPT = Phrase("done-weather", N_("%(count)s days of weather are kept. %(notes)s"))
HOURS_KEPT = Phrase(
    "done-weather-hours", N_("%(count)s hours of weather are kept, up to %(last)s.")
)
SHOWN_DAYS = 14
_AHEAD = timedelta(days=16)


class NotText(Invalid):
    code = "not-text"
    words = N_("%(field)s: this is not a text file in UTF-8. Save it as CSV with UTF-8 encoding.")


@bp.get("/weather")
@request.allowed(*OFFICE)
def weather() -> ResponseReturnValue:
    session, now = request.session(), request.now()
    station = queries.station(session)
    return pages.show(
        "water/weather.html",
        station=station,
        span=queries.weather_span(session),
        days=queries.latest_days(session, station, SHOWN_DAYS) if station else [],
        hours=queries.hours_of_weather(session, now, now + _AHEAD),
        may_plan=bool(request.me().roles & set(PLANNERS)),
    )


@bp.post("/weather/station")
@request.allowed(*PLANNERS)
def keep_station() -> ResponseReturnValue:
    form = request.form()
    name = form.get("name", "").strip()
    if not name:
        raise written.FieldMissing(field="name")
    station = Station(
        latitude_deg=written.number(form.get("latitude_deg", ""), field="latitude_deg"),
        elevation_m=written.number(form.get("elevation_m", ""), field="elevation_m"),
        wind_height_m=written.number(form.get("wind_height_m", "2"), field="wind_height_m"),
    )
    who = request.me().member_id
    actions.set_station(request.session(), name[:80], station, actor_id=who, now=request.now())
    return pages.done(STATION_KEPT(), "water.weather")


@bp.post("/weather/days")
@request.allowed(*PLANNERS)
def keep_days() -> ResponseReturnValue:
    sent = request.upload("days")
    try:
        text = sent.stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(field="days") from error
    if is_hourly(text):
        return _keep_hours(text, sent.filename or "")
    count, notes = actions.keep_weather(
        request.session(), text, actor_id=request.me().member_id, now=request.now()
    )
    said = " ".join(pages.say(note) for note in notes)
    return pages.done(DAYS_KEPT(count=count, notes=said), "water.weather")


def _keep_hours(text: str, filename: str) -> ResponseReturnValue:
    """A line an hour; hours that name no day begin today."""
    now, zone = request.now(), request.zone()
    kept = actions.keep_hours(
        request.session(),
        text,
        request.form().get("source", "").strip() or filename or "CSV",
        first_day=now.astimezone(zone).date(),
        zone=zone,
        by=actions.Hand(request.me().member_id, now),
    )
    return pages.done(HOURS_KEPT(count=len(kept), last=kept[-1].starts_at), "water.weather")
