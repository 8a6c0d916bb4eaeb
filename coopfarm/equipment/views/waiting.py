"""My places in line: waiting for a machine, what is held for me, taking it or not."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import waiting as actions
from coopfarm.equipment.models import Machine, Waiting
from coopfarm.equipment.queries import choices, fleet
from coopfarm.equipment.queries import waiting as known
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.rules.waiting import STATES, in_words
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Conflict, Invalid, Missing, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, words, written

_IN_LINE = Phrase("in-line", N_("You are in line for %(machine)s. You are told when it is free."))
_HELD = Phrase("held-at-once", N_("%(machine)s is free: it is held for you until %(until)s."))
_TAKEN = Phrase("offer-taken", N_("Booked: %(machine)s, %(starts)s."))
_LEFT = Phrase("line-left", N_("You left the line. The next one is asked now."))
_SHOWN_BACK: Final = timedelta(days=14)
_DAYS_AHEAD: Final = timedelta(days=7)
LENGTHS: Final = (60, 120, 180, 240, 360, 480, 720)
_LONGEST: Final = 20_160


@bp.app_template_filter("waiting_state")
def waiting_state_in_words(state: str) -> str:
    return words.say(STATES[state]())


@bp.app_template_filter("why_this_place")
def why_this_place(entry: Waiting) -> list[str]:
    return [words.say(one) for one in in_words(entry.rank)]


@bp.get("/waiting")
@request.allowed()
def waiting() -> ResponseReturnValue:
    """My places in line, with the rank and why it is that one"""
    since = request.now() - _SHOWN_BACK
    found = known.of_member(request.session(), request.me().member_id, since)
    return pages.show(
        "equipment/waiting.html",
        live=[one for one in found if one.entry.state in known.LIVE],
        past=[one for one in found if one.entry.state not in known.LIVE],
    )


@bp.get("/waiting/new")
@request.allowed()
def wait_for() -> ResponseReturnValue:
    """Choose from when to when I can wait for a machine, and for how long I need it"""
    now = request.now().astimezone(request.zone())
    asked = {name: request.asked(name) for name in ("job", "plot_id", "minutes", "on", "until")}
    asked["on"] = asked["on"] or f"{now:%Y-%m-%d}"
    asked["until"] = asked["until"] or f"{now + _DAYS_AHEAD:%Y-%m-%d}"
    return _form(_machine(request.asked("machine_id")), asked)


@bp.post("/waiting")
@request.allowed()
def get_in_line() -> ResponseReturnValue:
    """Wait for a machine in a span; what is free in it is held at once"""
    form, session = request.form(), request.session()
    machine = _machine(form.get("machine_id", ""))
    try:
        entry = actions.join(session, _wish(form, machine), asking.whose())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(machine, form, refusal), problems.status_of(refusal)
    name = asking.machine_name(machine)
    if entry.held_until is not None:
        said = _HELD(machine=name, until=entry.held_until)
        return pages.done(said, "equipment.place_in_line", entry_id=entry.id)
    return pages.done(_IN_LINE(machine=name), "equipment.waiting")


@bp.get("/waiting/<uuid:entry_id>")
@request.allowed()
def place_in_line(entry_id: UUID) -> ResponseReturnValue:
    """One place in line: what is held and until when, or the rank and why"""
    return _entry_page(_own(entry_id))


@bp.post("/waiting/<uuid:entry_id>/take")
@request.allowed()
def take_offer(entry_id: UUID) -> ResponseReturnValue:
    """Book what is held for me"""
    try:
        booking = actions.take(request.session(), entry_id, asking.whose())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _entry_page(_own(entry_id), refusal), problems.status_of(refusal)
    machine = fleet.machine(request.session(), _own(entry_id).machine_id)
    said = _TAKEN(machine=asking.machine_name(machine), starts=booking.starts_at)
    return pages.done(said, "equipment.booking", booking_id=booking.id)


@bp.post("/waiting/<uuid:entry_id>/withdraw")
@request.allowed()
def leave_line(entry_id: UUID) -> ResponseReturnValue:
    """Leave the line, or refuse what is held: it goes to the next"""
    actions.withdraw(request.session(), entry_id, asking.whose())
    return pages.done(_LEFT(), "equipment.waiting")


def _own(entry_id: UUID) -> Waiting:
    me, found = request.me(), known.entry(request.session(), entry_id)
    if found.member_id != me.member_id and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    return found


def _entry_page(entry: Waiting, refusal: Refusal | None = None) -> str:
    return pages.show(
        "equipment/waiting_entry.html",
        entry=entry,
        machine=fleet.machine(request.session(), entry.machine_id),
        refusal=words.say(refusal.sentence) if refusal else "",
        is_mine=entry.member_id == request.me().member_id,
    )


def _machine(text: str) -> Machine:
    try:
        return fleet.machine(request.session(), UUID(text))
    except ValueError as error:
        raise Missing from error


def _form(machine: Machine, sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    plots = choices.plots_of(request.session(), request.me().member_id)
    field = (refusal.field or "minutes") if refusal else ""
    return pages.show(
        "equipment/waiting_new.html",
        machine=machine,
        plots=[(str(plot.id), plot.name or plot.code) for plot in plots],
        sent=sent,
        lengths=LENGTHS,
        errors={field.replace("_at", ""): words.say(refusal.sentence)} if refusal else {},
    )


def _wish(form: Mapping[str, str], machine: Machine) -> Waiting:
    """What was sent. Raises FieldMissing, NotADay, NoLength, NoSuchJob and Missing."""
    first, last = (written.day(form.get(name, ""), field=name) for name in ("on", "until"))
    if last < first:
        raise no.NoLength(field="until")
    if form.get("job", "") not in machine.jobs:
        jobs = ", ".join(machine.jobs)
        raise no.NoSuchJob(field="job", machine=machine.named, jobs=jobs)
    minutes = whole(form.get("minutes", ""), _LONGEST)
    if not minutes:
        raise written.FieldMissing(field="minutes")
    zone = request.zone()
    return Waiting(
        member_id=request.me().member_id,
        machine_id=machine.id,
        plot_id=_plot_id(form.get("plot_id", "")),
        job=form["job"],
        earliest_at=max(request.now(), _midnight(first, zone)),
        latest_at=_midnight(last + timedelta(days=1), zone),
        minutes=minutes,
    )


def _midnight(on: object, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(f"{on}T00:00").replace(tzinfo=zone)


def _plot_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Missing from error
