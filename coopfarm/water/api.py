"""Plans, runs and turns for programs: what the pages do, in JSON."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, url_for

from coopfarm.planning.need import crops
from coopfarm.water import actions, queries, rules, schemas
from coopfarm.water.models import PlanRun, Rotation
from coopfarm.water.planner.run import JOB, job_argument
from coopfarm.web import request, tongue, words
from coopfarm.web.openapi import Door, answer

api = Door("water_api", __name__, "Plan a dry week, publish it, and see one's turns")


@api.post("/plans")
@request.allowed(*rules.PLANNERS)
@api.takes(schemas.WishSchema)
@api.gives(202, schemas.RunSchema, "Location", "ETag")
def ask_for_plan(wish: Mapping[str, Any]) -> Response:
    """Ask for a plan; it is worked out in the background."""
    me = request.me()
    run = actions.ask_for_plan(
        request.session(), _wish(wish), asked_by=me.member_id, now=request.now()
    )
    request.enqueue(JOB, job_argument(run))
    return _run_answer(run, 202)


@api.get("/runs/<uuid:run_id>")
@request.allowed(*rules.PLANNERS)
@api.gives(200, schemas.RunSchema, "ETag")
def show_run(run_id: UUID) -> Response:
    """How far a plan is."""
    return _run_answer(queries.run(request.session(), run_id))


@api.post("/runs/<uuid:run_id>/stop")
@request.allowed(*rules.PLANNERS)
@api.gives(200, schemas.RunSchema, "ETag")
def stop_run(run_id: UUID) -> Response:
    """Stop working a plan out, and keep nothing of it."""
    run = queries.run_for_update(request.session(), run_id)
    actions.stop_run(request.session(), run, actor_id=request.me().member_id, now=request.now())
    return _run_answer(run)


@api.post("/runs/<uuid:run_id>/use")
@request.allowed(*rules.PLANNERS)
@api.gives(200, schemas.RunSchema, "ETag")
def use_run(run_id: UUID) -> Response:
    """Stop here, and use the certified plan there is."""
    run = queries.run_for_update(request.session(), run_id)
    actions.use_best(request.session(), run, actor_id=request.me().member_id, now=request.now())
    return _run_answer(run)


@api.get("/plans")
@request.allowed(*rules.READERS)
@api.takes(schemas.PageSchema, location="query")
@api.gives(200, schemas.PlansSchema, "ETag")
def list_plans(page: Mapping[str, int]) -> Response:
    """The newest plans."""
    found = queries.rotations(request.session(), page["limit"])
    return answer(schemas.PlansSchema(), {"plans": found})


@api.get("/plans/<uuid:plan_id>")
@request.allowed(*rules.READERS)
@api.gives(200, schemas.PlanSchema, "ETag")
def show_plan(plan_id: UUID) -> Response:
    """A plan with its awards, its certificate and the other rules beside it."""
    return _plan_answer(queries.rotation(request.session(), plan_id))


@api.post("/plans/<uuid:plan_id>/notice")
@request.allowed(*rules.PLANNERS)
@api.edits
@api.takes(schemas.NoteSchema)
@api.gives(200, schemas.PlanSchema, "ETag")
def give_notice(sent: Mapping[str, str], plan_id: UUID, edition: int) -> Response:
    """Show a draft to the members as a proposal."""
    plan = _held(plan_id, edition)
    me, now = request.me(), request.now()
    actions.give_notice(request.session(), plan, sent["note"], actor_id=me.member_id, now=now)
    return _plan_answer(plan)


@api.post("/plans/<uuid:plan_id>/in-force")
@request.allowed(*rules.PLANNERS)
@api.edits
@api.gives(200, schemas.PlanSchema, "ETag")
def put_in_force(plan_id: UUID, edition: int) -> Response:
    """Let the turns of a proposal hold."""
    plan = _held(plan_id, edition)
    me, now = request.me(), request.now()
    actions.put_in_force(request.session(), plan, actor_id=me.member_id, now=now)
    return _plan_answer(plan)


@api.post("/plans/<uuid:plan_id>/undo")
@request.allowed(*rules.PLANNERS)
@api.edits
@api.gives(200, schemas.PlanSchema, "ETag")
def undo(plan_id: UUID, edition: int) -> Response:
    """Take the last step of publishing back."""
    plan = _held(plan_id, edition)
    me, now = request.me(), request.now()
    actions.undo(request.session(), plan, actor_id=me.member_id, now=now)
    return _plan_answer(plan)


@api.get("/turns")
@request.allowed()
@api.gives(200, schemas.TurnsSchema, "ETag")
def my_turns() -> Response:
    """My next turns, from whom and to whom the water goes, and why."""
    session, me = request.session(), request.me()
    cards = queries.next_turns(session, me.member_id, request.now())
    return answer(schemas.TurnsSchema(), {"turns": [_turn(card) for card in cards]})


def _wish(sent: Mapping[str, Any]) -> rules.Wish:
    given = sent["coefficients"]
    coefficients = {crops.plain(crop): value for crop, value in given.items()} if given else None
    return rules.Wish(**{**sent, "coefficients": coefficients})


def _held(plan_id: UUID, edition: int) -> Rotation:
    """The plan, held until the act ends. Raises Missing and Stale."""
    found = queries.rotation_for_update(request.session(), plan_id)
    if found.edition != edition:
        raise request.Stale
    return found


def _run_answer(run: PlanRun, status: int = 200) -> Response:
    said = {name: getattr(run, name) for name in ("id", "state", "progress", "rotation_id")}
    said |= {"doing": _said(run.doing), "refusal": _said(run.refusal)}
    said |= {"asked_at": run.asked_at, "ended_at": run.ended_at}
    where = url_for("water_api.show_run", run_id=run.id)
    return answer(schemas.RunSchema(), said, status, location=where if status == 202 else None)


def _plan_answer(plan: Rotation) -> Response:
    lines = queries.lines(request.session(), plan, latin=tongue.reads_latin())
    columns = {column.key: getattr(plan, column.key) for column in plan.__table__.columns}
    said = columns | {
        "level": plan.outcome["level"],
        "certificate": {
            "holds": plan.is_certified,
            "findings": [_said(finding) for finding in plan.findings],
        },
        "awards": [_award(line, plan.outcome["held_by"]) for line in lines],
        "notes": [_said(note) for note in plan.notes],
    }
    return answer(schemas.PlanSchema(), said, edition=plan.edition)


def _award(line: queries.AllotmentLine, held_by: Mapping[str, str]) -> dict[str, Any]:
    return {
        "plot": line.plot.code,
        "outlet": line.outlet_code,
        "member": line.member_name,
        "need_m3": line.allotment.need_m3,
        "award_m3": line.allotment.award_m3,
        "satisfaction": line.satisfaction,
        "held_by": held_by[line.plot.code],
        "turn": None if line.turn is None else _stretch(line.turn),
    }


def _stretch(turn: Any) -> dict[str, Any]:
    return {
        "starts_at": turn.starts_at,
        "ends_at": turn.ends_at,
        "minutes": turn.during.length // timedelta(minutes=1),
        "exact_minutes": turn.exact_minutes,
    }


def _turn(card: queries.TurnCard) -> dict[str, Any]:
    session = request.session()
    before, after = queries.neighbours(session, card.turn, latin=tongue.reads_latin())
    allotment = queries.allotment_of(session, card.turn)
    return _stretch(card.turn) | {
        "id": card.turn.id,
        "state": card.state,
        "plot": card.plot_code,
        "plot_name": card.plot_name,
        "outlet": card.outlet_code,
        "outlet_name": card.outlet_name,
        "nakka": card.nakka,
        "need_m3": allotment.need_m3,
        "award_m3": allotment.award_m3,
        "water_from": before,
        "water_to": after,
        "reasons": [_said(reason) for reason in allotment.reasons],
    }


def _said(stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A kept sentence with its words in the reader's language."""
    return None if stored is None else {**stored, "words": words.say(stored)}
