"""The report of a season: seen first, then taken out as a PDF with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.interval import Interval
from coopfarm.maps.actions import exporting
from coopfarm.maps.actions.exporting import REASON_LETTERS
from coopfarm.maps.queries import exports
from coopfarm.maps.queries import season as queries
from coopfarm.maps.queries.season import Found, Part
from coopfarm.maps.rules import days
from coopfarm.maps.rules import season as rules
from coopfarm.maps.rules.season import Season
from coopfarm.maps.rules.suppressing import FEWEST_HOUSEHOLDS
from coopfarm.maps.views import asking
from coopfarm.maps.views.door import bp
from coopfarm.members.rules import sight
from coopfarm.planning import fairness
from coopfarm.web import pages, paper, request, tongue, written

TAKES: Final = ("manager", "officer")
# So many members have a line each, and the report stays within four sheets.
MOST_MEMBERS: Final = 80
_FETCHED_WITHIN: Final = timedelta(minutes=15)
_VERB: Final = "season.report"


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly the part of its need that each household got lies over all of them."""

    households: int
    least: float
    gini: float
    jain: float


@bp.get("/map/season")
@request.allowed(*TAKES)
def season_page() -> ResponseReturnValue:
    """The report of a season as it would be printed, and the form to take it out"""
    season = _asked(request.asked("from"), request.asked("to"))
    return pages.show("maps/season.html", reason_letters=REASON_LETTERS, **_told(season))


@bp.post("/map/season")
@request.allowed(*TAKES)
def take_season_out() -> ResponseReturnValue:
    """Take the report of a season out as a PDF: written down with its reason"""
    form = request.form()
    season = _asked(form.get("from", ""), form.get("to", ""))
    reason = form.get("reason", "").strip()[:REASON_LETTERS]
    if not reason:
        raise written.FieldMissing(field="reason")
    me = request.me().member_id
    exporting.take_season_out(request.session(), season, reason, me, request.now())
    return redirect(url_for("maps.season_pdf"), 303)


@bp.get("/map/season.pdf")
@request.allowed(*TAKES)
def season_pdf() -> ResponseReturnValue:
    """The report that was asked for last, for a quarter of an hour"""
    since = request.now() - _FETCHED_WITHIN
    asked = exports.last_wish(request.session(), request.me().member_id, since, _VERB)
    if asked is None:
        return redirect(url_for("maps.season_page"), 303)
    season = _asked(asked["from"], asked["to"])
    response = make_response(paper.pdf(pages.show("maps/season_print.html", **_told(season))))
    response.content_type = "application/pdf"
    name = f"season-{season.first}-{season.last}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _asked(first: str, last: str) -> Season:
    """The days that were asked for; from the first sowing of what stands now until today."""
    today = asking.today()
    begins = written.day(first, field="from") if first else None
    ends = written.day(last, field="to") if last else today
    return rules.season(begins or queries.began_on(request.session(), min(ends, today)), ends)


def _span(first: date, last: date) -> Interval:
    zone = request.me().timezone
    return Interval(days.span(first, zone).start, days.span(last, zone).end)


def _told(season: Season) -> dict[str, Any]:
    """What the page and the paper say; without names and small cells to who reads no names."""
    roles = request.me().roles
    names = sight.sees("name", roles)
    found = queries.found(request.session(), _span(season.first, season.last))
    parts = _parts(found)
    return {
        "season": season,
        "found": found,
        "outlets": rules.table(found.outlets, all_shown=names),
        "machines": rules.table(found.machines, all_shown=names),
        "parties": rules.table(found.parties, all_shown=names),
        "evenness": _evenness(parts, all_shown=names),
        "parts": parts[:MOST_MEMBERS] if names else [],
        "more": max(0, len(parts) - MOST_MEMBERS),
        "names": names,
        "latin": tongue.reads_latin(),
        "fewest": FEWEST_HOUSEHOLDS,
        "now": request.now(),
    }


def _parts(found: Found) -> Sequence[Part]:
    """Who had a part in anything, by number."""
    return [
        one
        for one in found.parts.values()
        if one.need_m3 or one.award_m3 or one.machine_hours or one.given_hours
    ]


def _evenness(parts: Sequence[Part], *, all_shown: bool) -> Evenness | None:
    """Measured on households; of too few it would tell of one."""
    needs: dict[Any, float] = {}
    awards: dict[Any, float] = {}
    for one in parts:
        key = queries.household(one)
        needs[key] = needs.get(key, 0.0) + one.need_m3
        awards[key] = awards.get(key, 0.0) + one.award_m3
    shares = fairness.satisfaction([awards[key] for key in needs], list(needs.values()))
    if not shares.size or (shares.size < FEWEST_HOUSEHOLDS and not all_shown):
        return None
    least = fairness.least_ratio(shares)
    return Evenness(int(shares.size), least, fairness.gini(shares), fairness.jain(shares))
