"""The statement of a period: what everybody gave and received, netted, as page, print and CSV."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.spreadsheet import cell
from coopfarm.ledger import rules
from coopfarm.ledger.queries.entries import Cleared, statement
from coopfarm.ledger.rules.units import on_the_wire
from coopfarm.ledger.views.door import READERS, bp
from coopfarm.web import pages, request, times, tongue, words, written


@bp.get("/ledger/office/statement")
@request.allowed(*READERS)
def clearing() -> ResponseReturnValue:
    """The statement of a period"""
    return _shown("ledger/statement.html")


@bp.get("/ledger/office/statement/print")
@request.allowed(*READERS)
def clearing_on_paper() -> ResponseReturnValue:
    """The same on paper"""
    return _shown("ledger/statement_print.html")


@bp.get("/ledger/office/statement.csv")
@request.allowed(*READERS)
def clearing_as_table() -> Response:
    """The same as a table, amounts in hours and in the currency"""
    first, last, _ = _period()
    lines = io.StringIO()
    table = csv.writer(lines)
    heads = [f"{unit}_{what}" for unit in rules.UNITS for what in ("given", "received", "balance")]
    table.writerow(["number", "name", *heads])
    for one in statement(request.session(), first, last):
        name = one.member.called(latin=tongue.reads_latin())
        table.writerow([cell(one.member.number), cell(name), *_amounts(one)])
    head = {"Content-Disposition": f'attachment; filename="ledger-{first}-{last}.csv"'}
    return Response("\ufeff" + lines.getvalue(), mimetype="text/csv", headers=head)


def _amounts(one: Cleared) -> Sequence[float]:
    return [
        on_the_wire(unit, amount)
        for unit in rules.UNITS
        for amount in (
            one.tallies[unit].given,
            one.tallies[unit].received,
            one.stands.get(unit, 0),
        )
    ]


def _period() -> tuple[date, date, str]:
    """The days that were asked for, or the last thirty; and what was wrong with them."""
    today = times.local(request.now()).date()
    usual = today - timedelta(days=30), today
    if not http.args.get("from") and not http.args.get("to"):
        return *usual, ""
    try:
        first = written.day(http.args.get("from", ""), field="from")
        last = written.day(http.args.get("to", ""), field="to")
    except Invalid as refusal:
        return *usual, words.say(refusal.sentence)
    return min(first, last), max(first, last), ""


def _shown(template: str) -> str:
    first, last, error = _period()
    latin = tongue.reads_latin()
    found = statement(request.session(), first, last)
    units = [
        unit
        for unit in rules.UNITS
        if any(unit in one.stands or one.tallies[unit].given for one in found)
    ]
    return pages.show(
        template,
        first=first,
        last=last,
        error=error,
        units=units,
        rows=[(one, one.member.called(latin=latin)) for one in found],
        now=request.now(),
    )
