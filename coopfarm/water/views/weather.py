"""Weather: the station, the days that are kept, and days from a file."""

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.planning.need.weather import Station
from coopfarm.water import actions, queries
from coopfarm.water.rules import OFFICE, PLANNERS
from coopfarm.water.views.door import bp
from coopfarm.web import pages, request, written

STATION_KEPT = Phrase("done-station", N_("The station is kept."))
DAYS_KEPT = Phrase("done-weather", N_("%(count)s days of weather are kept. %(notes)s"))
SHOWN_DAYS = 14


class NotText(Invalid):
    code = "not-text"
    words = N_("%(field)s: this is not a text file in UTF-8. Save it as CSV with UTF-8 encoding.")


@bp.get("/weather")
@request.allowed(*OFFICE)
def weather() -> ResponseReturnValue:
    session = request.session()
    station = queries.station(session)
    return pages.show(
        "water/weather.html",
        station=station,
        span=queries.weather_span(session),
        days=queries.latest_days(session, station, SHOWN_DAYS) if station else [],
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
    try:
        text = request.upload("days").stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(field="days") from error
    count, notes = actions.keep_weather(
        request.session(), text, actor_id=request.me().member_id, now=request.now()
    )
    said = " ".join(pages.say(note) for note in notes)
    return pages.done(DAYS_KEPT(count=count, notes=said), "water.weather")
