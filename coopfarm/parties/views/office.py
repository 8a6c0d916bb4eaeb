"""Work parties for the office: called, looked after, credited, called off; their rules."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.queries import network
from coopfarm.land.queries import plots as land
from coopfarm.parties.actions import calling, day
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules.crew import MOST_PLACES, NewParty
from coopfarm.parties.rules.tasks import LEADING, OFFICE, RUNS, SKILLS, STATES, TASKS
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, problems, request, written

_CALLED = Phrase(
    "party-called", N_("The work party is called. Ask members to it, or let them join.")
)
_CANCELLED = Phrase("party-cancelled", N_("The work party is called off."))
_CREDITED = Phrase("party-credited", N_("The hours are in the ledger."))
_PAID = Phrase("party-paid", N_("The money is in the ledger, and the duty counts as done."))
_DECLINED = Phrase("party-excuse-declined", N_("Kept: it counts as not come."))
_LEADERS = Phrase("party-leaders-kept", N_("Kept: %(name)s."))
_BACK: Final = timedelta(days=120)
_ALL: Final = tuple(STATES)
_MOST_PLOTS: Final = 500


@bp.get("/parties/office")
@request.allowed(*OFFICE)
def office() -> ResponseReturnValue:
    """Every work party: ahead, to be credited, of late"""
    session, now = request.session(), request.now()
    found = known.parties(session, _ALL, now - _BACK)
    return pages.show(
        "parties/office.html",
        ahead=[one for one in found if one.state in RUNS],
        to_credit=[one for one in found if one.state == "done"],
        past=[one for one in found if one.state in ("credited", "cancelled")][::-1],
        taken=known.taken(session, [one.id for one in found]),
        may_plan=any(one.state == "open" and one.cut_off_at > now for one in found),
    )


@bp.get("/parties/office/new")
@request.allowed(*OFFICE)
def new_party() -> ResponseReturnValue:
    """Call a work party: what, where, when, how many"""
    return _form({}, None)


@bp.post("/parties/office")
@request.allowed(*OFFICE)
def call_party() -> ResponseReturnValue:
    """Keep a work party that is called"""
    try:
        found = calling.call(request.session(), _new(request.form()), asking.who())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(request.form(), refusal), problems.status_of(refusal)
    return pages.done(_CALLED(), "parties.office_party", party_id=found.id)


@bp.get("/parties/office/<uuid:party_id>")
@request.allowed(*OFFICE)
def office_party(party_id: UUID) -> ResponseReturnValue:
    """One work party: the crew and why, excuses, money, and the hours to credit"""
    session = request.session()
    found = known.party(session, party_id)
    seats = known.crew(session, party_id, only_live=False)
    return pages.show(
        "parties/office_party.html",
        party=found,
        seats=seats,
        taken=known.taken(session, [found.id])[found.id],
        plots=known.plots(session, party_id),
        titles=asking.titles([found]),
        witnesses=[one.member for one in seats if one.place.state == "present"],
        runs=found.state in RUNS,
    )


@bp.post("/parties/office/<uuid:party_id>/cancel")
@request.allowed(*OFFICE)
def cancel_party(party_id: UUID) -> ResponseReturnValue:
    """Call a work party off"""
    calling.cancel(request.session(), party_id, request.form().get("reason", ""), asking.who())
    return pages.done(_CANCELLED(), "parties.office_party", party_id=party_id)


@bp.post("/parties/office/<uuid:party_id>/credit")
@request.allowed(*OFFICE)
def credit_party(party_id: UUID) -> ResponseReturnValue:
    """Enter the hours of a work party into the ledger, once"""
    day.credit(request.session(), party_id, asking.who())
    return pages.done(_CREDITED(), "parties.office_party", party_id=party_id)


@bp.post("/parties/places/<uuid:place_id>/paid")
@request.allowed("manager", "treasurer")
def receive_cash(place_id: UUID) -> ResponseReturnValue:
    """Enter money that came in place of work, once"""
    place = day.receive_cash(request.session(), place_id, asking.who())
    return pages.done(_PAID(), "parties.office_party", party_id=place.party_id)


@bp.post("/parties/places/<uuid:place_id>/decline-excuse")
@request.allowed("manager")
def decline_excuse(place_id: UUID) -> ResponseReturnValue:
    """Not take an excuse, with a witness"""
    witness = asking.identity(request.form().get("witness", ""))
    place = day.decline_excuse(request.session(), place_id, witness, asking.who())
    return pages.done(_DECLINED(), "parties.office_party", party_id=place.party_id)


@bp.get("/parties/office/leaders")
@request.allowed(*OFFICE)
def leaders() -> ResponseReturnValue:
    """Who may lead a crew, and who has which skill"""
    session = request.session()
    people = known.members_active(session)
    return pages.show(
        "parties/leaders.html",
        people=people,
        skills=known.skills(session, [one.id for one in people]),
        may_lead=known.may_lead(session),
    )


@bp.post("/parties/office/leaders")
@request.allowed(*OFFICE)
def keep_leader() -> ResponseReturnValue:
    """Let a member lead crews, or no longer"""
    session, form, who = request.session(), request.form(), asking.who()
    member_id = asking.identity(form.get("member", ""))
    member = next((one for one in known.members_active(session) if one.id == member_id), None)
    if member is None:
        raise written.FieldMissing(field="member")
    has = frozenset(known.skills(session, [member.id])[member.id])
    wanted = has | {LEADING} if form.get("leads") == "yes" else has - {LEADING}
    calling.set_skills(session, member.id, wanted, who)
    return pages.done(_LEADERS(name=member.name), "parties.leaders")


def _form(sent: Mapping[str, Any], refusal: Refusal | None) -> str:
    session = request.session()
    return pages.show(
        "parties/new.html",
        sent=sent,
        errors=asking.errors(refusal),
        tasks=[(one, asking.in_words(one, "task")) for one in TASKS],
        skills=[(one, asking.in_words(one, "skill")) for one in SKILLS if one != LEADING],
        canals=[(str(one.id), one.name or one.code) for one in network.canals(session)],
        holders=[(str(one.id), f"{one.name} · {one.number}") for one in land.holders(session)],
    )


def _new(form: Mapping[str, str]) -> NewParty:
    """What was sent. Raises FieldMissing, NotADay, NotAnHour, NotANumber and PartyTimes."""
    on = written.day(form.get("on", ""), field="on")
    during = _during(form, on)
    cut_off = form.get("cut_off", "").strip()
    title = form.get("title", "").strip()
    if not title:
        raise written.FieldMissing(field="title")
    return NewParty(
        task=form.get("task", ""),
        title=title[:120],
        during=during,
        cut_off_at=_moment(form, "cut_off", on - timedelta(days=1)) if cut_off else during.start,
        places=whole(form.get("places", ""), MOST_PLACES) or 0,
        credit_minutes=round(written.number(form.get("hours", ""), field="hours") * 60),
        skills=_skills(form),
        words=form.get("words", "").strip()[:500],
        meeting_place=form.get("meeting_place", "").strip()[:120],
        tools=form.get("tools", "").strip()[:300],
        canal_id=_canal(form),
        holder_id=asking.identity(form.get("holder_id", "")),
        plot_ids=_plots(form.get("plots", "")),
    )


def _during(form: Mapping[str, str], on: date) -> Interval:
    starts = _moment(form, "starts", on)
    ends = written.hour(form.get("ends", ""), field="ends")
    last = on if ends > written.hour(form["starts"], field="starts") else on + timedelta(days=1)
    return Interval(starts, written.moment(last, ends, request.zone(), field="ends"))


def _moment(form: Mapping[str, str], name: str, on: date) -> datetime:
    return written.moment(
        on, written.hour(form.get(name, ""), field=name), request.zone(), field=name
    )


def _skills(form: Mapping[str, str]) -> dict[str, int]:
    counts = {one: whole(form.get(f"skill_{one}", ""), MOST_PLACES) or 0 for one in SKILLS}
    return {one: count for one, count in counts.items() if count}


def _canal(form: Mapping[str, str]) -> UUID | None:
    """One of ours. Raises Missing."""
    wanted = asking.identity(form.get("canal_id", ""))
    return network.canal(request.session(), wanted).id if wanted else None


def _plots(text: str) -> tuple[UUID, ...]:
    """Plots by their codes, parted by spaces or commas. Raises PartyChoice."""
    codes = text.replace("،", " ").replace(",", " ").split()[:_MOST_PLOTS]
    return known.plots_called(request.session(), codes)
