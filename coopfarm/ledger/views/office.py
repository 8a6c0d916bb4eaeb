"""The ledger in the office: every account, what waits, and entries of the office itself."""

from collections.abc import Mapping
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.queries import entries
from coopfarm.ledger.views.door import OFFICE, READERS, bp
from coopfarm.ledger.views.mine import amount_in, errors_of, other_in, owners
from coopfarm.web import pages, problems, request, times, tongue, words, written

_ENTERED = Phrase("ledger-entered", N_("Entered. Both sides can read it now."))
_SETTLED = Phrase("ledger-settled", N_("%(name)s is at zero in every unit."))
_PASSED_ON = Phrase("ledger-passed-on", N_("Passed on. It can be taken back, entry by entry."))
_KINDS = ("payment", "favour", "water", "sanction", "relief")


@pages.counted("ledger.accounts")
def waiting_for_the_office() -> int:
    return entries.how_many_wait(request.session())


@bp.get("/ledger/office")
@request.allowed(*READERS)
def accounts() -> ResponseReturnValue:
    """Every account in every unit, with the funds"""
    session, latin = request.session(), tongue.reads_latin()
    stands = {unit: queries.balances(session, unit) for unit in rules.UNITS}
    people = queries.acting(session).values()
    return pages.show(
        "ledger/accounts.html",
        units=[*rules.UNITS],
        rows=[
            (one, one.called(latin=latin), {unit: stands[unit].get(one.id, 0) for unit in stands})
            for one in people
        ],
        funds={
            fund: {unit: queries.fund_balances(session, unit).get(fund, 0) for unit in rules.UNITS}
            for fund in rules.FUNDS
        },
        waits=entries.how_many_wait(session),
        is_office=bool(request.me().roles & set(OFFICE)),
    )


@bp.get("/ledger/office/waiting")
@request.allowed(*READERS)
def waiting() -> ResponseReturnValue:
    """Claims that wait for somebody, and what is disputed"""
    return pages.show("ledger/waiting.html", entries=entries.waiting(request.session()))


@bp.get("/ledger/office/new")
@request.allowed(*OFFICE)
def new_entry() -> ResponseReturnValue:
    """The form to enter what both sides signed on paper, or what the office paid"""
    return _form({"on": f"{times.local(request.now()):%Y-%m-%d}"})


@bp.post("/ledger/office/new")
@request.allowed(*OFFICE)
def enter() -> ResponseReturnValue:
    """Enter it; it counts at once"""
    form = request.form()
    try:
        deed = _entered(form)
        actions.post(request.session(), deed, by_id=request.me().member_id, now=request.now())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _form(form, refusal), problems.status_of(refusal)
    return pages.done(_ENTERED(), "ledger.accounts")


@bp.get("/ledger/office/leaving")
@request.allowed(*OFFICE)
def leaving() -> ResponseReturnValue:
    """Members who leave, and what is still open with them"""
    session, latin = request.session(), tongue.reads_latin()
    people = [one for one in queries.acting(session).values() if one.state == "leaving"]
    rows = [(one, one.called(latin=latin), queries.all_balances(session, one.id)) for one in people]
    return pages.show("ledger/leaving.html", rows=rows, units=[*rules.UNITS])


@bp.post("/ledger/office/leaving/<uuid:member_id>")
@request.allowed(*OFFICE)
def settle(member_id: UUID) -> ResponseReturnValue:
    """Bring who leaves to zero, against the cooperative"""
    session = request.session()
    actions.settle(session, member_id, by_id=request.me().member_id, now=request.now())
    name = queries.acting(session)[member_id].called(latin=tongue.reads_latin())
    return pages.done(_SETTLED(name=name), "ledger.leaving")


@bp.get("/ledger/office/idle")
@request.allowed(*OFFICE)
def idle() -> ResponseReturnValue:
    """What lies idle by the members' rule, and what would become of it"""
    session = request.session()
    return pages.show(
        "ledger/idle.html",
        deeds=actions.idle_deeds(session, request.now()),
        terms=queries.terms(session),
        people={
            one.id: one.called(latin=tongue.reads_latin())
            for one in queries.acting(session).values()
        },
    )


@bp.post("/ledger/office/idle")
@request.allowed(*OFFICE)
def pass_on_idle() -> ResponseReturnValue:
    """Give it on, or share it out; each entry can be taken back"""
    actions.pass_on_idle(request.session(), by_id=request.me().member_id, now=request.now())
    return pages.done(_PASSED_ON(), "ledger.accounts")


def _entered(form: Mapping[str, str]) -> Deed:
    unit, kind = form.get("unit", ""), form.get("kind", "")
    if unit not in rules.UNITS:
        raise rules.DeedUnknown(field="unit", known=", ".join(rules.UNITS))
    if kind not in _KINDS:
        raise rules.DeedUnknown(field="kind", known=", ".join(_KINDS))
    said = form.get("words", "").strip()[: rules.LONGEST_WORDS]
    if not said:
        raise rules.LedgerWordsMissing(field="words")
    amount = amount_in(form, unit)
    on = written.day(form.get("on", ""), field="on")
    rules.check_day(on, times.local(request.now()).date())
    lines = (Line(other_in(form, "giver"), amount), Line(other_in(form, "receiver"), -amount))
    return Deed(unit, kind, lines, on, {"words": said})


def _form(sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    return pages.show(
        "ledger/enter.html",
        sent=sent,
        errors=errors_of(refusal, "giver"),
        owners=owners(),
        kinds=[(kind, words.say(rules.KINDS[kind].name())) for kind in _KINDS],
    )
