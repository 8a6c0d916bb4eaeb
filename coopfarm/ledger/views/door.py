"""The blueprint of the ledger's pages, and how entries are told on them."""

from typing import Final
from uuid import UUID

from flask import Blueprint

from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger import queries, rules
from coopfarm.ledger.actions import due
from coopfarm.ledger.queries.entries import Entry
from coopfarm.web import request, tongue, words

bp = Blueprint("ledger", __name__)

OFFICE: Final = tuple(sorted(queries.OFFICE))
READERS: Final = (*OFFICE, "auditor")
FUND_NAMES: Final = {
    "cooperative": Phrase("fund:cooperative", N_("the cooperative")),
    "upkeep": Phrase("fund:upkeep", N_("the upkeep fund")),
}
STATES: Final = {
    "claimed": Phrase("entry:claimed", N_("waits for the other side")),
    "confirmed": Phrase("entry:confirmed", N_("waits for another one")),
    "posted": Phrase("entry:posted", N_("counts")),
    "disputed": Phrase("entry:disputed", N_("the office looks at it")),
    "reversed": Phrase("entry:reversed", N_("taken back")),
}
# Pages and programs on which the ledger is read, by the beginning of their endpoints.
_SHOW_ENTRIES: Final = ("ledger.", "ledger_api.")


@bp.before_app_request
def let_stand_what_is_due() -> None:
    """One query where nothing is due. Else in a transaction of its own, before the act's."""
    known, endpoint = request.who(), request.endpoint() or ""
    if known is None or not endpoint.startswith(_SHOW_ENTRIES):
        return
    if due.is_due(request.session(), request.now()):
        # An act holds the writer's place of SQLite already; nothing of it is written yet.
        request.session().rollback()
        due.perform(request.database(), known.cooperative_id, request.now())


@bp.app_template_filter("owner_name")
def owner_name(owner: UUID | str, entry: Entry) -> str:
    """A member's name as this reader reads it, or the fund's."""
    if isinstance(owner, UUID):
        return entry.people[owner].called(latin=tongue.reads_latin())
    return words.say(FUND_NAMES[owner]())


@bp.app_template_filter("entry_state")
def entry_state(state: str) -> str:
    return words.say(STATES[state]())


@bp.app_template_filter("ledger_unit")
def ledger_unit(unit: str) -> str:
    return words.say(rules.UNITS[unit]())


@bp.app_template_filter("ledger_kind")
def ledger_kind(kind: str) -> str:
    return words.say(rules.KINDS[kind].name())


@bp.app_template_filter("amount_of")
def amount_of(amount: int, unit: str) -> str:
    """`6 h`, `120.5`: without its sign."""
    return words.say(rules.size(unit, amount))


@bp.app_template_filter("signed_amount_of")
def signed_amount_of(amount: int, unit: str) -> str:
    """`+6 h`, `−2 h`, `0`."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{words.say(rules.size(unit, amount))}" if amount else tongue.number(0)


@bp.app_template_filter("told_to")
def told_to(entry: Entry, amount: int) -> str:
    """An entry in a sentence, to who gave (+) or received (−) so much of it."""
    transfer = entry.transfer
    much = rules.so_much(transfer.unit, amount)
    return words.say(rules.sentence(transfer.kind, transfer.facts, much, gave=amount > 0))


@bp.app_template_filter("fund_name")
def fund_name(fund: str) -> str:
    return words.say(FUND_NAMES[fund]())
