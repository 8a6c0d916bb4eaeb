"""The campaign of Al-Nur (docs/village.md): a village called out, with a window that waits."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select

from coopfarm.cli.village_files import Row
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Plot
from coopfarm.pests.actions import campaign_course as course
from coopfarm.pests.actions import campaigns, sites
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import Sighting
from coopfarm.pests.planner import campaigns as planner
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.rules.campaigns import HOUR, Choice, Terms
from coopfarm.store.tenancy import TenantSession

_HEADING = "hour,temperature_c,humidity_pct,wind_km_h,rain_mm"
_SOURCE = "نشرة الطقس (مفترضة)"
_MOST_HOURS = 3


def call_out(session: TenantSession, told: Row, members: Mapping[str, UUID], officer: Act) -> None:
    """Call the fields round the first sighting out; one joins, one declines, sites are told."""
    row = told["campaign"]
    for site in told["sites"]:
        _enter(session, site, members, officer)
    found = campaigns.call(session, _wish(session, told, row), officer)
    numbers = {member_id: number for number, member_id in members.items()}
    for one in queries.rows(session, found.id):
        number = numbers.get(one.plot.holder_id) if one.plot.holder_id else None
        if number in row["joined"]:
            campaigns.answer(session, one.row.id, "joined", officer)
        elif number in row["declined"]:
            campaigns.answer(session, one.row.id, "declined", officer)
        if number in row["before"]:
            tally = campaigns.Tally("before", *row["before"][number])
            campaigns.count(session, one.row.id, tally, officer)
    _schedule(session, found.id, row, officer)


def _enter(session: TenantSession, row: Row, members: Mapping[str, UUID], officer: Act) -> None:
    plot = session.scalars(select(Plot).where(Plot.code == row["plot"])).one()
    if plot.boundary is None:
        raise ValueError(f"plot {plot.code} is not drawn")
    member_id = members[row["member"]] if row["member"] else None
    place = plot.boundary.representative_point()
    who = (member_id, row["contact"], row["phone"])
    sites.enter(session, sites.NewSite(row["kind"], row["name"], place, *who), officer)


def _wish(session: TenantSession, told: Row, row: Row) -> campaigns.Call:
    """By hand: the proposals stay for whoever walks the village."""
    first = select(Sighting).where(Sighting.state == "verified").order_by(Sighting.seen_at)
    seen = session.scalars(first).first()
    choice = Choice(sighting_id=seen.id if seen else None, circle_m=row["circle_m"])
    lying = planner.affected(session, choice)
    return campaigns.Call(
        told["pest"],
        "",
        choice,
        {one.plot.id: one.inside_m2 for one in lying},
        row["reason"],
        terms=Terms(row["radius_m"], row["hours_ahead"], row["visit_after_days"]),
    )


def _schedule(session: TenantSession, campaign_id: UUID, row: Row, officer: Act) -> None:
    """The window that is free for most plots, in the weather from today on."""
    today = officer.now.astimezone(officer.zone).date()
    told = course.Forecast("\n".join(_hours(row)), today, _SOURCE)
    found = course.keep_air(session, campaign_id, told, officer)
    earliest = officer.now + found.hours_ahead * HOUR
    rows = queries.rows(session, campaign_id)
    windows = planner.windows(session, found.air, rows, earliest)
    if windows:
        start = windows[0].during.start
        during = Interval(start, start + min(windows[0].hours, _MOST_HOURS) * HOUR)
        course.schedule(session, campaign_id, during, officer)


def _hours(row: Row) -> Iterator[str]:
    yield _HEADING
    for _ in range(row["in_days"] + row["for_days"]):
        for hour, (temperature_c, humidity_pct, wind_km_h) in enumerate(row["air"]):
            yield f"{hour},{temperature_c},{humidity_pct},{wind_km_h},0"
