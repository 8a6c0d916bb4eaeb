"""Whom to scout first, rounds to walk, traps to empty, and what is proposed."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.pests import planner
from coopfarm.pests.actions import scouting as actions
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import scouting as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.planning.pests.risk import Place
from coopfarm.web import pages, problems, request, tongue, words, written

DRAWN = Phrase("done-scouting-drawn", N_("The round is drawn. Who walks it finds it under Pests."))
TALLIED = Phrase("done-scouting-tallied", N_("Counted, and written down."))
CLOSED = Phrase("done-scouting-closed", N_("The round is closed."))
# Sightings count for the risk so long.
_LOOKS_BACK: Final = timedelta(days=30)


@bp.get("/pests/scouting")
@request.allowed(*TRIAGE)
def scouting() -> ResponseReturnValue:
    """Which plots to look at first, and the rounds there are"""
    return _page({}, {})


@bp.post("/pests/scouting")
@request.allowed(*TRIAGE)
def draw_round() -> ResponseReturnValue:
    """Draw a round: so many plots by risk or by lot, in an order to walk"""
    form = request.form()
    try:
        walker = asking.identity(form.get("member_id", "")) or request.me().member_id
        new = actions.NewRound(
            form.get("pest", ""),
            form.get("crop", ""),
            written.day(form.get("on_day", ""), field="on_day"),
            walker,
            "lot" if form.get("drawn_by") == "lot" else "risk",
            secrets.randbelow(2**31),
        )
        count = rules.check_size(asking.whole(form.get("plots", ""), field="plots"))
        found = actions.draw(request.session(), new, _chosen(new, count), asking.act())
    except Invalid as refusal:
        request.session().rollback()
        return _page(form, asking.problem(refusal)), problems.status_of(refusal)
    return pages.done(DRAWN(), "pests.walk", scouting_id=found.id)


def _chosen(new: actions.NewRound, count: int) -> list[Place]:
    session = request.session()
    plots = queries.drawn_plots(session, new.crop)
    where = [*queries.places(session, plots).values()]
    if new.drawn_by == "lot":
        return rules.drawn(where, count, new.seed)
    ranked = planner.ranking(session, new.pest, request.now() - _LOOKS_BACK, new.crop)
    return rules.riskiest(where, {str(one.plot.id): one.risk for one in ranked}, count)


@bp.get("/scouting/<uuid:scouting_id>")
@request.allowed()
def walk(scouting_id: UUID) -> ResponseReturnValue:
    """A round in the order it is walked, for who walks it and the office"""
    session, me = request.session(), request.me()
    found = queries.scouting(session, scouting_id)
    if found.member_id != me.member_id and not me.roles & set(TRIAGE):
        raise rules.NotYourScouting
    stops = queries.stops(session, scouting_id)
    way = [*queries.places(session, [one.plot for one in stops]).values()]
    return pages.show(
        "pests/walk.html",
        scouting=found,
        stops=stops,
        metres=rules.length_m(way),
        may_close=bool(me.roles & set(TRIAGE)) and found.state == "open",
    )


@bp.post("/scouting/stops/<uuid:stop_id>")
@request.allowed()
def tally(stop_id: UUID) -> ResponseReturnValue:
    """Write down what was counted on a plot: who walks the round, and the office"""
    form = request.form()
    count = actions.Tally(
        asking.whole(form.get("plants", ""), field="plants"),
        asking.whole(form.get("infested", ""), field="infested"),
        form.get("note", ""),
    )
    found = actions.tally(request.session(), stop_id, count, asking.act())
    return pages.done(TALLIED(), "pests.walk", scouting_id=found.scouting_id)


@bp.post("/scouting/<uuid:scouting_id>/close")
@request.allowed(*TRIAGE)
def close_round(scouting_id: UUID) -> ResponseReturnValue:
    """End a round; what was counted stays"""
    actions.close(request.session(), scouting_id, asking.act())
    return pages.done(CLOSED(), "pests.walk", scouting_id=scouting_id)


def _page(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session = request.session()
    pest = request.asked("pest") or sent.get("pest", "")
    known = catalogue.PESTS.get(pest)
    crops = asking.crops()
    people = [one.member for one in members.people(session)]
    latin = tongue.reads_latin()
    return pages.show(
        "pests/scouting.html",
        pests=[(code, words.say(one.name())) for code, one in catalogue.PESTS.items()],
        pest=pest if known else "",
        ranked=planner.ranking(session, pest, request.now() - _LOOKS_BACK)[:20] if known else [],
        days=_LOOKS_BACK.days,
        crops=[("", gettext("any crop")), *crops],
        people=[(str(one.id), one.listed(latin=latin)) for one in people],
        rounds=queries.rounds(session),
        today=request.now().astimezone(request.zone()).date(),
        sent=sent,
        errors=errors,
    )
