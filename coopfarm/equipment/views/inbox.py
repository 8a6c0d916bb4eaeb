"""The inbox of the office: what waits for its word, and where it set rules aside."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import deciding
from coopfarm.equipment.queries import exceptions, inbox
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.refusal import Missing
from coopfarm.kernel.words import N_, NN_, Phrase
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, tongue, written

APPROVED = Phrase(
    "done-approved",
    NN_(
        "Approved and booked. One other request was declined for it.",
        "Approved and booked. Other requests declined for it: %(declined)s.",
        by="declined",
    ),
)
DECLINED = Phrase("done-declined", N_("Declined. The member reads why."))


@pages.counted("equipment.inbox")
def waiting() -> int:
    return inbox.waiting(request.session())


@bp.get("/machines/inbox", endpoint="inbox")
@request.allowed(*OFFICE)
def show_inbox() -> ResponseReturnValue:
    """Every request that waits, the oldest first, with whom an approval would refuse"""
    found = inbox.pending(request.session(), now=request.now(), latin=tongue.reads_latin())
    return pages.show("equipment/inbox.html", pending=found, latin=tongue.reads_latin())


@bp.post("/machines/inbox/<uuid:booking_id>/approve")
@request.allowed(*OFFICE)
def approve(booking_id: UUID) -> ResponseReturnValue:
    """Have a request hold, and decline the rivals that were shown"""
    form = request.form()
    decision = deciding.approve(
        request.session(),
        booking_id,
        asking.whose(),
        seen=[_identity(one) for one in form.getlist("rivals")],
        override_reason=form.get("override_reason", ""),
    )
    return pages.done(APPROVED(declined=len(decision.declined)), "equipment.inbox")


@bp.post("/machines/inbox/<uuid:booking_id>/decline")
@request.allowed(*OFFICE)
def decline(booking_id: UUID) -> ResponseReturnValue:
    """Say no to a request, and why"""
    deciding.decline(
        request.session(), booking_id, asking.whose(), request.form().get("reason", "")
    )
    return pages.done(DECLINED(), "equipment.inbox")


@bp.get("/machines/exceptions", endpoint="exceptions")
@request.allowed()
def show_exceptions() -> ResponseReturnValue:
    """Where the office set a rule aside, and why, for everybody"""
    session, page = request.session(), written.page()
    found = exceptions.set_aside(session, page=page)
    counted = exceptions.tally(session, request.now() - exceptions.A_YEAR)
    people = members_by_id(session, {*counted.by_member, *counted.by_manager})
    latin = tongue.reads_latin()
    return pages.show(
        "equipment/overrides.html",
        found=found[: exceptions.A_PAGE],
        has_more=len(found) > exceptions.A_PAGE,
        page=page,
        tallies=[
            [(people[one].called(latin=latin), times) for one, times in tally.most_common()]
            for tally in (counted.by_member, counted.by_manager)
        ],
        latin=latin,
    )


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing from error
