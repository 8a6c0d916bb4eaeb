"""Rotas on pages: my turns, one rota with everybody's, swaps; and opening one."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.parties.actions import rotas as actions
from coopfarm.parties.planner import turns as planner
from coopfarm.parties.queries import parties
from coopfarm.parties.queries import rotas as known
from coopfarm.parties.rules import rotas as rules
from coopfarm.parties.rules.tasks import OFFICE
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, problems, request, written

_OPENED = Phrase("rota-opened", N_("The rota is open. Share its slots out when the list is right."))
_SHARED = Phrase("rota-shared", N_("Every member sees their turns."))
_ASKED = Phrase("rota-swap-asked", N_("Asked. Nothing changes before they agree."))
_ANSWERED = Phrase("rota-swap-answered", N_("Your answer is kept."))
_TOLD: Final = {
    "done": Phrase("rota-slot-done", N_("Written down. The hours go into the ledger.")),
    "missed": Phrase("rota-slot-missed", N_("Written down. No hours are given.")),
}
_HOURS_A_DAY: Final = 4


@bp.app_template_filter("rota_kind")
def rota_kind(kind: str) -> str:
    return pages.say(rules.KINDS[kind]())


@bp.get("/rotas")
@request.allowed()
def rotas() -> ResponseReturnValue:
    """Rotas, my turns in them, and swaps I am asked for"""
    session, me = request.session(), request.me()
    mine = known.slots_of_member(session, me.member_id, request.now())
    found = known.rotas(session)
    waiting = known.open_swaps(session, [one.id for one in mine])
    return pages.show(
        "parties/rotas.html",
        rotas=found,
        names={one.id: one.name for one in found},
        mine=mine,
        swaps=[one for one in waiting if one.other.member_id == me.member_id],
        is_office=bool(me.roles & set(OFFICE)),
    )


@bp.get("/rotas/<uuid:rota_id>")
@request.allowed()
def rota(rota_id: UUID) -> ResponseReturnValue:
    """One rota: who has which slot, what each carries, and swapping one of mine"""
    session, me, now = request.session(), request.me(), request.now()
    found = known.rota(session, rota_id)
    turns, members = known.turns(session, rota_id), known.members(session, rota_id)
    told = (
        (turn.member.number, turn.slot.weight)
        for turn in turns
        if turn.member and turn.slot.state != "missed"
    )
    carried = rules.loads(told, [one.number for one in members])
    ahead = [one for one in turns if one.member and one.slot.starts_at > now]
    return pages.show(
        "parties/rota.html",
        rota=found,
        turns=turns,
        members=members,
        loads=carried,
        gap=rules.gap(carried),
        mine=[one.slot for one in ahead if one.slot.member_id == me.member_id],
        others=[one for one in ahead if one.slot.member_id != me.member_id],
        is_office=bool(me.roles & set(OFFICE)),
        may_share=bool(me.roles & set(OFFICE)) and all(one.slot.starts_at > now for one in turns),
    )


@bp.get("/rotas/new")
@request.allowed(*OFFICE)
def new_rota() -> ResponseReturnValue:
    """Open a rota: days, hours of the day, and who takes turns"""
    return _form({}, None)


@bp.post("/rotas")
@request.allowed(*OFFICE)
def open_rota() -> ResponseReturnValue:
    """Keep a rota with all its slots"""
    try:
        found = actions.open_rota(request.session(), _new(request.form()), asking.who())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(request.form(), refusal), problems.status_of(refusal)
    return pages.done(_OPENED(), "parties.rota", rota_id=found.id)


@bp.post("/rotas/<uuid:rota_id>/share-out")
@request.allowed(*OFFICE)
def share_out(rota_id: UUID) -> ResponseReturnValue:
    """Share the slots of a rota out, as evenly as can be"""
    planner.share_out(request.session(), rota_id, asking.who())
    return pages.done(_SHARED(), "parties.rota", rota_id=rota_id)


@bp.post("/rotas/slots/<uuid:slot_id>/told")
@request.allowed()
def tell_slot(slot_id: UUID) -> ResponseReturnValue:
    """Say whether a turn was done, mine or, for the office, anybody's"""
    was = request.form().get("was", "")
    if was not in ("done", "missed"):
        raise written.FieldMissing(field="was")
    told = actions.tell(request.session(), slot_id, was_done=was == "done", who=asking.who())
    return pages.done(_TOLD[was](), "parties.rota", rota_id=told.rota_id)


@bp.post("/rotas/slots/<uuid:slot_id>/swap")
@request.allowed()
def ask_swap(slot_id: UUID) -> ResponseReturnValue:
    """Ask somebody to take each other's slot"""
    session, other = request.session(), asking.identity(request.form().get("other", ""))
    if other is None:
        raise written.FieldMissing(field="other")
    actions.ask_swap(session, slot_id, other, asking.who())
    found = known.slot(session, slot_id)
    return pages.done(_ASKED(), "parties.rota", rota_id=found.rota_id)


@bp.post("/rotas/swaps/<uuid:swap_id>")
@request.allowed()
def answer_swap(swap_id: UUID) -> ResponseReturnValue:
    """Agree to a swap, or decline it"""
    agrees = request.form().get("agrees") == "yes"
    actions.answer_swap(request.session(), swap_id, agrees, asking.who())
    return pages.done(_ANSWERED(), "parties.rotas")


def _form(sent: Mapping[str, Any], refusal: Refusal | None) -> str:
    return pages.show(
        "parties/rota_new.html",
        sent=sent,
        errors=asking.errors(refusal, "name"),
        kinds=[(one, pages.say(phrase())) for one, phrase in rules.KINDS.items()],
        hours=range(1, _HOURS_A_DAY + 1),
        people=parties.members_active(request.session()),
    )


def _new(form: Mapping[str, str]) -> actions.NewRota:
    """What was sent. Raises FieldMissing, NotADay and NotAnHour."""
    name = form.get("name", "").strip()
    if not name:
        raise written.FieldMissing(field="name")
    numbers = form.get("members", "").replace("،", " ").replace(",", " ").split()
    people = {one.number: one.id for one in parties.members_active(request.session())}
    unknown = [one for one in numbers if one.upper() not in people]
    if unknown:
        raise rules.RotaUnusable(field="members", days=rules.MOST_DAYS)
    return actions.NewRota(
        form.get("kind", ""),
        name[:120],
        written.day(form.get("first_day", ""), field="first_day"),
        written.day(form.get("last_day", ""), field="last_day"),
        tuple(_hours(form)),
        tuple(people[one.upper()] for one in numbers),
    )


def _hours(form: Mapping[str, str]) -> list[tuple[time, time, int]]:
    found = []
    for row in range(1, _HOURS_A_DAY + 1):
        if form.get(f"starts_{row}", "").strip():
            starts = written.hour(form[f"starts_{row}"], field=f"starts_{row}")
            ends = written.hour(form.get(f"ends_{row}", ""), field=f"ends_{row}")
            found.append((starts, ends, rules.HEAVY if form.get(f"heavy_{row}") else 1))
    return found
