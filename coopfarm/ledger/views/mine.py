"""What I gave and received, and what waits for my word."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, Missing, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.queries import entries
from coopfarm.ledger.rules.units import from_wire
from coopfarm.ledger.views.door import FUND_NAMES, OFFICE, READERS, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, problems, request, times, tongue, words, written

_CLAIMED = Phrase("ledger-claimed", N_("Written down. It counts once the other side confirms it."))
_CONFIRMED = Phrase("ledger-confirmed", N_("Confirmed. It counts from now on."))
_HALF = Phrase("ledger-half", N_("Confirmed by you; others are still asked."))
_DISPUTED = Phrase("ledger-disputed", N_("The office reads what you say and decides."))
_TAKEN_BACK = Phrase("ledger-taken-back", N_("Taken back."))
CLAIM_KINDS: Final = tuple(name for name, kind in rules.KINDS.items() if kind.by_members)
_GAVE: Final = "gave"


@bp.get("/ledger")
@request.allowed()
def mine() -> ResponseReturnValue:
    """What I gave and received, each entry in a sentence"""
    return account_page(request.me().member_id)


@bp.get("/ledger/members/<uuid:member_id>")
@request.allowed(*READERS)
def member(member_id: UUID) -> ResponseReturnValue:
    """The same page of any member, for the office"""
    return account_page(member_id)


def account_page(member_id: UUID) -> str:
    session, page = request.session(), written.page()
    found = members_by_id(session, [member_id])
    if member_id not in found:
        raise Missing
    shown = entries.entries_of(session, member_id, page)
    return pages.show(
        "ledger/mine.html",
        whose=found[member_id],
        name=found[member_id].called(latin=tongue.reads_latin()),
        is_mine=member_id == request.me().member_id,
        tallies=entries.tallies(session, member_id),
        terms=queries.terms(session),
        waiting=entries.waiting_for(session, member_id) if page == 1 else [],
        entries=[one for one in shown[: entries.A_PAGE] if one.transfer.posted_at],
        page=page,
        has_more=len(shown) > entries.A_PAGE,
    )


@bp.get("/ledger/new")
@request.allowed()
def new() -> ResponseReturnValue:
    """The form to say what was given or received"""
    return _form({"on": f"{times.local(request.now()):%Y-%m-%d}"})


@bp.post("/ledger/new")
@request.allowed()
def claim() -> ResponseReturnValue:
    """Say what was given or received; the other side confirms it"""
    form = request.form()
    try:
        deed = _claimed(form)
        actions.claim(request.session(), deed, by_id=request.me().member_id, now=request.now())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(form, refusal), problems.status_of(refusal)
    return pages.done(_CLAIMED(), "ledger.mine")


@bp.get("/ledger/entries/<uuid:transfer_id>")
@request.allowed()
def entry(transfer_id: UUID) -> ResponseReturnValue:
    """One entry: who gave, who received, who confirmed it, and what can be done"""
    return _entry(transfer_id)


@bp.post("/ledger/entries/<uuid:transfer_id>/confirm")
@request.allowed()
def confirm(transfer_id: UUID) -> ResponseReturnValue:
    """Confirm it for my side"""
    me, session = request.me(), request.session()
    try:
        found = actions.confirm(session, transfer_id, by_id=me.member_id, now=request.now())
    except Conflict as refusal:
        return _entry(transfer_id, refusal)
    said = _CONFIRMED() if found.state == "posted" else _HALF()
    return pages.done(said, "ledger.entry", transfer_id=transfer_id)


@bp.post("/ledger/entries/<uuid:transfer_id>/dispute")
@request.allowed()
def dispute(transfer_id: UUID) -> ResponseReturnValue:
    """Say that it was not so; the office decides"""
    said, me = request.form().get("words", "").strip(), request.me().member_id
    try:
        actions.dispute(request.session(), transfer_id, said, by_id=me, now=request.now())
    except (Invalid, Conflict) as refusal:
        return _entry(transfer_id, refusal)
    return pages.done(_DISPUTED(), "ledger.entry", transfer_id=transfer_id)


@bp.post("/ledger/entries/<uuid:transfer_id>/reverse")
@request.allowed()
def reverse(transfer_id: UUID) -> ResponseReturnValue:
    """Take an entry back: one's own claim while it waits, or anything for the office"""
    said, me = request.form().get("words", "").strip(), request.me().member_id
    try:
        actions.reverse(request.session(), transfer_id, said, by_id=me, now=request.now())
    except (Invalid, Conflict) as refusal:
        return _entry(transfer_id, refusal)
    return pages.done(_TAKEN_BACK(), "ledger.entry", transfer_id=transfer_id)


def _claimed(form: Mapping[str, str]) -> Deed:
    """What the form says. Raises Invalid kinds that name their field."""
    unit, kind = form.get("unit", ""), form.get("kind", "favour")
    if unit not in rules.UNITS:
        raise rules.DeedUnknown(field="unit", known=", ".join(rules.UNITS))
    if kind not in CLAIM_KINDS:
        raise rules.DeedUnknown(field="kind", known=", ".join(CLAIM_KINDS))
    said = form.get("words", "").strip()[: rules.LONGEST_WORDS]
    if not said:
        raise rules.LedgerWordsMissing(field="words")
    amount = amount_in(form, unit)
    on = written.day(form.get("on", ""), field="on")
    rules.check_day(on, times.local(request.now()).date())
    mine = amount if form.get("way") == _GAVE else -amount
    lines = (Line(request.me().member_id, mine), Line(other_in(form, "whom"), -mine))
    return Deed(unit, kind, lines, on, {"words": said})


def amount_in(form: Mapping[str, str], unit: str) -> int:
    """The amount in the unit's smallest step. Raises NotANumber, FieldMissing, DeedUneven."""
    number = written.number(form.get("amount", ""), field="amount")
    if abs(number) > rules.MOST:
        raise rules.DeedTooLarge(field="amount")
    amount = from_wire(unit, number)
    if amount <= 0:
        raise rules.DeedUneven(field="amount")
    return amount


def other_in(form: Mapping[str, str], name: str) -> UUID | str:
    """A member's id, or the name of a fund. Raises FieldMissing and Missing."""
    sent = form.get(name, "")
    if sent in rules.FUNDS:
        return sent
    try:
        found = UUID(sent)
    except ValueError as error:
        raise written.FieldMissing(field=name) from error
    if not members_by_id(request.session(), [found]):
        raise Missing
    return found


def owners(*, but: UUID | None = None) -> list[tuple[str, str]]:
    """Everybody who can take part, and the funds, as a form chooses among them."""
    latin = tongue.reads_latin()
    funds = [(fund, words.say(FUND_NAMES[fund]())) for fund in rules.FUNDS]
    people = queries.acting(request.session()).values()
    named = [(str(one.id), one.listed(latin=latin)) for one in people]
    return [*funds, *(one for one in named if one[0] != str(but))]


def _form(sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    me = request.me()
    return pages.show(
        "ledger/new.html",
        sent=sent,
        errors=errors_of(refusal, "whom"),
        owners=owners(but=me.member_id),
        kinds=CLAIM_KINDS,
        days=queries.terms(request.session()).confirm_days,
    )


def errors_of(refusal: Refusal | None, otherwise: str) -> dict[str, str]:
    return {refusal.field or otherwise: words.say(refusal.sentence)} if refusal else {}


def _entry(transfer_id: UUID, refusal: Refusal | None = None) -> ResponseReturnValue:
    me, session = request.me(), request.session()
    if refusal is not None:
        session.rollback()
    found = entries.entry(session, queries.transfer(session, transfer_id))
    mine = next((line.amount for line in found.lines if line.owner == me.member_id), None)
    if mine is None and not me.roles & set(READERS):
        raise rules.NotYourEntry
    is_office = bool(me.roles & set(OFFICE))
    shown = pages.show(
        "ledger/entry.html",
        entry=found,
        mine=mine,
        is_office=is_office,
        may=_may(found, me.member_id, mine, is_office=is_office),
        errors=errors_of(refusal, "words"),
        sent=request.form() if refusal else {},
    )
    return shown, problems.status_of(refusal) if refusal else 200


def _may(
    found: entries.Entry, member_id: UUID, mine: int | None, *, is_office: bool
) -> dict[str, bool]:
    """What can follow, for who asks."""
    transfer = found.transfer
    waits = transfer.state in ("claimed", "confirmed")
    for_fund = is_office and mine is None and any(isinstance(x.owner, str) for x in found.lines)
    takes_part = mine is not None or is_office
    return {
        "confirm": waits
        and transfer.made_by != member_id
        and (found.awaits(member_id) or (for_fund and "office" not in transfer.signed)),
        "settle": transfer.state == "disputed"
        and is_office
        and mine is None
        and transfer.disputed_by != member_id,
        "dispute": takes_part
        and transfer.reverses_id is None
        and (transfer.state == "posted" or (waits and transfer.made_by != member_id)),
        "reverse": transfer.state != "reversed"
        and transfer.reverses_id is None
        and (is_office or (transfer.posted_at is None and transfer.made_by == member_id)),
    }
