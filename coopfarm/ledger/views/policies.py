"""What the members agreed on about the ledger, in versions."""

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.queries import entries
from coopfarm.ledger.rules.policy import IDLE, NEWCOMERS
from coopfarm.ledger.rules.units import from_wire, on_the_wire
from coopfarm.ledger.views.door import OFFICE, READERS, bp
from coopfarm.ledger.views.mine import errors_of
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, problems, request, tongue, words, written

_DECIDED = Phrase("ledger-decided", N_("Version %(version)s is in force from now on."))
_LARGEST = 100_000


@bp.get("/ledger/office/rules")
@request.allowed(*READERS)
def terms() -> ResponseReturnValue:
    """The rules in force, those before them, and the form to change them"""
    return _page(_sent(queries.terms(request.session())))


@bp.post("/ledger/office/rules")
@request.allowed(*OFFICE)
def decide() -> ResponseReturnValue:
    """Put other rules in force, with the reason"""
    form = request.form()
    try:
        decided = actions.decide(
            request.session(),
            _terms(form),
            form.get("reason", ""),
            by_id=request.me().member_id,
            now=request.now(),
        )
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(form, refusal), problems.status_of(refusal)
    return pages.done(_DECIDED(version=decided.version), "ledger.terms")


def _terms(form: Mapping[str, str]) -> rules.Terms:
    limits, above = {}, {}
    for unit in rules.UNITS:
        low, high, floor = (_steps(form, f"{unit}-{end}", unit) for end in ("low", "high", "floor"))
        limits[unit] = rules.Bounds(-low, high, -floor)
        above[unit] = _steps(form, f"{unit}-idle", unit)
    return rules.Terms(
        limits=limits,
        confirm_days=whole(form.get("confirm_days", ""), _LARGEST) or 0,
        newcomers=form.get("newcomers", ""),
        idle=form.get("idle", ""),
        idle_months=whole(form.get("idle_months", ""), _LARGEST) or 0,
        idle_above=above,
        version=whole(form.get("version", ""), _LARGEST) or 0,
    )


def _steps(form: Mapping[str, str], name: str, unit: str) -> int:
    number = written.number(form.get(name, ""), field=name)
    if not 0 <= number <= rules.MOST:
        raise rules.DeedTooLarge(field=name)
    return from_wire(unit, number)


def _sent(terms: rules.Terms) -> dict[str, str]:
    """The rules as the form shows them; what is received is written without its sign."""
    sent = {
        "confirm_days": str(terms.confirm_days),
        "newcomers": terms.newcomers,
        "idle": terms.idle,
        "idle_months": str(terms.idle_months),
        "version": str(terms.version),
    }
    for unit, bounds in terms.limits.items():
        amounts = {"low": -bounds.low, "high": bounds.high, "floor": -bounds.floor}
        amounts["idle"] = terms.idle_above.get(unit, 0)
        sent |= {f"{unit}-{n}": f"{on_the_wire(unit, a):g}" for n, a in amounts.items()}
    return sent


def _page(sent: Mapping[str, str], refusal: Refusal | None = None) -> str:
    session = request.session()
    versions = entries.versions(session)
    people = members_by_id(session, [one.made_by for one in versions])
    latin = tongue.reads_latin()
    return pages.show(
        "ledger/rules.html",
        sent=sent,
        errors=errors_of(refusal, "reason"),
        terms=queries.terms(session),
        versions=versions,
        names={one: member.called(latin=latin) for one, member in people.items()},
        newcomers=[(name, words.say(phrase())) for name, phrase in NEWCOMERS.items()],
        idle=[(name, words.say(phrase())) for name, phrase in IDLE.items()],
        may_decide=bool(request.me().roles & set(OFFICE)),
    )
