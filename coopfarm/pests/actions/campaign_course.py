"""A campaign gets its window, tells sensitive sites, goes ahead, and is looked at afterwards.

No function here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete

from coopfarm.kernel.interval import Interval
from coopfarm.members.actions import telling
from coopfarm.pests.actions import campaigns
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import CampaignNotice, PestCampaign
from coopfarm.pests.queries import air, scouting
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.queries import sites as sites_queries
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules import catalogue
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions as water


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hours of weather as CSV, from the first day on where they name none, and whose they are."""

    text: str
    first_day: date
    source: str


def keep_air(session: TenantSession, campaign_id: UUID, told: Forecast, act: Act) -> PestCampaign:
    """Store the weather of the hours from which the window of this and others is chosen.

    Raises CampaignPastThat, Missing, and what reading the hours does.
    """
    found = queries.campaign(session, campaign_id, for_update=True)
    rules.check_step(found.state, "scheduled")
    kept = water.keep_hours(
        session,
        told.text,
        told.source,
        first_day=told.first_day,
        zone=act.zone,
        by=water.Hand(act.by_id, act.now),
    )
    found.air = air.judged(kept, act.zone)
    session.flush()
    campaigns.note(session, "pest-campaign.weather", found, act, after={"hours": len(kept)})
    return found


def schedule(session: TenantSession, campaign_id: UUID, during: Interval, act: Act) -> PestCampaign:
    """Choose a window of fit hours, and announce it to the plots and to sensitive sites.

    What conflicts with it on single plots does not stand against it. Raises HoursUnfit,
    WindowPast, NoticeTooLate, CampaignPastThat and Missing.
    """
    found = queries.campaign(session, campaign_id, for_update=True)
    rules.check_step(found.state, "scheduled")
    if during.start < act.now:
        raise rules.WindowPast(field="starts_at")
    found.air = air.ahead(session, act.now, act.zone).judged or found.air
    if not rules.is_fit(found.air, during):
        raise rules.HoursUnfit(field="starts_at")
    rows = queries.rows(session, campaign_id)
    near = _near(session, found, rows)
    if near:
        rules.check_notice(during.start, act.now, found.hours_ahead)
    found.starts_at, found.ends_at = during.start, during.end
    _state(session, found, "scheduled", "pest-campaign.schedule", act)
    campaigns.mark(session, found)
    _tell_sites(session, found, near, act)
    joined = [one for one in rows if one.row.answer == "joined"]
    pest = catalogue.named(found.pest)
    campaigns.tell(session, joined, rules.ANNOUNCED(pest=pest, starts=during.start))
    return found


def _near(
    session: TenantSession, found: PestCampaign, rows: Sequence[queries.Row]
) -> list[tuple[sites_queries.Site, float]]:
    """The sites within the radius of a plot that takes part or may, with how far off in m."""
    origin = scouting.plane_of(session)
    land = [
        origin.flat(one.plot.boundary)
        for one in rows
        if one.row.answer != "declined" and one.plot.boundary is not None
    ]
    away = [
        (site, min((shape.distance(origin.flat(site.site.place)) for shape in land), default=None))
        for site in sites_queries.sites(session)
    ]
    return [(site, far) for site, far in away if far is not None and far <= found.radius_m]


def _tell_sites(
    session: TenantSession,
    found: PestCampaign,
    near: Sequence[tuple[sites_queries.Site, float]],
    act: Act,
) -> None:
    """Each site is asked anew: what it acknowledged before was another window."""
    session.execute(delete(CampaignNotice).where(CampaignNotice.campaign_id == found.id))
    for one, far in near:
        session.add(_notice(found, one.site.id, far, act.now))
        if one.site.member_id is not None:
            facts = {"starts": found.starts_at, "metres": round(far), "site": one.site.name}
            told = telling.Notice(one.site.member_id, rules.SITE_TOLD(**facts), found.starts_at)
            telling.tell(session, told)
    session.flush()


def _notice(found: PestCampaign, site_id: UUID, far: float, now: datetime) -> CampaignNotice:
    """Due so many hours before the window as the campaign says."""
    starts_at = found.starts_at or now
    return CampaignNotice(
        id=uuid4(),
        campaign_id=found.id,
        site_id=site_id,
        distance_m=far,
        due_at=starts_at - timedelta(hours=found.hours_ahead),
        made_at=now,
        state="waiting",
    )


def postpone(session: TenantSession, campaign_id: UUID, act: Act) -> PestCampaign:
    """Take the window back; another one may be chosen. Raises CampaignPastThat and Missing."""
    found = _next(session, campaign_id, "postponed", "pest-campaign.postpone", act)
    _tell_off(session, found)
    return found


def call_off(session: TenantSession, campaign_id: UUID, act: Act) -> PestCampaign:
    """End a campaign before it went ahead. Raises CampaignPastThat and Missing."""
    found = _next(session, campaign_id, "called_off", "pest-campaign.call-off", act)
    _tell_off(session, found)
    return found


def _tell_off(session: TenantSession, found: PestCampaign) -> None:
    campaigns.erase(session, found)
    if found.starts_at is None:
        return
    said = rules.CALLED_OFF(pest=catalogue.named(found.pest), starts=found.starts_at)
    rows = queries.rows(session, found.id)
    campaigns.tell(session, [one for one in rows if one.row.answer == "joined"], said)
    for told in sites_queries.notices(session, found.id):
        if told.site.member_id is not None:
            telling.tell(session, telling.Notice(told.site.member_id, said))


def go(session: TenantSession, campaign_id: UUID, act: Act) -> PestCampaign:
    """Decide that it goes ahead. Raises SitesUnheard, CampaignPastThat and Missing.

    The database, too, lets none go ahead over a site that has not answered.
    """
    with kept_by("campaigns_heard", rules.SitesUnheard()):
        return _next(session, campaign_id, "go", "pest-campaign.go", act)


def finish(session: TenantSession, campaign_id: UUID, act: Act) -> PestCampaign:
    """Say that it was done; the visit follows. Raises CampaignPastThat and Missing."""
    return _next(session, campaign_id, "done", "pest-campaign.done", act)


def evaluate(session: TenantSession, campaign_id: UUID, act: Act) -> PestCampaign:
    """Show what it did to those who took part.

    Raises NothingCounted, CampaignPastThat and Missing.
    """
    found = queries.campaign(session, campaign_id, for_update=True)
    rules.check_step(found.state, "evaluated")
    if queries.effect(queries.rows(session, campaign_id)) is None:
        raise rules.NothingCounted
    _state(session, found, "evaluated", "pest-campaign.evaluate", act)
    return found


def _next(session: TenantSession, campaign_id: UUID, to: str, verb: str, act: Act) -> PestCampaign:
    found = queries.campaign(session, campaign_id, for_update=True)
    rules.check_step(found.state, to)
    _state(session, found, to, verb, act)
    return found


def _state(session: TenantSession, found: PestCampaign, to: str, verb: str, act: Act) -> None:
    before = {"state": found.state}
    found.state, found.stated_at = to, act.now
    session.flush()
    after = {"state": to, "starts_at": found.starts_at.isoformat() if found.starts_at else None}
    campaigns.note(session, verb, found, act, before=before, after=after)
