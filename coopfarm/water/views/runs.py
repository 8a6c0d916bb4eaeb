"""A plan being worked out: how far it is, "stop", and "use the best so far"."""

from typing import cast
from uuid import UUID

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.words import N_, Phrase
from coopfarm.store.queue import Queue
from coopfarm.water import actions, queries
from coopfarm.water.models import PlanRun
from coopfarm.water.planner.run import JOB, job_argument
from coopfarm.water.rules import PLANNERS
from coopfarm.water.views.door import bp
from coopfarm.web import pages, request

STOPPED = Phrase("done-run-stopped", N_("Stopped. Nothing was kept; you can plan again."))
BEST_USED = Phrase(
    "done-run-best-used", N_("This is the plan so far; it was not compared further.")
)


def start(run: PlanRun) -> None:
    """Have the run worked out as soon as the request that asked for it is kept."""
    queue = cast(Queue, current_app.extensions["coopfarm_queue"])
    argument = job_argument(run)
    request.after_commit(lambda: queue.enqueue(JOB, argument))


@bp.get("/runs/<uuid:run_id>")
@request.allowed(*PLANNERS)
def run(run_id: UUID) -> ResponseReturnValue:
    found = queries.run(request.session(), run_id)
    if found.state == "done" and found.rotation_id is not None:
        return pages.go(url_for("water.plan", plan_id=found.rotation_id))
    if found.ended_at is not None and pages.is_part():
        return pages.go(url_for("water.run", run_id=found.id))
    return pages.show("water/run.html", run=found)


@bp.post("/runs/<uuid:run_id>/stop")
@request.allowed(*PLANNERS)
def stop(run_id: UUID) -> ResponseReturnValue:
    session = request.session()
    found = queries.run_for_update(session, run_id)
    actions.stop_run(session, found, actor_id=request.me().member_id, now=request.now())
    return pages.done(STOPPED(), "water.plans")


@bp.post("/runs/<uuid:run_id>/use")
@request.allowed(*PLANNERS)
def use(run_id: UUID) -> ResponseReturnValue:
    session = request.session()
    found = queries.run_for_update(session, run_id)
    plan_id = actions.use_best(session, found, actor_id=request.me().member_id, now=request.now())
    return pages.done(BEST_USED(), "water.plan", plan_id=plan_id)
