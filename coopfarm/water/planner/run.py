"""A plan worked out in the background, step by step, each step kept at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.queries import cooperative, cooperative_ids
from coopfarm.store.db import Database
from coopfarm.water import queries, rules
from coopfarm.water.models import PlanRun
from coopfarm.water.planner.draft import Draft, compare, replay, work_out
from coopfarm.water.planner.keep import comparison_json, keep

JOB = "plan-run"
WORKING_OUT = Phrase(
    "run-working-out", N_("Working out what each plot needs, and sharing out by “%(rule)s”.")
)
COMPARING = Phrase("run-comparing", N_("A certified plan is there. Comparing it with “%(rule)s”."))

_FIRST_PART = 0.4  # of the whole run: need, plan and certificate of the rule asked for

_MOST_SHOWN = 20


def job_argument(run: PlanRun) -> str:
    return f"{run.cooperative_id}:{run.id}"


def perform(database: Database, argument: str, clock: Callable[[], datetime]) -> None:
    """Work out the run named by `job_argument`; one that has ended is left alone.

    The plan asked for is kept as soon as it is certified; only then are the other rules
    worked out beside it, so that there is something to use while they are. A run that was cut
    off goes on from the plan it had kept.
    """
    home, _, name = argument.partition(":")
    run = _Run(database, int(home), UUID(name), clock)
    wish = run.start()
    if wish is None:
        return
    try:
        draft = run.kept() or run.work_out(wish)
        if run.keep(draft):
            run.finish(compare(draft, run.progress))
    except Refusal as refusal:
        run.refuse(refusal)


class _Run:
    """One run, and the short transactions in which its progress is kept."""

    def __init__(
        self, database: Database, home: int, run_id: UUID, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._home, self._id, self._clock = database, home, run_id, clock

    def start(self) -> rules.Wish | None:
        with self._database.transaction(self._home) as session:
            run = queries.run_for_update(session, self._id)
            if run.ended_at is not None:
                return None
            wish = rules.Wish.from_json(run.wish)
            if run.rotation_id is None:
                run.state, run.progress = "running", 0.05
                run.doing = WORKING_OUT(rule=wish.rule).as_json()
            return wish

    def kept(self) -> Draft | None:
        """The plan that this run kept before it was cut off."""
        with self._database.reading() as session:
            session.cooperative_id = self._home
            run = queries.run(session, self._id)
            return replay(queries.rotation(session, run.rotation_id)) if run.rotation_id else None

    def work_out(self, wish: rules.Wish) -> Draft:
        with self._database.reading() as session:
            session.cooperative_id = self._home
            return work_out(session, cooperative(session, self._home), wish)

    def keep(self, draft: Draft) -> bool:
        """Keep the plan, unless somebody stopped the run meanwhile."""
        with self._database.transaction(self._home) as session:
            run = queries.run_for_update(session, self._id)
            if run.ended_at is not None:
                return False
            if run.rotation_id is None:
                rotation = keep(session, draft, actor_id=run.asked_by, now=self._clock())
                run.rotation_id, run.state, run.progress = rotation.id, "feasible", _FIRST_PART
            return True

    def progress(self, rule: str, part: float) -> bool:
        """Keep how far the run is; False when it was stopped."""
        with self._database.transaction(self._home) as session:
            run = queries.run_for_update(session, self._id)
            if run.ended_at is not None:
                return False
            run.progress = _FIRST_PART + (1 - _FIRST_PART) * part
            run.doing = COMPARING(rule=rule).as_json()
            return True

    def finish(self, draft: Draft) -> None:
        with self._database.transaction(self._home) as session:
            run = queries.run_for_update(session, self._id)
            if run.rotation_id is not None:
                plan = queries.rotation_for_update(session, run.rotation_id)
                plan.comparison = comparison_json(draft)
                said = [note.as_json() for note in draft.notes]
                plan.notes = [*plan.notes, *(note for note in said if note not in plan.notes)]
            if run.ended_at is None:
                run.state, run.progress, run.doing = "done", 1.0, None
                run.ended_at = self._clock()

    def refuse(self, refusal: Refusal) -> None:
        with self._database.transaction(self._home) as session:
            run = queries.run_for_update(session, self._id)
            if run.ended_at is None:
                run.state, run.ended_at = "refused", self._clock()
                run.refusal = refusal.sentence.as_json() | _each(refusal)


def _each(refusal: Refusal) -> dict[str, object]:
    """Where several things are in the way, each of them, up to as many as a page shows."""
    if not isinstance(refusal, Several):
        return {}
    return {"problems": [one.sentence.as_json() for one in refusal.problems[:_MOST_SHOWN]]}


def unfinished(database: Database) -> list[str]:
    """The arguments of runs that were queued or under way when a process ended."""
    found: list[str] = []
    for home in cooperatives(database):
        with database.reading() as session:
            session.cooperative_id = home
            found += [job_argument(run) for run in queries.unfinished_runs(session)]
    return found


def cooperatives(database: Database) -> Sequence[int]:
    with database.reading() as session:
        return cooperative_ids(session)
