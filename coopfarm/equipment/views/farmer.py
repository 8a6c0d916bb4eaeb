"""Booking a machine in three taps: the job, then which machine at which hour."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import booking as actions
from coopfarm.equipment.actions import choosing
from coopfarm.equipment.actions.choosing import Ask
from coopfarm.equipment.queries import choices as known
from coopfarm.equipment.queries import life
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.rules.jobs import JOBS
from coopfarm.equipment.rules.overdue import OnHold
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Conflict, Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.models import Plot
from coopfarm.members import queries as members
from coopfarm.web import pages, problems, request, tongue, trying, words

_BOOKED = Phrase("booked", N_("Booked: %(machine)s, %(starts)s. If plans change, give it up here."))
_ASKED = Phrase(
    "booking-asked", N_("The office was asked for %(machine)s, %(starts)s. It is not booked yet.")
)
_DAYS_SHOWN: Final = 14
_LONGEST_MINUTES: Final = 20_160
# The soonest and cheapest first; each page more shows twice as many.
_SHOWN_FIRST: Final = 8
_MOST_SHOWN: Final = 1_024
# By quarters of an hour up to six hours, then by halves.
LENGTHS: Final = (*range(15, 361, 15), *range(390, 721, 30))


@bp.get("/book")
@request.allowed()
def choose_job() -> ResponseReturnValue:
    """The jobs that the machines do, with my plot and the soonest day"""
    session, whose = request.session(), asking.whose(asking.identity("for"))
    lately = known.lately(session, whose.member_id)
    plots = known.plots_of(session, whose.member_id)
    return pages.show(
        "equipment/book.html",
        jobs=_jobs(known.jobs(session), [job for job, _ in lately]),
        plots=plots,
        plot=_plot(plots, lately),
        is_plot_chosen=bool(request.asked("plot")),
        on=asking.day_asked(),
        days=_days(whose)[:7],
        member=_other(whose),
        **_on_hold(whose),
        may_enter=whose.is_office and asking.has("equipment.machines"),
    )


@bp.get("/book/machines")
@request.allowed()
def choose_machine() -> ResponseReturnValue:
    """Which machines can be had for a job, at which hours and what cost, and why not the others"""
    session, job = request.session(), request.asked("job")
    whose = asking.whose(asking.identity("for"))
    if job not in JOBS:
        return redirect(url_for("equipment.choose_job"), 303)
    plots = known.plots_of(session, whose.member_id)
    plot = _plot(plots, known.lately(session, whose.member_id))
    minutes = numerals.whole(request.asked("minutes"), _LONGEST_MINUTES) or None
    answer = choosing.offered(session, Ask(job, plot, asking.day_asked(), minutes), whose)
    return pages.show(
        "equipment/book_machines.html",
        job=job,
        plots=plots,
        plot=plot,
        minutes=minutes,
        lengths=sorted({*LENGTHS, *({minutes} if minutes else ())}),
        answer=answer,
        shown=numerals.whole(request.asked("shown"), _MOST_SHOWN) or _SHOWN_FIRST,
        days=sorted({*_days(whose), answer.on}),
        member=_other(whose),
        **_on_hold(whose),
        caretakers=_caretakers(answer),
        today=whose.now.astimezone(whose.zone).date(),
        latest=whose.now.astimezone(whose.zone).date() + asking.FARTHEST,
        a_day=timedelta(days=1),
    )


@bp.post("/bookings")
@request.allowed()
def book() -> ResponseReturnValue:
    """Book machines; a clash is answered with what would be accepted instead"""
    wanted, member_id = asking.wanted()
    whose = asking.whose(member_id)
    try:
        found = actions.book(request.session(), wanted, whose)
    except Conflict as refusal:
        if problems.wants_json():
            raise
        trying.let_go()
        return _refused(refusal, wanted, whose), problems.status_of(refusal)
    machine = known.machine_names(request.session(), wanted.machine_ids, latin=whose.latin)
    phrase = _ASKED if found.state == "requested" else _BOOKED
    said = phrase(machine=tongue.listed(machine), starts=found.starts_at)
    return pages.done(said, "equipment.booking", booking_id=found.id)


def _refused(refusal: Conflict, wanted: Wanted, whose: Whose) -> str:
    return pages.show(
        "equipment/book_refused.html",
        reason=words.say(refusal.sentence),
        refusal=problems.body(refusal),
        offers=[asking.as_times(one) for one in refusal.alternatives],
        wanted=wanted,
        member=_other(whose),
        on=wanted.during.start.astimezone(whose.zone).date(),
        minutes=round(wanted.during.length / timedelta(minutes=1)),
        can_wait=whose.member_id == whose.by_id and len(wanted.machine_ids) == 1,
    )


def _jobs(some: frozenset[str], lately: Sequence[str]) -> list[str]:
    """Those done last first, then as they follow each other in a season."""
    return [job for job in dict.fromkeys((*lately, *JOBS)) if job in some]


def _plot(plots: Sequence[Plot], lately: Sequence[tuple[str, UUID | None]]) -> Plot | None:
    """The plot that was asked for, else the one booked for last, else the first.

    `plot=none` is no plot at all: hauling to the market, say. Raises Missing for another's.
    """
    if request.asked("plot") == "none":
        return None
    mine = {plot.id: plot for plot in plots}
    chosen = asking.identity("plot")
    if chosen is not None and chosen not in mine:
        raise Missing
    last = [plot_id for _, plot_id in lately if plot_id in mine]
    first = [plot.id for plot in plots]
    ids = [chosen] if chosen else [*last, *first]
    return mine[ids[0]] if ids and ids[0] else None


def _days(whose: Whose) -> list[date]:
    today = whose.now.astimezone(whose.zone).date()
    return [today + timedelta(days=ahead) for ahead in range(_DAYS_SHOWN)]


def _other(whose: Whose) -> dict[str, object] | None:
    """Whom the office books for, where it is somebody else."""
    if whose.member_id == whose.by_id:
        return None
    member = members.member(request.session(), whose.member_id)
    return {"id": member.id, "name": member.called(latin=whose.latin)}


def _on_hold(whose: Whose) -> dict[str, object]:
    """The booking whose machine has to come back before anything is booked, and the words."""
    kept_id = None if whose.is_office else life.on_hold(request.session(), whose.member_id)
    if kept_id is None:
        return {"kept_id": None, "kept_back": None}
    machine = life.one(request.session(), kept_id).machine
    return {"kept_id": kept_id, "kept_back": OnHold(machine=asking.machine_name(machine))}


def _caretakers(answer: choosing.Answer) -> dict[UUID, str]:
    ids = {one.choice.machines[0].caretaker_id for one in answer.can}
    found = members.members_by_id(request.session(), ids)
    latin = tongue.reads_latin()
    return {one: member.called(latin=latin) for one, member in found.items()}
