"""Plans: the list, the wish for one, the plan itself, and each step of publishing it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.queries import members_by_id
from coopfarm.planning.need import crops
from coopfarm.planning.rotation.roster.night import HALF_DAY_MINUTES
from coopfarm.water import actions, queries, rules
from coopfarm.water.models import Rotation
from coopfarm.water.rules import OFFICE, PLANNERS, READERS
from coopfarm.water.views import tables
from coopfarm.water.views.door import bp
from coopfarm.water.views.runs import start
from coopfarm.web import pages, request, tongue, words, written

NOTICED = Phrase(
    "done-plan-noticed",
    N_("Plan %(version)s is shown to the members as a proposal. You can take that back."),
)
IN_FORCE = Phrase(
    "done-plan-in-force",
    N_("Plan %(version)s is in force, and the members see their turns. You can take that back."),
)
UNDONE = Phrase("done-plan-undone", N_("Taken back. Plan %(version)s is “%(state)s” again."))
DROPPED = Phrase("done-plan-dropped", N_("The draft is gone. No member had seen it."))

# What a wish calls one thing and its form another.
_FIELDS = {"cycle": "cycle_days", "starts_at": "starts_on"}


class NotATime(Invalid):
    code = "not-a-time"
    words = N_("%(field)s: “%(given)s” is not a time of day. Write hours and minutes, as in 06:00.")


class NotCoefficients(Invalid):
    code = "not-coefficients"
    words = N_(
        "%(field)s: “%(given)s” is not a crop and its coefficient. Write one a line, "
        "as in “cotton 1.17”."
    )


@bp.get("/")
@request.allowed(*READERS)
def plans() -> ResponseReturnValue:
    session = request.session()
    now = request.now()
    found = queries.rotations(session)
    current = next(
        (p for p in found if p.state == "in_force" and p.starts_at <= now < p.ends_at), None
    )
    answers: dict[str, object] = {
        "found": found,
        "current": None,
        "may_plan": _may_plan(),
        "may_see_weather": bool(request.me().roles & set(OFFICE)),
    }
    if current is not None:
        plan = queries.rotation(session, current.id)
        lines = queries.lines(session, plan, latin=tongue.reads_latin())
        answers |= {"current": plan, "picture": tables.week_picture(plan, lines)}
        answers["now_turns"] = [
            line for line in lines if line.turn and line.turn.starts_at <= now < line.turn.ends_at
        ]
    return pages.show("water/plans.html", **answers)


@bp.get("/plan")
@request.allowed(*PLANNERS)
def wish() -> ResponseReturnValue:
    return _wish_page(_first_wish(), {})


@bp.post("/plan")
@request.allowed(*PLANNERS)
def ask() -> ResponseReturnValue:
    form = request.form()
    try:
        asked = _wish(form)
        rules.check_wish(asked)
    except Refusal as refusal:
        field = _FIELDS.get(refusal.field or "", refusal.field) or "starts_on"
        return _wish_page(form, {field: words.say(refusal.sentence)}), 422
    me = request.me()
    run = actions.ask_for_plan(request.session(), asked, asked_by=me.member_id, now=request.now())
    start(run)
    return redirect(url_for("water.run", run_id=run.id), 303)


@bp.get("/plans/<uuid:plan_id>")
@request.allowed(*READERS)
def plan(plan_id: UUID) -> ResponseReturnValue:
    session = request.session()
    found = queries.rotation(session, plan_id)
    lines = queries.lines(session, found, latin=tongue.reads_latin())
    rows = tables.by_member(
        lines, found.comparison, queries.awards_before(session, found.starts_at)
    )
    makers = members_by_id(session, [found.made_by, found.published_by])
    return pages.show(
        "water/plan.html",
        plan=found,
        rows=rows,
        picture=tables.week_picture(found, lines),
        evenness=tables.fairness_picture(rows, found.rule),
        rules_in_order=[rule for rule in rules.RULES if rule in found.comparison],
        maker=makers.get(found.made_by) if found.made_by else None,
        publisher=makers.get(found.published_by) if found.published_by else None,
        closed=queries.closed(session, lines, request.now()),
        may_plan=_may_plan(),
        may_undo=_may_undo(found),
        is_over=found.ends_at <= request.now(),
        members=sum(1 for row in rows if row.lines[0].allotment.member_id),
    )


@bp.post("/plans/<uuid:plan_id>/notice")
@request.allowed(*PLANNERS)
def notice(plan_id: UUID) -> ResponseReturnValue:
    found, who, now = _held(plan_id)
    note = request.form().get("note", "")
    actions.give_notice(request.session(), found, note, actor_id=who, now=now)
    return _done(NOTICED, found)


@bp.post("/plans/<uuid:plan_id>/in-force")
@request.allowed(*PLANNERS)
def in_force(plan_id: UUID) -> ResponseReturnValue:
    found, who, now = _held(plan_id)
    actions.put_in_force(request.session(), found, actor_id=who, now=now)
    return _done(IN_FORCE, found)


@bp.post("/plans/<uuid:plan_id>/undo")
@request.allowed(*PLANNERS)
def undo(plan_id: UUID) -> ResponseReturnValue:
    found, who, now = _held(plan_id)
    actions.undo(request.session(), found, actor_id=who, now=now)
    return _done(UNDONE, found)


@bp.post("/plans/<uuid:plan_id>/drop")
@request.allowed(*PLANNERS)
def drop(plan_id: UUID) -> ResponseReturnValue:
    found, who, now = _held(plan_id)
    actions.drop_draft(request.session(), found, actor_id=who, now=now)
    return pages.done(DROPPED(), "water.plans")


def _held(plan_id: UUID) -> tuple[Rotation, UUID, datetime]:
    found = queries.rotation_for_update(request.session(), plan_id)
    return found, request.me().member_id, request.now()


def _done(phrase: Phrase, found: Rotation) -> ResponseReturnValue:
    said = phrase(version=found.version, state=found.state)
    return pages.done(said, "water.plan", plan_id=found.id)


def _may_plan() -> bool:
    return bool(request.me().roles & set(PLANNERS))


def _may_undo(found: Rotation) -> bool:
    try:
        rules.check_undo(found.state, found.in_force_at, found.starts_at, request.now())
    except Refusal:
        return False
    return _may_plan()


def _first_wish() -> Mapping[str, str]:
    """What the form says before anybody wrote in it: the week after the plans there are."""
    tomorrow = (request.now() + timedelta(days=1)).astimezone(request.zone())
    begins = tomorrow.replace(hour=6, minute=0)
    planned_to = queries.planned_to(request.session())
    if planned_to is not None and planned_to > request.now():
        begins = planned_to.astimezone(request.zone())
    return {
        "starts_on": begins.date().isoformat(),
        "starts_time": f"{begins:%H:%M}",
        "cycle_days": "7",
        "supply": "60",
        "supply_kind": "percent",
        "rule": "cea",
        "least_percent": "0",
        "earlier_years": "1",
    }


def _wish_page(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return pages.show(
        "water/wish.html",
        sent=sent,
        errors=errors,
        rules=rules.RULES,
        bases=rules.BASES,
        span=queries.weather_span(request.session()),
    )


def _wish(form: Mapping[str, str]) -> rules.Wish:
    """The form as a wish. Raises a Refusal that names the field."""
    on = written.day(form.get("starts_on", ""), field="starts_on")
    rules.check_day(on, "starts_on")
    begins = datetime.combine(on, _time_of_day(form.get("starts_time", "")))
    if form.get("half_day_later"):
        begins += timedelta(minutes=HALF_DAY_MINUTES)
    days = written.number(form.get("cycle_days", ""), field="cycle_days")
    return rules.Wish(
        starts_at=begins.replace(tzinfo=request.zone()).astimezone(UTC),
        cycle_minutes=round(min(days, 1e6) * 24 * 60),
        supply=written.number(form.get("supply", ""), field="supply"),
        supply_kind=form.get("supply_kind", "percent"),
        rule=form.get("rule", ""),
        basis=form.get("basis", ""),
        least_percent=written.number(form.get("least_percent", "") or "0", field="least_percent"),
        count_rain=bool(form.get("count_rain")),
        earlier_years=bool(form.get("earlier_years")),
        coefficients=_coefficients(form.get("coefficients", "")),
    )


def _time_of_day(text: str) -> time:
    try:
        return time.fromisoformat(plain_digits(text).strip())
    except ValueError as error:
        raise NotATime(field="starts_time", given=text[:20]) from error


def _coefficients(text: str) -> Mapping[str, float] | None:
    found: dict[str, float] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        crop, _, value = line.replace("=", " ").rpartition(" ")
        if not crops.plain(crop):
            raise NotCoefficients(field="coefficients", given=line[:40])
        found[crops.plain(crop)] = written.number(value, field="coefficients")
    return found or None
