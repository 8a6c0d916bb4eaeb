"""Campaigns: many plots as one job, routes to look at, weather and breakdowns."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import campaigns as actions
from coopfarm.equipment.actions.kept_days import Hours
from coopfarm.equipment.models import Campaign
from coopfarm.equipment.planner import campaigns as planner
from coopfarm.equipment.planner.campaign_problem import Named, NewCampaign
from coopfarm.equipment.queries import campaigns as known
from coopfarm.equipment.queries.campaigns import Visited
from coopfarm.equipment.rules import campaigns as rules
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS, OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Missing, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, words, written

_DRAFTED = Phrase("campaign-drafted", N_("The routes are being worked out."))
_PUBLISHED = Phrase("campaign-published", N_("Published: the stops are booked, the members told."))
_SHIFTED = Phrase("campaign-shifted", N_("Everybody keeps the place. Moved on: %(count)s stops."))
_SHOWN: Final = ("published", "replaced", "done")
_MAY_ENTER: Final = (*OFFICE, "agent")


@bp.get("/machines/campaigns")
@request.allowed(*_MAY_ENTER)
def campaigns() -> ResponseReturnValue:
    """Campaigns: one job over many plots"""
    found = known.campaigns(request.session())
    return pages.show("equipment/campaigns.html", campaigns=found)


@bp.get("/machines/campaigns/new")
@request.allowed(*_MAY_ENTER)
def new_campaign() -> ResponseReturnValue:
    """Say what is to be done on which plots"""
    return _form({})


@bp.post("/machines/campaigns")
@request.allowed(*_MAY_ENTER)
def draft_campaign() -> ResponseReturnValue:
    """Enter many plots as one job, and have the routes worked out"""
    session = request.session()
    try:
        found = planner.draft_campaign(session, _new(request.form()), asking.whose())
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _form(request.form(), refusal), problems.status_of(refusal)
    request.enqueue(planner.JOB, planner.job_argument(found))
    return pages.done(_DRAFTED(), "equipment.campaign", campaign_id=found.id)


@bp.get("/machines/campaigns/<uuid:campaign_id>")
@request.allowed(*_MAY_ENTER)
def campaign(campaign_id: UUID) -> ResponseReturnValue:
    """One campaign: routes by machine and day, what it costs, who is left out and why"""
    return _page(campaign_id)


@bp.post("/machines/campaigns/<uuid:campaign_id>/publish")
@request.allowed(*OFFICE)
def publish_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """Book the stops for their members"""
    try:
        actions.publish(request.session(), campaign_id, asking.whose())
    except Conflict as refusal:
        return _refused(campaign_id, refusal)
    return pages.done(_PUBLISHED(), "equipment.campaign", campaign_id=campaign_id)


@bp.post("/machines/campaigns/<uuid:campaign_id>/no-go")
@request.allowed(*OFFICE)
def no_go(campaign_id: UUID) -> ResponseReturnValue:
    """Say from when to when the weather lets nobody work"""
    session = request.session()
    try:
        form, found = request.form(), known.campaign(session, campaign_id)
        from_at, to_at = _moment(form, "from"), _moment(form, "to")
        if to_at <= from_at:
            raise no.NoLength(field="to_hour")
        closed = Interval(from_at, to_at)
        moved = actions.no_go(session, campaign_id, closed, _hours(found), asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(campaign_id, refusal)
    return pages.done(_SHIFTED(count=len(moved)), "equipment.campaign", campaign_id=campaign_id)


@bp.post("/machines/campaigns/<uuid:campaign_id>/break-down")
@request.allowed(*OFFICE)
def break_down(campaign_id: UUID) -> ResponseReturnValue:
    """Plan the rest without a machine; what changes is shown before it is published"""
    session, form = request.session(), request.form()
    try:
        at = _moment(form, "at")
        code = form.get("machine", "")[:30]
        found = planner.break_down(session, campaign_id, code, at, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(campaign_id, refusal)
    request.enqueue(planner.JOB, planner.job_argument(found))
    return pages.done(_DRAFTED(), "equipment.campaign", campaign_id=found.id)


@bp.get("/season/campaigns/<uuid:campaign_id>")
@request.allowed()
def my_campaign(campaign_id: UUID) -> ResponseReturnValue:
    """My plots in a campaign: when the machine comes, or why none does, and how far it all is"""
    session, me = request.session(), request.me()
    found = known.campaign(session, campaign_id)
    stops = known.stops(session, campaign_id)
    mine = [one for one in stops if one.stop.member_id == me.member_id]
    if found.state not in _SHOWN or not mine:
        raise Missing
    return pages.show("equipment/campaign_mine.html", campaign=found, mine=mine, **_so_far(stops))


@bp.get("/machines/campaigns/<uuid:campaign_id>/plan.json")
@request.allowed(*_MAY_ENTER)
def campaign_plan(campaign_id: UUID) -> ResponseReturnValue:
    """The routes as `coopfarm certify campaign` reads them"""
    found = known.campaign(request.session(), campaign_id)
    if not found.outcome:
        raise Missing
    plan = {name: found.outcome[name] for name in ("routes", "travel_cost", "unserved")}
    return _file(plan, f"campaign-{found.number}-plan.json")


@bp.get("/machines/campaigns/<uuid:campaign_id>/inputs.json")
@request.allowed(*_MAY_ENTER)
def campaign_inputs(campaign_id: UUID) -> ResponseReturnValue:
    """The campaign as `coopfarm solve campaign` reads it, with the iterations that were run"""
    found = known.campaign(request.session(), campaign_id)
    run = {"iterations": found.outcome["iterations"]} if found.outcome else {}
    return _file(found.inputs["problem"] | run, f"campaign-{found.number}.json")


def _file(content: Mapping[str, object], name: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _so_far(stops: Sequence[Visited]) -> dict[str, int]:
    """How many of the stops are done, and how many there are."""
    served = [one for one in stops if one.stop.starts_at]
    return {"done": sum(one.is_done for one in served), "count": len(served)}


def _refused(campaign_id: UUID, refusal: Refusal) -> ResponseReturnValue:
    request.session().rollback()
    return _page(campaign_id, refusal), problems.status_of(refusal)


def _page(campaign_id: UUID, refusal: Refusal | None = None) -> str:
    session = request.session()
    found = known.campaign(session, campaign_id)
    stops = known.stops(session, campaign_id)
    return pages.show(
        "equipment/campaign.html",
        campaign=found,
        served=[one for one in stops if one.stop.starts_at],
        left_out=[one for one in stops if not one.stop.starts_at],
        **_so_far(stops),
        machines=sorted(found.inputs["machines"]),
        may_publish=bool(request.me().roles & set(OFFICE)),
        sent=request.form() if refusal else {},
        errors={refusal.field or "campaign": words.say(refusal.sentence)} if refusal else {},
    )


def _form(sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    field = (refusal.field or "category") if refusal else ""
    return pages.show(
        "equipment/campaign_new.html",
        sent=sent,
        categories=[(name, words.say(said())) for name, said in CATEGORIES.items()],
        jobs=[(name, words.say(said())) for name, said in JOBS.items()],
        crops=[(one, words.shown("crop", one)) for one in known.crops(request.session())],
        errors={field: words.say(refusal.sentence)} if refusal else {},
    )


def _new(form: Mapping[str, str]) -> NewCampaign:
    """What was sent. Raises FieldMissing, NotADay, NotAnHour, NoLength and NotANumber."""
    for field, names in (("category", CATEGORIES), ("job", JOBS)):
        if form.get(field, "") not in names:
            raise written.FieldMissing(field=field)
    first, last = (written.day(form.get(one, ""), field=one) for one in ("first_day", "last_day"))
    opens, closes = (written.hour(form.get(one, ""), field=one) for one in ("opens", "closes"))
    if closes <= opens:
        raise no.NoLength(field="closes")
    name = form.get("name", "").strip()[:120]
    if not name:
        raise written.FieldMissing(field="name")
    seconds = written.number(form.get("seconds", "") or "10", field="seconds")
    lines = [line.split() for line in form.get("plots", "").splitlines() if line.strip()]
    return NewCampaign(
        name=name,
        category=form["category"],
        job=form["job"],
        first_day=first,
        last_day=last,
        hours=Hours(opens, closes, request.zone()),
        travel="own" if form.get("travel") == "own" else "pooled",
        seconds=min(max(seconds, 0.1), rules.MOST_SECONDS),
        named=tuple(_named(line, str(first), str(last)) for line in lines[: rules.MOST_PLOTS + 1]),
        crop=form.get("crop", "")[:40],
    )


def _named(line: list[str], first: str, last: str) -> Named:
    """A line of the list: the plot's code, and the days between which it is ripe."""
    opens, closes = [*line[1:3], first, last][:2] if len(line) > 2 else (first, last)
    return Named(
        line[0], written.day(opens, field="plots"), written.day(closes, field="plots"), "!" in line
    )


def _moment(form: Mapping[str, str], name: str) -> datetime:
    on = written.day(form.get(f"{name}_day", ""), field=f"{name}_day")
    at = written.hour(form.get(f"{name}_hour", ""), field=f"{name}_hour")
    return written.moment(on, at, request.zone(), field=f"{name}_hour")


def _hours(found: Campaign) -> Hours:
    opens, closes = (written.hour(found.inputs[name], field=name) for name in ("opens", "closes"))
    return Hours(opens, closes, request.zone())


@bp.app_template_filter("set_aside_because")
def set_aside_because(reason: str) -> str:
    """Why a rule was set aside: as somebody wrote it, or what the program says, in words."""
    return words.say(rules.WEATHER()) if reason == rules.WEATHER_REASON else reason


@bp.app_template_filter("campaign_state")
def campaign_state_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())
