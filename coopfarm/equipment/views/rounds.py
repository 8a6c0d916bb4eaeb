"""Rounds of the season for the office: open, close, work out, publish, answer, make final."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import kept_days, round_bookings
from coopfarm.equipment.actions import rounds as actions
from coopfarm.equipment.planner import rounds as planner
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import rounds as rules
from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS, OFFICE
from coopfarm.equipment.views import asking, season
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, words, written

_OPENED = Phrase("round-opened", N_("The round is open. Members can state their wishes."))
_DROPPED = Phrase("round-dropped", N_("The round is taken back, and its machine-days are free."))
_CLOSED = Phrase("round-closed", N_("No more wishes are taken. Work the round out now."))
_WORKED_OUT = Phrase("round-worked-out", N_("Worked out and certified. Look at it, then publish."))
_FAILED = Phrase(
    "round-not-certified", N_("The certificate does not hold, so the round stays closed.")
)
_LEFT_TO_WORKER = Phrase(
    "round-left-to-worker", N_("It is being worked out. Load this page again in a moment.")
)
_SHOWN = Phrase("round-shown", N_("Published: every member can read what they got and why."))
_ANSWERED = Phrase("appeal-answered-now", N_("The answer is kept. The member is told."))
_FINAL = Phrase("round-is-final", N_("The round is final, and its machine-days are booked."))
_AGAIN = Phrase("round-opened-again", N_("The round is open again. Everybody can read why."))

_LONGEST_WORDS: Final = 500


@bp.get("/machines/rounds")
@request.allowed(*OFFICE)
def rounds() -> ResponseReturnValue:
    """Rounds that share the machine-days of the season"""
    session = request.session()
    return pages.show(
        "equipment/rounds.html",
        rounds=known.rounds(session),
        wishes=known.count_wishes(session),
    )


@bp.get("/machines/rounds/new")
@request.allowed(*OFFICE)
def new_round() -> ResponseReturnValue:
    """Say what is to be shared out"""
    return _form({})


@bp.post("/machines/rounds")
@request.allowed(*OFFICE)
def open_round() -> ResponseReturnValue:
    """Open a round for wishes"""
    try:
        found = actions.open_round(request.session(), _new(request.form()), asking.whose())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(request.form(), refusal), problems.status_of(refusal)
    return pages.done(_OPENED(), "equipment.office_round", round_id=found.id)


@bp.get("/machines/rounds/<uuid:round_id>")
@request.allowed(*OFFICE)
def office_round(round_id: UUID) -> ResponseReturnValue:
    """One round: wishes so far, the result with its certificate, appeals"""
    return _page(round_id)


@bp.post("/machines/rounds/<uuid:round_id>/drop")
@request.allowed(*OFFICE)
def drop_round(round_id: UUID) -> ResponseReturnValue:
    """Take back a round without wishes"""
    try:
        actions.drop(request.session(), round_id, asking.whose())
    except Conflict as refusal:
        return _refused(round_id, refusal)
    return pages.done(_DROPPED(), "equipment.rounds")


@bp.post("/machines/rounds/<uuid:round_id>/close")
@request.allowed(*OFFICE)
def close_round(round_id: UUID) -> ResponseReturnValue:
    """Take no more wishes"""
    try:
        actions.close(request.session(), round_id, asking.whose())
    except Conflict as refusal:
        return _refused(round_id, refusal)
    return pages.done(_CLOSED(), "equipment.office_round", round_id=round_id)


@bp.post("/machines/rounds/<uuid:round_id>/run")
@request.allowed(*OFFICE)
def run_round(round_id: UUID) -> ResponseReturnValue:
    """Work out who gets which days"""
    session = request.session()
    try:
        is_done = planner.run(session, round_id, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(round_id, refusal)
    found = known.a_round(session, round_id)
    if not is_done:
        request.enqueue(planner.JOB, planner.job_argument(found))
        return pages.done(_LEFT_TO_WORKER(), "equipment.office_round", round_id=round_id)
    said = _WORKED_OUT if found.is_certified else _FAILED
    return pages.done(said(), "equipment.office_round", round_id=round_id)


@bp.post("/machines/rounds/<uuid:round_id>/publish")
@request.allowed(*OFFICE)
def publish_round(round_id: UUID) -> ResponseReturnValue:
    """Show everybody what came of it"""
    try:
        actions.publish(request.session(), round_id, asking.whose())
    except Conflict as refusal:
        return _refused(round_id, refusal)
    return pages.done(_SHOWN(), "equipment.office_round", round_id=round_id)


@bp.post("/machines/rounds/<uuid:round_id>/appeals/<uuid:member_id>")
@request.allowed(*OFFICE)
def answer_appeal(round_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Answer an appeal in words"""
    text = request.form().get("answer", "").strip()[:_LONGEST_WORDS]
    try:
        actions.answer(request.session(), round_id, member_id, text, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(round_id, refusal)
    return pages.done(_ANSWERED(), "equipment.office_round", round_id=round_id)


@bp.post("/machines/rounds/<uuid:round_id>/final")
@request.allowed(*OFFICE)
def finish_round(round_id: UUID) -> ResponseReturnValue:
    """Make the round final: its machine-days become bookings"""
    try:
        round_bookings.make_final(request.session(), round_id, asking.whose())
    except Conflict as refusal:
        return _refused(round_id, refusal)
    return pages.done(_FINAL(), "equipment.office_round", round_id=round_id)


@bp.post("/machines/rounds/<uuid:round_id>/open-again")
@request.allowed(*OFFICE)
def open_round_again(round_id: UUID) -> ResponseReturnValue:
    """Take a result back and let members wish once more, with a reason"""
    form = request.form()
    reason = form.get("reason", "").strip()[:_LONGEST_WORDS]
    try:
        deadline = _deadline(form)
        actions.open_again(request.session(), round_id, reason, deadline, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(round_id, refusal)
    return pages.done(_AGAIN(), "equipment.office_round", round_id=round_id)


def _refused(round_id: UUID, refusal: Refusal) -> ResponseReturnValue:
    request.session().rollback()
    return _page(round_id, refusal), problems.status_of(refusal)


def _page(round_id: UUID, refusal: Refusal | None = None) -> str:
    session = request.session()
    found = known.a_round(session, round_id)
    return pages.show(
        "equipment/round.html",
        wishes=known.wishes(session, round_id),
        **season.result_of(found),
        sent=request.form() if refusal else {},
        errors={refusal.field or "round": words.say(refusal.sentence)} if refusal else {},
    )


def _form(sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    field = (refusal.field or "category") if refusal else ""
    return pages.show(
        "equipment/round_new.html",
        sent=sent,
        categories=[(name, words.say(said())) for name, said in CATEGORIES.items()],
        jobs=[(name, words.say(said())) for name, said in JOBS.items()],
        errors={field: words.say(refusal.sentence)} if refusal else {},
    )


def _new(form: Mapping[str, str]) -> actions.NewRound:
    """What was sent. Raises FieldMissing, NotADay, NotAnHour and NoSuchJob."""
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
    return actions.NewRound(
        name=name,
        category=form["category"],
        job=form["job"],
        first_day=first,
        last_day=last,
        deadline_at=_deadline(form),
        hours=kept_days.Hours(opens, closes, request.zone()),
    )


def _deadline(form: Mapping[str, str]) -> datetime:
    on = written.day(form.get("deadline", ""), field="deadline")
    at = written.hour(form.get("deadline_hour", ""), field="deadline_hour")
    return written.moment(on, at, request.zone(), field="deadline_hour")


@bp.app_template_filter("round_state")
def round_state_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())
