"""The farmer's page: my next turn, from whom and to whom, and why; my next machine."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from coopfarm.equipment.queries import choices as machines
from coopfarm.home.rules import in_chapters
from coopfarm.kernel.interval import Interval
from coopfarm.pests.queries import first_page, sightings, sprays
from coopfarm.pests.queries.sprays import Sprayed
from coopfarm.pests.rules.sprays import falls_into
from coopfarm.water import queries
from coopfarm.water.models import Turn
from coopfarm.web import pages, pictures, request, times, tongue, words

bp = Blueprint("home", __name__)


@bp.get("/")
@request.allowed()
def show() -> ResponseReturnValue:
    session, me, now = request.session(), request.me(), request.now()
    cards = queries.next_turns(session, me.member_id, now)
    first = cards[0] if cards else None
    latin = tongue.reads_latin()
    land = first_page.on_plots(session, me.member_id, now)
    before, after = queries.neighbours(session, first.turn, latin=latin) if first else (None, None)
    return pages.show(
        "home/show.html",
        card=first,
        others=cards[1:],
        before=before,
        after=after,
        picture=_day_picture(first.turn.during) if first else None,
        last=None if first else queries.last_turn(session, me.member_id, now),
        machine=machines.next_booking(session, me.member_id, now),
        pests=sightings.news(session, me.member_id, now),
        campaigns=land.campaigns,
        locks=land.locks,
        closed={one.turn.id: _closed(land.locks, one.turn) for one in cards},
    )


@bp.get("/turns/<uuid:turn_id>")
@request.allowed()
def why(turn_id: UUID) -> ResponseReturnValue:
    session, me = request.session(), request.me()
    card = queries.turn_of(session, me.member_id, turn_id)
    allotment = queries.allotment_of(session, card.turn)
    locks = sprays.locks_of(session, me.member_id, request.now())
    part = allotment.award_m3 / allotment.need_m3 if allotment.need_m3 else 1.0
    return pages.show(
        "home/why.html",
        card=card,
        allotment=allotment,
        part=part,
        meter=pictures.meter(min(part, 1.0), rtl=tongue.text_direction() == "rtl"),
        chapters=in_chapters(allotment.reasons),
        plan=queries.plan_facts(session, card.turn),
        closed=_closed(locks, card.turn),
    )


def _closed(locks: Sequence[Sprayed], turn: Turn) -> str:
    """What to say of a turn in whose hours nobody enters its plot; else nothing."""
    said = (falls_into(one.lock, turn.during) for one in locks if one.plot.id == turn.plot_id)
    return next((words.say(sentence) for sentence in said if sentence), "")


def _day_picture(turn: Interval) -> pictures.Timeline:
    """My turn within its night or day: twelve hours before to twelve after its start."""
    span = times.around(turn)
    return pictures.timeline(
        [pictures.Row("", [pictures.Stretch(turn, is_own=True)])],
        span,
        zone=request.zone(),
        name_tick=times.clock,
        now=request.now(),
        rtl=tongue.text_direction() == "rtl",
    )
