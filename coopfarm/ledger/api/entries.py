"""Entries of the ledger for programs, the farmer's phone among them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.api.door import api
from coopfarm.ledger.models import Transfer
from coopfarm.ledger.queries import entries
from coopfarm.ledger.rules.units import from_wire
from coopfarm.ledger.schemas import (
    LedgerAccountSchema,
    LedgerAnswerSchema,
    LedgerClaimSchema,
    LedgerDeedSchema,
    LedgerEntrySchema,
    LedgerSaidSchema,
)
from coopfarm.web import request, times, words, written
from coopfarm.web.openapi import answer

OFFICE = tuple(sorted(queries.OFFICE))


@api.get("/ledger")
@request.allowed()
@api.gives(200, LedgerAccountSchema, "ETag")
def mine() -> Response:
    """What I gave and received, and the newest entries"""
    session, me = request.session(), request.me().member_id
    tallies = [
        {"unit": one.unit, "given": one.given, "received": one.received, "balance": one.ahead}
        for one in entries.tallies(session, me)
    ]
    found = entries.entries_of(session, me)[: entries.A_PAGE]
    return answer(
        LedgerAccountSchema(), {"tallies": tallies, "entries": [_told(one) for one in found]}
    )


@api.post("/ledger/claims")
@request.allowed()
@api.takes(LedgerClaimSchema)
@api.gives(201, LedgerEntrySchema)
def claim(sent: Mapping[str, Any]) -> Response:
    """Say what was given or received; the other side confirms it"""
    me, unit = request.me().member_id, sent["unit"]
    said = sent["words"].strip()
    if not said:
        raise rules.LedgerWordsMissing(field="words")
    amount = from_wire(unit, written.number(sent["amount"], field="amount"))
    if amount <= 0:
        raise rules.DeedUneven(field="amount")
    on = written.day(sent["on"], field="on")
    rules.check_day(on, times.local(request.now()).date())
    mine = amount if sent["way"] == "gave" else -amount
    lines = (Line(me, mine), Line(_owner(sent["whom"], "whom"), -mine))
    deed = Deed(unit, sent["kind"], lines, on, {"words": said})
    return _answer(actions.claim(request.session(), deed, by_id=me, now=request.now()), 201)


@api.get("/ledger/entries/<uuid:transfer_id>")
@request.allowed()
@api.gives(200, LedgerEntrySchema, "ETag")
def show(transfer_id: UUID) -> Response:
    """One entry, for who takes part and for the office"""
    me, session = request.me(), request.session()
    found = entries.entry(session, queries.transfer(session, transfer_id))
    takes_part = me.member_id in {line.owner for line in found.lines}
    if not takes_part and not me.roles & {*OFFICE, "auditor"}:
        raise rules.NotYourEntry
    return answer(LedgerEntrySchema(), _told(found))


@api.post("/ledger/entries/<uuid:transfer_id>/confirm")
@request.allowed()
@api.takes(LedgerAnswerSchema)
@api.gives(200, LedgerEntrySchema)
def confirm(_sent: Mapping[str, Any], transfer_id: UUID) -> Response:
    """Confirm it for my side"""
    me = request.me().member_id
    return _answer(actions.confirm(request.session(), transfer_id, by_id=me, now=request.now()))


@api.post("/ledger/entries/<uuid:transfer_id>/dispute")
@request.allowed()
@api.takes(LedgerSaidSchema)
@api.gives(200, LedgerEntrySchema)
def dispute(sent: Mapping[str, Any], transfer_id: UUID) -> Response:
    """Say that it was not so; the office decides"""
    me, said = request.me().member_id, sent["words"]
    return _answer(
        actions.dispute(request.session(), transfer_id, said, by_id=me, now=request.now())
    )


@api.post("/ledger/entries/<uuid:transfer_id>/reverse")
@request.allowed()
@api.takes(LedgerSaidSchema)
@api.gives(200, LedgerEntrySchema)
def reverse(sent: Mapping[str, Any], transfer_id: UUID) -> Response:
    """Take an entry back: one's own claim while it waits, or anything for the office"""
    me, said = request.me().member_id, sent["words"]
    return _answer(
        actions.reverse(request.session(), transfer_id, said, by_id=me, now=request.now())
    )


@api.post("/ledger/entries")
@request.allowed(*OFFICE)
@api.takes(LedgerDeedSchema)
@api.gives(201, LedgerEntrySchema)
def enter(sent: Mapping[str, Any]) -> Response:
    """Enter what was agreed, for two or for many; it counts at once"""
    rules.check_day(sent["on"], times.local(request.now()).date())
    lines = tuple(Line(_owner(one["owner"], "owner"), one["amount"]) for one in sent["lines"])
    deed = Deed(sent["unit"], sent["kind"], lines, sent["on"], {"words": sent["words"].strip()})
    me = request.me().member_id
    return _answer(actions.post(request.session(), deed, by_id=me, now=request.now()), 201)


def _owner(sent: str, field: str) -> UUID | str:
    if sent in rules.FUNDS:
        return sent
    try:
        return UUID(sent)
    except ValueError as error:
        raise rules.DeedUnknown(field=field, known=", ".join(rules.FUNDS)) from error


def _answer(transfer: Transfer, status: int = 200) -> Response:
    return answer(LedgerEntrySchema(), _told(entries.entry(request.session(), transfer)), status)


def _told(entry: entries.Entry) -> dict[str, Any]:
    transfer, me = entry.transfer, request.me().member_id
    mine = next((line.amount for line in entry.lines if line.owner == me), None)
    same = ("id", "unit", "kind", "state", "made_by", "made_at", "posts_at", "posted_at")
    return {
        **{name: getattr(transfer, name) for name in same},
        "on": transfer.happened_on,
        "lines": [{"owner": str(one.owner), "amount": one.amount} for one in entry.lines],
        "words": _in_words(transfer, mine),
    }


def _in_words(transfer: Transfer, mine: int | None) -> str:
    if mine is None:
        return str(transfer.facts.get("words", ""))
    much = rules.so_much(transfer.unit, mine)
    return words.say(rules.sentence(transfer.kind, transfer.facts, much, gave=mine > 0))
