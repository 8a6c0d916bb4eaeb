"""The register of machines: the list with how each stands, the page of one, the sets."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import fleet as actions
from coopfarm.equipment.actions.fleet import Who
from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import bookings_ahead, faults, feeds, fleet, standings, upkeep
from coopfarm.equipment.rules import care
from coopfarm.equipment.rules import fleet as rules
from coopfarm.equipment.rules.upkeep import is_due
from coopfarm.equipment.views import machine_form
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.web import pages, problems, request, tongue, words, written

READERS: Final = (
    "manager",
    "water_master",
    "agent",
    "caretaker",
    "treasurer",
    "officer",
    "auditor",
)
EDITORS: Final = ("manager",)
KEPT = Phrase("done-machine-kept", N_("%(machine)s is kept as you wrote it."))
RETIRED = Phrase("done-machine-retired", N_("%(machine)s is given up. What was done stays."))
BACK = Phrase("done-machine-back", N_("%(machine)s can be booked again."))
RENEWED = Phrase(
    "done-sticker-renewed",
    N_("The old sticker of %(machine)s leads nowhere now. Print the new one."),
)
SHOWN = Phrase("done-machine-picture", N_("%(machine)s has its picture."))

KINDS_OF_STATE: Final[Mapping[str, str]] = {
    "available": "leaf",
    "reserved": "water",
    "out": "water",
    "due": "clay",
    "upkeep": "wheat",
    "broken": "clay",
    "retired": "mute",
}


@bp.app_template_filter("machine_standing")
def standing_in_words(state: str) -> str:
    return words.say(rules.STANDINGS[state]())


@bp.app_template_filter("machine_standing_kind")
def kind_of_standing(state: str) -> str:
    return KINDS_OF_STATE[state]


@bp.app_template_filter("meter")
def meter_in_words(meter: str) -> str:
    return words.say(rules.METERS[meter]())


@bp.app_template_filter("fault_state")
def fault_state_in_words(state: str) -> str:
    return words.say(care.FAULT_STATES[state]())


def may_edit() -> bool:
    return bool(request.me().roles & set(EDITORS))


def may_care(machine: Machine) -> bool:
    me = request.me()
    return care.cares_for(me.member_id, me.roles, machine.caretaker_id)


def who() -> Who:
    return Who(request.me().member_id, request.now())


def edition() -> int:
    """The edition that the form was made of."""
    return int(written.number(request.form().get("edition", ""), field="edition"))


@bp.get("/machines")
@request.allowed(*READERS)
def machines() -> ResponseReturnValue:
    """Every machine with how it stands"""
    session, now = request.session(), request.now()
    found = fleet.machines(session, also_retired=bool(request.asked("retired")))
    needs = upkeep.needs(session, [one.id for one in found])
    today = now.astimezone(request.zone()).date()
    keepers = members.members_by_id(session, [one.caretaker_id for one in found])
    latin = tongue.reads_latin()
    return pages.show(
        "equipment/machines.html",
        machines=found,
        standings=standings.standings(session, found, now),
        faults=faults.open_of(session, [one.id for one in found]),
        due={key for key, all_of in needs.items() if any(is_due(one, today) for one in all_of)},
        rates={one.id: fleet.rig(one).rate_ha_h for one in found},
        keepers={key: one.called(latin=latin) for key, one in keepers.items()},
        may_edit=may_edit(),
        with_retired=bool(request.asked("retired")),
    )


@bp.get("/machines/new")
@request.allowed(*EDITORS)
def new_machine() -> ResponseReturnValue:
    return machine_form.page(
        None, {"kind": "machine", "meter": "hours", "efficiency": "80"}, [], {}
    )


@bp.post("/machines")
@request.allowed(*EDITORS)
def enter_machine() -> ResponseReturnValue:
    """Take a machine into the register"""
    form = request.form()
    try:
        values = machine_form.read(form, {})
        machine = actions.enter(request.session(), values, who())
    except (Invalid, Conflict) as refusal:
        answer = machine_form.page(None, form, form.getlist("jobs"), machine_form.problem(refusal))
        return answer, problems.status_of(refusal)
    return pages.done(KEPT(machine=machine.named), "equipment.machine", machine_id=machine.id)


@bp.get("/machines/<uuid:machine_id>")
@request.allowed()
def machine(machine_id: UUID) -> ResponseReturnValue:
    """One machine: how it stands, its faults, its upkeep, its bookings to come"""
    session, now = request.session(), request.now()
    found = fleet.machine(session, machine_id)
    latin, cares = tongue.reads_latin(), may_care(found)
    ahead = bookings_ahead.of_machine(session, machine_id, now) if cares else ()
    people = members.members_by_id(session, [found.caretaker_id, *(one.member_id for one in ahead)])
    return pages.show(
        "equipment/machine.html",
        machine=found,
        standing=standings.standings(session, [found], now)[machine_id],
        rate=fleet.rig(found).rate_ha_h,
        faults=faults.open_of(session, [machine_id]).get(machine_id, ()),
        needs=upkeep.needs(session, [machine_id]).get(machine_id, ()),
        kits=[kit for kit, parts in fleet.kits(session) if machine_id in parts],
        ahead=ahead,
        calls=standings.whom_to_call(session, machine_id, request.me().member_id, now, latin=latin),
        names={key: one.called(latin=latin) for key, one in people.items()},
        has_feed=feeds.of_machine(session, machine_id) is not None if cares else False,
        may_edit=may_edit(),
        may_care=cares,
    )


@bp.get("/machines/<uuid:machine_id>/edit")
@request.allowed(*EDITORS)
def edit_machine(machine_id: UUID) -> ResponseReturnValue:
    """The form of a machine"""
    found = fleet.machine(request.session(), machine_id)
    return machine_form.page(found, machine_form.shown(found), found.jobs, {})


@bp.post("/machines/<uuid:machine_id>")
@request.allowed(*EDITORS)
def change_machine(machine_id: UUID) -> ResponseReturnValue:
    """Keep what the form of a machine says"""
    session, form = request.session(), request.form()
    found = fleet.machine(session, machine_id)
    try:
        values = machine_form.read(form, machine_form.shown(found))
        actions.change(session, machine_id, values, who(), edition=edition())
    except (Invalid, Conflict) as refusal:
        answer = machine_form.page(found, form, form.getlist("jobs"), machine_form.problem(refusal))
        return answer, problems.status_of(refusal)
    return pages.done(KEPT(machine=found.named), "equipment.machine", machine_id=machine_id)


@bp.post("/machines/<uuid:machine_id>/retire")
@request.allowed(*EDITORS)
def retire_machine(machine_id: UUID) -> ResponseReturnValue:
    """Give a machine up"""
    found = actions.retire(request.session(), machine_id, who(), edition=edition())
    return pages.done(RETIRED(machine=found.named), "equipment.machine", machine_id=machine_id)


@bp.post("/machines/<uuid:machine_id>/return-to-service")
@request.allowed(*EDITORS)
def bring_machine_back(machine_id: UUID) -> ResponseReturnValue:
    """Take a machine that was given up into service again"""
    found = actions.bring_back(request.session(), machine_id, who(), edition=edition())
    return pages.done(BACK(machine=found.named), "equipment.machine", machine_id=machine_id)


@bp.post("/machines/<uuid:machine_id>/sticker")
@request.allowed(*EDITORS)
def renew_sticker(machine_id: UUID) -> ResponseReturnValue:
    """Make the sticker of a machine worthless, for another one to be printed"""
    found = actions.renew_tag(request.session(), machine_id, who(), edition=edition())
    return pages.done(RENEWED(machine=found.named), "equipment.machine", machine_id=machine_id)


@bp.post("/machines/<uuid:machine_id>/picture")
@request.allowed(*EDITORS)
def picture_machine(machine_id: UUID) -> ResponseReturnValue:
    """Give a machine a picture"""
    content = request.upload("picture").read()
    found = actions.show(request.session(), machine_id, content, who())
    return pages.done(SHOWN(machine=found.named), "equipment.machine", machine_id=machine_id)
