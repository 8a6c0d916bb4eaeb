"""Work slips: mine to sign, those of everybody for the office, one in full."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import slips as actions
from coopfarm.equipment.models import Booking, WorkSlip
from coopfarm.equipment.queries import bookings, life
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import slips as rules
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, tongue, words, written

_SIGNED = Phrase("slip-signed", N_("Signed. It is posted once the other side has signed too."))
_POSTED = Phrase("slip-posted", N_("Signed by both, and posted."))
_DISPUTED = Phrase("slip-disputed", N_("The office reads what you say and decides."))
_DECIDED = Phrase("slip-decided", N_("The figures are set; the member signs them now."))
_LARGEST_EDITION: Final = 10_000
_OPEN: Final = ("drafted", "disputed", "countersigned")


@bp.app_template_filter("slip_state")
def slip_state_in_words(state: str) -> str:
    return words.say(rules.SLIP_STATES[state]())


@bp.get("/slips")
@request.allowed()
def slips() -> ResponseReturnValue:
    """My work slips, those to be signed first"""
    found = life.slips(
        request.session(), member_id=request.me().member_id, states=[*rules.SLIP_STATES]
    )
    to_sign = [one for one in found if one[0].state == "drafted" and not one[0].member_signed_at]
    others = [one for one in found if one not in to_sign][::-1]
    return pages.show("equipment/slips.html", to_sign=to_sign, others=others)


@bp.get("/machines/slips")
@request.allowed(*OFFICE)
def office_slips() -> ResponseReturnValue:
    """Work slips that are not posted yet: disputed ones first, then those to sign"""
    session = request.session()
    found = sorted(life.slips(session, states=_OPEN), key=lambda one: one[0].state != "disputed")
    people = {
        one.booking.id: (one.member.called(latin=tongue.reads_latin()), one.machine)
        for one in life.kept(session, [booking for _, booking in found])
    }
    return pages.show("equipment/slips_office.html", slips=found, people=people)


@bp.get("/slips/<uuid:slip_id>")
@request.allowed()
def slip(slip_id: UUID) -> ResponseReturnValue:
    """One work slip: what was booked, what was done, what it costs, and who has signed"""
    return _page(*_own(slip_id))


@bp.post("/slips/<uuid:slip_id>/sign")
@request.allowed()
def sign_slip(slip_id: UUID) -> ResponseReturnValue:
    """Sign for the member, or for the office; with both it is posted"""
    edition = whole(request.form().get("edition", ""), _LARGEST_EDITION) or 0
    try:
        signed = actions.sign(request.session(), slip_id, edition, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(slip_id, refusal)
    said = _POSTED() if signed.state == "posted" else _SIGNED()
    return pages.done(said, "equipment.slip", slip_id=slip_id)


@bp.post("/slips/<uuid:slip_id>/dispute")
@request.allowed()
def dispute_slip(slip_id: UUID) -> ResponseReturnValue:
    """Say what is not right; the office decides"""
    said = request.form().get("words", "").strip()[:300]
    try:
        actions.dispute(request.session(), slip_id, said, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(slip_id, refusal)
    return pages.done(_DISPUTED(), "equipment.slip", slip_id=slip_id)


@bp.post("/slips/<uuid:slip_id>/decide")
@request.allowed(*OFFICE)
def decide_slip(slip_id: UUID) -> ResponseReturnValue:
    """Put other figures into a slip, for the member to sign"""
    form = request.form()
    try:
        amounts = {name: _amount(form, name) for name in ("hours", "hectares", "kilometres")}
        decision = actions.Decision(**amounts, words=form.get("words", "").strip()[:300])
        actions.decide(request.session(), slip_id, decision, asking.whose())
    except (Invalid, Conflict) as refusal:
        return _refused(slip_id, refusal)
    return pages.done(_DECIDED(), "equipment.slip", slip_id=slip_id)


def _amount(form: Mapping[str, str], name: str) -> float:
    """Raises NotANumber and SlipAmountWrong."""
    text = form.get(name, "").strip()
    amount = written.number(text, field=name) if text else 0.0
    if not 0 <= amount <= rules.MOST:
        raise rules.SlipAmountWrong(field=name, most=rules.MOST)
    return amount


def _own(slip_id: UUID) -> tuple[WorkSlip, Booking]:
    """A slip of whoever asks, or any for the office. Raises Missing and NotYourBooking."""
    me, session = request.me(), request.session()
    found = life.slip(session, slip_id)
    booking = bookings.booking(session, found.booking_id)
    if booking.member_id != me.member_id and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    return found, booking


def _refused(slip_id: UUID, refusal: Refusal) -> ResponseReturnValue:
    request.session().rollback()
    return _page(*_own(slip_id), refusal), problems.status_of(refusal)


def _page(found: WorkSlip, booking: Booking, refusal: Refusal | None = None) -> str:
    me, session = request.me(), request.session()
    is_mine = booking.member_id == me.member_id
    is_office = bool(me.roles & set(OFFICE)) and not is_mine
    what = life.one(session, booking.id)
    has_signed = found.member_signed_at if is_mine else found.office_signed_at
    field = (refusal.field or "words") if refusal else ""
    return pages.show(
        "equipment/slip.html",
        slip=found,
        booking=booking,
        machines=what.machines,
        member=what.member.called(latin=tongue.reads_latin()),
        is_mine=is_mine,
        may_sign=found.state == "drafted" and not has_signed and (is_mine or is_office),
        may_decide=found.state in ("drafted", "disputed") and is_office,
        sent=request.form(),
        errors={field: words.say(refusal.sentence)} if refusal else {},
    )
