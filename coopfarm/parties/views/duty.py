"""Duty: one's own part of a period, and everybody's for the office."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.parties.actions import duty as actions
from coopfarm.parties.queries import duty as known
from coopfarm.parties.rules.duty import BASES
from coopfarm.parties.rules.tasks import OFFICE
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, problems, request, written

_SPREAD = Phrase("duty-spread", N_("The work is spread: every member sees their part."))


@bp.get("/duty")
@request.allowed()
def my_duty() -> ResponseReturnValue:
    """My part of the work of a period: owed, done, excused, substituted, paid"""
    session, zone, me = request.session(), request.zone(), request.me().member_id
    found = [
        (period, stands)
        for period in known.periods(session)
        if (stands := known.of_member(session, period, me, zone)) is not None
    ]
    return pages.show("parties/duty.html", periods=found)


@bp.get("/duty/office")
@request.allowed(*OFFICE)
def duty_office() -> ResponseReturnValue:
    """The periods, and a form to spread the work of another"""
    return _page({}, None)


@bp.post("/duty/office")
@request.allowed(*OFFICE)
def spread_duty() -> ResponseReturnValue:
    """Spread the work of a period over the members"""
    try:
        found = actions.spread(request.session(), _new(request.form()), asking.who())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(request.form(), refusal), problems.status_of(refusal)
    return pages.done(_SPREAD(), "parties.duty_period", period_id=found.id)


@bp.get("/duty/office/<uuid:period_id>")
@request.allowed(*OFFICE)
def duty_period(period_id: UUID) -> ResponseReturnValue:
    """Everybody's part of a period, who has most to do first"""
    session = request.session()
    found = known.period(session, period_id)
    rows = known.of_period(session, found, request.zone())
    return pages.show("parties/duty_period.html", period=found, rows=rows)


def _new(form: Mapping[str, str]) -> actions.NewPeriod:
    name = form.get("name", "").strip()
    if not name:
        raise written.FieldMissing(field="name")
    return actions.NewPeriod(
        name=name[:120],
        first_day=written.day(form.get("first_day", ""), field="first_day"),
        last_day=written.day(form.get("last_day", ""), field="last_day"),
        hours=written.number(form.get("hours", ""), field="hours"),
        basis=form.get("basis", ""),
    )


def _page(sent: Mapping[str, Any], refusal: Refusal | None) -> str:
    return pages.show(
        "parties/duty_office.html",
        periods=known.periods(request.session()),
        bases=[(one, asking.in_words(one, "duty_basis")) for one in BASES],
        sent=sent,
        errors=asking.errors(refusal, "basis"),
    )
