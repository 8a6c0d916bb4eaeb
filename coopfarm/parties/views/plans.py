"""Who is to be asked: worked out, read with its reasons, and asked; the rules it goes by."""

from typing import Any, Final
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, NN_, Phrase
from coopfarm.parties.actions import calling
from coopfarm.parties.planner import asking as planner
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.policy import MOST_PARTIES, MOST_RATE, Terms
from coopfarm.parties.rules.tasks import OFFICE
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, problems, request, tongue, written

_ASKED = Phrase(
    "party-plan-asked",
    NN_("One member is asked.", "%(count)s members are asked.", "count"),
)
_RULES = Phrase("party-rules-kept", N_("These rules are in force."))
_HOURS: Final = ("friday_from", "friday_until", "ramadan_until")


@bp.post("/parties/plans")
@request.allowed(*OFFICE)
def draft_plan() -> ResponseReturnValue:
    """Work out who is asked to the open places of the parties ahead"""
    found = planner.draft(request.session(), asking.who())
    return pages.go(url_for("parties.plan", party_plan_id=found.id))


@bp.get("/parties/plans/<uuid:party_plan_id>")
@request.allowed(*OFFICE)
def plan(party_plan_id: UUID) -> ResponseReturnValue:
    """Who would be asked to what and why, what stays open and what would fill it"""
    session = request.session()
    found = planner.one(session, party_plan_id)
    ids = [UUID(party) for run in found.runs for party in run["plan"]["crews"]]
    parties = [known.party(session, one) for one in ids]
    latin = tongue.reads_latin()
    people = {one.number: one.called(latin=latin) for one in known.members_active(session)}
    return pages.show(
        "parties/plan.html",
        plan=found,
        runs=[(run, party) for run in found.runs for party in _of(run, parties)],
        names=people,
        titles=asking.titles(parties),
    )


@bp.post("/parties/plans/<uuid:party_plan_id>/ask")
@request.allowed(*OFFICE)
def ask_plan(party_plan_id: UUID) -> ResponseReturnValue:
    """Ask the members of a plan that holds"""
    count = planner.ask(request.session(), party_plan_id, asking.who())
    return pages.done(_ASKED(count=count), "parties.office")


@bp.get("/parties/rules")
@request.allowed()
def terms() -> ResponseReturnValue:
    """The rules of work parties: hours of prayer, the rate of an hour, how often one is asked"""
    return _page(None)


@bp.post("/parties/rules")
@request.allowed("manager")
def set_terms() -> ResponseReturnValue:
    """Put other rules in force, with a reason that everybody reads"""
    try:
        calling.set_terms(
            request.session(), _sent(), request.form().get("reason", ""), asking.who()
        )
    except Invalid as refusal:
        request.session().rollback()
        return _page(refusal), problems.status_of(refusal)
    return pages.done(_RULES(), "parties.terms")


def _of(run: dict[str, Any], parties: list[Any]) -> list[Any]:
    return [one for one in parties if str(one.id) in run["plan"]["crews"]]


def _sent() -> Terms:
    form = request.form()
    hours = {name: form.get(name, "").strip() for name in _HOURS}
    told = {
        name: f"{written.hour(text, field=name):%H:%M}" if text else ""
        for name, text in hours.items()
    }
    limit = whole(form.get("limit", ""), MOST_PARTIES)
    if not limit:
        raise no.PartyAmount(field="limit", least=1, most=MOST_PARTIES)
    rate = written.number(form.get("rate", "") or "0", field="rate")
    if not 0 <= rate <= MOST_RATE:
        raise no.PartyAmount(field="rate", least=0, most=MOST_RATE)
    return Terms(
        told["friday_from"],
        told["friday_until"],
        told["ramadan_until"],
        rate_hundredths=round(rate * 100),
        limit=limit,
    )


def _page(refusal: Refusal | None) -> str:
    found = known.terms(request.session())
    rate = tongue.number(found.rate_hundredths / 100, 2)
    held = {**found.as_json(), "rate": f"{found.rate_hundredths / 100:g}"}
    return pages.show(
        "parties/terms.html",
        terms=found,
        rate=rate,
        versions=known.policies(request.session()),
        may_change="manager" in request.me().roles,
        sent=request.form() if refusal else held,
        errors=asking.errors(refusal, "limit"),
    )
