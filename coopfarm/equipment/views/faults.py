"""Faults: the list of the office, a fault's steps, and what becomes of bookings meanwhile."""

from datetime import datetime
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import faults as actions
from coopfarm.equipment.actions.faults import Decision
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import bookings, faults, fleet
from coopfarm.equipment.rules import care
from coopfarm.equipment.rules.care import NotYourMachine, cares_for
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.rules.refusals import NoLength, NotInThatState, NotYourBooking
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.equipment.views.fleet import READERS
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.web import pages, request, tongue

STEPPED = Phrase("done-fault-step", N_("Written down: the fault is %(fault_state)s."))
MOVED = Phrase("done-rebooked", N_("The booking is now with %(machine)s, %(starts)s."))


@bp.get("/machines/faults")
@request.allowed(*READERS)
def faults_told() -> ResponseReturnValue:
    """Every open fault, the newest first; with those that ended where asked for"""
    found = faults.told(request.session(), also_ended=bool(request.asked("ended")))
    return pages.show("equipment/faults.html", told=found, with_ended=bool(request.asked("ended")))


@bp.get("/faults/<uuid:fault_id>")
@request.allowed()
def fault(fault_id: UUID) -> ResponseReturnValue:
    """One fault, for the office and the caretaker, with the bookings it concerns"""
    session, now, me = request.session(), request.now(), request.me()
    found = faults.fault(session, fault_id)
    machine = fleet.machine(session, found.machine_id)
    reads = me.roles & set(READERS) or cares_for(me.member_id, me.roles, machine.caretaker_id)
    if not reads and found.told_by != me.member_id:
        raise NotYourMachine(machine=machine.named)
    may_care = cares_for(me.member_id, me.roles, machine.caretaker_id)
    ahead = actions.concerned(session, machine.id, now) if may_care else []
    people = members.members_by_id(session, [found.told_by, *(one.member_id for one in ahead)])
    latin = tongue.reads_latin()
    return pages.show(
        "equipment/fault.html",
        fault=found,
        machine=machine,
        steps=care.STEPS[found.state],
        ahead=ahead,
        people=people,
        names={key: one.called(latin=latin) for key, one in people.items()},
        may_care=may_care,
        is_office=bool(me.roles & set(OFFICE)),
    )


@bp.post("/faults/<uuid:fault_id>")
@request.allowed()
def decide_fault(fault_id: UUID) -> ResponseReturnValue:
    """Take a fault a step on: the office, and the caretaker of the machine"""
    form = request.form()
    state = form.get("state", "")
    if state not in care.FAULT_STATES:
        raise care.FaultPastThat(fault_state=faults.fault(request.session(), fault_id).state)
    decision = Decision(state, form.get("can_work") != "no", form.get("note", "").strip())
    found = actions.decide(request.session(), fault_id, decision, asking.whose())
    return pages.done(STEPPED(fault_state=found.state), "equipment.fault", fault_id=fault_id)


@bp.get("/bookings/<uuid:booking_id>/instead")
@request.allowed()
def instead(booking_id: UUID) -> ResponseReturnValue:
    """What could take the place of a booking whose machine is broken"""
    session, booking = request.session(), _own(booking_id)
    machine_ids = bookings.machines_of(session, [booking_id])[booking_id]
    rows = fleet.machines_by_id(session, machine_ids)
    told = faults.open_of(session, machine_ids)
    return pages.show(
        "equipment/fault_instead.html",
        booking=booking,
        machines=rows,
        faults=told,
        offers=[asking.as_times(one) for one in actions.instead(session, booking, asking.whose())],
        can_give_up=asking.has("equipment.ask_to_give_up"),
    )


@bp.post("/bookings/<uuid:booking_id>/rebook")
@request.allowed()
def rebook(booking_id: UUID) -> ResponseReturnValue:
    """Take another machine or other hours in place of a booking, in one act"""
    form = request.form()
    during = _stretch(form.get("starts_at", ""), form.get("ends_at", ""))
    ids = tuple(_id(text) for text in form.getlist("machine_ids"))
    found = actions.rebook(request.session(), booking_id, ids, during, asking.whose())
    machine = fleet.machines_by_id(request.session(), ids)[0]
    where = "equipment.booking" if asking.has("equipment.booking") else "home.show"
    more = {"booking_id": found.id} if where == "equipment.booking" else {}
    said = MOVED(machine=asking.machine_name(machine), starts=found.starts_at)
    return pages.done(said, where, **more)


def _own(booking_id: UUID) -> Booking:
    """A booking that can be moved, by its member or the office. Raises NotYourBooking."""
    found, me = bookings.booking(request.session(), booking_id), request.me()
    if found.member_id != me.member_id and not me.roles & set(OFFICE):
        raise NotYourBooking
    if found.state not in ("requested", "confirmed"):
        raise NotInThatState(state=found.state)
    return found


def _stretch(starts: str, ends: str) -> Interval:
    """Raises NoLength for what is no stretch of time, or has no zone."""
    try:
        first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    except ValueError as error:
        raise NoLength(field="ends_at") from error
    if first.tzinfo is None or last.tzinfo is None or last <= first:
        raise NoLength(field="ends_at")
    return Interval(first, last)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error
