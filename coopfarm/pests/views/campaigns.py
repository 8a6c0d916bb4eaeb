"""The office gives a campaign its window, and sees it through."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests.actions import campaign_course as course
from coopfarm.pests.planner import campaigns as planner
from coopfarm.pests.queries import air, scouting
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.queries import sites as site_queries
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, words, written

WEATHER: Final = Phrase("done-campaign-weather", N_("The hours are read. Choose a window."))
SCHEDULED: Final = Phrase(
    "done-campaign-scheduled", N_("The window is announced to the plots and to sensitive sites.")
)
STEPPED: Final = Phrase("done-campaign-stepped", N_("Written down: %(stands)s."))
_STEPS: Final = {
    "postponed": course.postpone,
    "called_off": course.call_off,
    "go": course.go,
    "done": course.finish,
    "evaluated": course.evaluate,
}
_HOUR: Final = timedelta(hours=1)
_MOST_HOURS: Final = 24


_COLOURS: Final = {"called": "wheat", "postponed": "wheat", "called_off": "mute"}


@bp.app_template_filter("campaign_colour")
def colour_of(state: str) -> str:
    return _COLOURS.get(state, "leaf")


@bp.app_template_filter("campaign_stands")
def stands_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())


@bp.app_template_filter("campaign_answer")
def answer_in_words(answer: str) -> str:
    return words.say(rules.ANSWERS[answer]())


@bp.app_template_filter("moment_of")
def moment_of(text: str) -> datetime:
    """A moment that was kept as text."""
    return datetime.fromisoformat(text)


@bp.get("/pests/campaigns/<uuid:pest_campaign_id>")
@request.allowed(*TRIAGE)
def manage_campaign(pest_campaign_id: UUID) -> ResponseReturnValue:
    """A campaign for the office: who joins, who is missing, its window, sites and counts"""
    return _manage(pest_campaign_id, {}, {})


@bp.post("/pests/campaigns/<uuid:pest_campaign_id>/weather")
@request.allowed(*TRIAGE)
def campaign_weather(pest_campaign_id: UUID) -> ResponseReturnValue:
    """Read hourly weather, from which windows are worked out"""
    form = request.form()
    try:
        sent = http.files.get("file")
        text = form.get("hours_text", "")
        if sent is not None and sent.filename:
            text = sent.read().decode("utf-8-sig", errors="replace")
        if not text.strip():
            raise written.FieldMissing(field="hours_text")
        first_day = written.day(form.get("first_day", ""), field="first_day")
        source = form.get("source", "").strip() or (sent and sent.filename) or gettext("typed in")
        told = course.Forecast(text, first_day, source)
        course.keep_air(request.session(), pest_campaign_id, told, asking.act())
    except (Invalid, Conflict) as refusal:
        return _refused(pest_campaign_id, form, refusal)
    return pages.done(WEATHER(), "pests.manage_campaign", pest_campaign_id=pest_campaign_id)


@bp.post("/pests/campaigns/<uuid:pest_campaign_id>/window")
@request.allowed(*TRIAGE)
def schedule_campaign(pest_campaign_id: UUID) -> ResponseReturnValue:
    """Choose a window, and announce it to plots and sensitive sites"""
    form = request.form()
    try:
        start = _moment(form.get("starts_at", ""))
        hours = asking.whole(form.get("hours", ""), field="hours")
        if not 0 < hours <= _MOST_HOURS:
            raise rules.CampaignNumberUnusable(field="hours", least=1, most=_MOST_HOURS)
        during = Interval(start, start + hours * _HOUR)
        course.schedule(request.session(), pest_campaign_id, during, asking.act())
    except (Invalid, Conflict) as refusal:
        return _refused(pest_campaign_id, form, refusal)
    return pages.done(SCHEDULED(), "pests.manage_campaign", pest_campaign_id=pest_campaign_id)


@bp.post("/pests/campaigns/<uuid:pest_campaign_id>/state")
@request.allowed(*TRIAGE)
def step_campaign(pest_campaign_id: UUID) -> ResponseReturnValue:
    """Let a campaign go ahead, postpone it, call it off, end it or evaluate it"""
    form = request.form()
    step = _STEPS.get(form.get("state", ""))
    try:
        if step is None:
            raise rules.NoSuchAnswer(field="state")
        found = step(request.session(), pest_campaign_id, asking.act())
    except (Invalid, Conflict) as refusal:
        return _refused(pest_campaign_id, form, refusal)
    said = STEPPED(stands=rules.STATES[found.state]())
    return pages.done(said, "pests.manage_campaign", pest_campaign_id=pest_campaign_id)


def _refused(campaign_id: UUID, form: Mapping[str, str], refusal: Refusal) -> ResponseReturnValue:
    request.session().rollback()
    page = _manage(campaign_id, form, asking.problem(refusal))
    return page, problems.status_of(refusal)


def _manage(campaign_id: UUID, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session, now = request.session(), request.now()
    found = queries.campaign(session, campaign_id)
    rows = queries.rows(session, campaign_id)
    chosen = _chosen(found.starts_at, found.ends_at)
    known = air.ahead(session, now, request.zone())
    hours = known.judged or found.air
    return pages.show(
        "pests/campaign_office.html",
        campaign=found,
        rows=rows,
        coverage=queries.coverage(rows),
        missing=queries.missing(rows),
        proposal=scouting.proposal(session, found.proposal_id) if found.proposal_id else None,
        air=known,
        hours=hours,
        windows=planner.windows(session, hours, rows, now)[:8],
        unfit=sum(not one["ok"] for one in hours),
        conflicts=planner.conflicts_of(session, chosen, rows) if chosen else [],
        notices=site_queries.notices(session, campaign_id),
        effect=queries.effect(rows),
        visit_on=_visit_on(found.ends_at, found.visit_after_days),
        steps=[to for to, before in rules.STEPS.items() if found.state in before],
        may_count=[stage for stage, states in rules.STAGES.items() if found.state in states],
        today=now.astimezone(request.zone()).date(),
        now=now,
        sent=sent,
        errors=errors,
    )


def _chosen(starts_at: datetime | None, ends_at: datetime | None) -> Interval | None:
    return Interval(starts_at, ends_at) if starts_at and ends_at else None


def _visit_on(ends_at: datetime | None, days: int) -> datetime | None:
    return ends_at + timedelta(days=days) if ends_at else None


def _moment(text: str) -> datetime:
    """Raises HoursUnfit for what is no hour of the list."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise rules.HoursUnfit(field="starts_at") from error
    if found.tzinfo is None:
        raise rules.HoursUnfit(field="starts_at")
    return found.astimezone(UTC)
