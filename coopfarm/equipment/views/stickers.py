"""What the square on a machine leads to: its page for whoever stands there, and the sheets."""

from typing import Final, cast

import segno
from flask import Response, current_app, make_response, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from coopfarm.config import Settings
from coopfarm.equipment.actions import faults as actions
from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import faults, fleet, standings, stickers
from coopfarm.equipment.rules.care import cares_for
from coopfarm.equipment.views import asking, machine_form
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Conflict, Invalid, Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.members import rules as members_rules
from coopfarm.web import pages, problems, request, tongue

THANKS = Phrase("done-fault-told", N_("Thank you. The office and whoever comes next know of it."))
_QUIET_MODULES: Final = 2
_A_ROW: Final = 2


class StickerElsewhere(Missing):
    """The sticker is real, and of another cooperative than the reader's."""

    code = "sticker-of-another-cooperative"
    words = N_(
        "This machine belongs to another cooperative than the one you are signed in to. Sign out "
        "or change the cooperative, and point the camera at it again."
    )


def settings() -> Settings:
    return cast(Settings, current_app.extensions["coopfarm_settings"])


@bp.get("/m/<tag>")
@request.open_to_all
def sticker(tag: str) -> ResponseReturnValue:
    """A machine, for whoever stands before it: how it stands, and what can be done"""
    return _page(_machine(tag), {}, {})


@bp.post("/m/<tag>/fault")
@request.open_to_all
def tell_fault(tag: str) -> ResponseReturnValue:
    """Tell of a fault, signed in or not; the photo may come with it"""
    machine, form = _machine(tag), request.form()
    known, now = request.who(), request.now()
    teller = actions.Teller(
        known.member_id if known else None, known.roles if known else frozenset(), now
    )
    try:
        report = _report()
        if known is None:
            _count(machine)
        actions.tell(request.session(), machine, report, teller)
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        again = _machine(tag)
        return _page(again, form, machine_form.problem(refusal)), problems.status_of(refusal)
    return pages.done(THANKS(), "equipment.sticker", tag=tag)


def _report() -> actions.Report:
    form, photo = request.form(), http.files.get("picture")
    return actions.Report(
        words=form.get("words", ""),
        can_work=form.get("can_work", "yes") != "no",
        phone=form.get("phone", "").strip(),
        picture=photo.read() if photo is not None and photo.filename else None,
    )


def _count(machine: Machine) -> None:
    """Raises TooManyReports; what was counted is kept."""
    refusal = actions.count(
        request.session(),
        machine,
        members_rules.network_of(request.address()),
        pepper=settings().pepper,
        now=request.now(),
    )
    if refusal is not None:
        request.keep_despite_refusal()
        raise refusal


def _machine(tag: str) -> Machine:
    """The machine of a sticker; the session is its cooperative's from here on.

    Raises Missing, StickerElsewhere.
    """
    found = stickers.by_tag(request.session(), tag)
    if found is None:
        raise Missing
    known = request.who()
    if known is not None and known.cooperative_id != found.cooperative_id:
        raise StickerElsewhere
    request.session().cooperative_id = found.cooperative_id
    return found


def _page(machine: Machine, sent: object, errors: dict[str, str]) -> str:
    session, now, known = request.session(), request.now(), request.who()
    standing = standings.standings(session, [machine], now)[machine.id]
    booking = standing.booking if known else None
    holder = members.member(session, booking.member_id) if booking else None
    latin = tongue.reads_latin()
    return pages.show(
        "equipment/sticker.html",
        machine=machine,
        name=asking.machine_name(machine),
        standing=standing,
        holder=holder.called(latin=latin) if holder else "",
        is_mine=bool(known and booking and booking.member_id == known.member_id),
        booking=booking,
        calls=standings.whom_to_call(session, machine.id, known.member_id, now, latin=latin)
        if known
        else (),
        faults=faults.open_of(session, [machine.id]).get(machine.id, ()),
        cares=bool(known) and cares_for(known.member_id, known.roles, machine.caretaker_id)
        if known
        else False,
        has_hand_over=asking.has("equipment.hand_over_at_machine"),
        has_booking=asking.has("equipment.choose_job"),
        sent=sent,
        errors=errors,
    )


@bp.get("/machines/stickers")
@request.allowed("manager", "agent", "caretaker")
def sheet_of_stickers() -> ResponseReturnValue:
    """Stickers to print, of all machines or of the one that is asked for"""
    found = fleet.machines(request.session())
    one = asking.identity("machine")
    chosen = [machine for machine in found if one in (None, machine.id)]
    rows = [chosen[at : at + _A_ROW] for at in range(0, len(chosen), _A_ROW)]
    page = pages.show(
        "equipment/stickers.html",
        rows=[[(machine, _qr(machine)) for machine in row] for row in rows],
        cooperative=request.me().cooperative_name,
    )
    return _unkept(page)


def _unkept(page: str) -> Response:
    """Stickers are secrets: no cache keeps them."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _qr(machine: Machine) -> Markup:
    base = settings().public_url or http.host_url.rstrip("/")
    address = f"{base.rstrip('/')}{url_for('equipment.sticker', tag=machine.tag)}"
    code = segno.make_qr(address, error="m")
    drawn = code.svg_inline(border=_QUIET_MODULES, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 (squares only: nothing of the address is in it as text)
