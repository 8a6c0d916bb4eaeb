"""The season for programs, and for phones that were without a signal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.equipment.actions import rounds as actions
from coopfarm.equipment.api.bookings import whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import Round, SeasonShare, Wish
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.rules import rounds as rules
from coopfarm.equipment.schemas.season import (
    AppealSchema,
    SeasonRoundSchema,
    SeasonRoundsSchema,
    SeasonWishSchema,
    StateWishSchema,
)
from coopfarm.web import request, words
from coopfarm.web.openapi import answer


@api.get("/rounds")
@request.allowed()
@api.gives(200, SeasonRoundsSchema, "ETag")
def list_rounds() -> Response:
    """The rounds of the season, the latest first, with my wish and my share in each"""
    found = [_as_told(one) for one in known.rounds(request.session())]
    return answer(SeasonRoundsSchema(), {"rounds": found})


@api.get("/rounds/<uuid:round_id>")
@request.allowed()
@api.gives(200, SeasonRoundSchema, "ETag")
def show_round(round_id: UUID) -> Response:
    """One round, with my wish and my share"""
    return _answer(known.a_round(request.session(), round_id))


@api.post("/rounds/<uuid:round_id>/wish")
@request.allowed()
@api.takes(StateWishSchema)
@api.gives(200, SeasonWishSchema, "ETag")
def state_wish(sent: Mapping[str, Any], round_id: UUID) -> Response:
    """State or change my wish; written without a signal it counts until the round is closed"""
    own = rules.OwnWish(**sent)
    wish = actions.state_wish(
        request.session(), round_id, own, whose(None), stated_at=request.acted_at()
    )
    return answer(SeasonWishSchema(), _wish(wish), edition=wish.edition)


@api.post("/rounds/<uuid:round_id>/wish/withdraw")
@request.allowed()
@api.gives(200, SeasonRoundSchema, "ETag")
def withdraw_wish(round_id: UUID) -> Response:
    """Take my wish back"""
    actions.withdraw_wish(request.session(), round_id, whose(None))
    return _answer(known.a_round(request.session(), round_id))


@api.post("/rounds/<uuid:round_id>/appeal")
@request.allowed()
@api.takes(AppealSchema)
@api.gives(200, SeasonRoundSchema, "ETag")
def appeal(sent: Mapping[str, Any], round_id: UUID) -> Response:
    """Say what is not right with what I got"""
    actions.appeal(request.session(), round_id, sent["appeal"].strip(), whose(None))
    return _answer(known.a_round(request.session(), round_id))


def _answer(found: Round) -> Response:
    return answer(SeasonRoundSchema(), _as_told(found), edition=found.edition)


def _as_told(found: Round) -> dict[str, Any]:
    session, me = request.session(), request.me().member_id
    is_shown = found.state in rules.SHOWN_TO_ALL
    wish = known.wish_of(session, found.id, me)
    share = known.share_of(session, found.id, me) if is_shown else None
    told = ("places", "state_in_words", "seed", "outcome_hash", "wish", "share")
    return {
        **{name: getattr(found, name) for name in SeasonRoundSchema().fields.keys() - set(told)},
        "places": found.places["days"],
        "state_in_words": words.say(rules.STATES[found.state]()),
        "seed": found.inputs["seed"] if is_shown else "",
        "outcome_hash": found.outcome_hash if is_shown else "",
        "wish": _wish(wish) if wish else None,
        "share": _share(share) if share else None,
    }


def _wish(wish: Wish) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in SeasonWishSchema().fields}


def _share(share: SeasonShare) -> dict[str, Any]:
    names = ("fair_days", "carried_in", "carried_out", "appeal", "appeal_answer")
    return {
        **{name: getattr(share, name) for name in names},
        "days": [rules.day_of(text) for text in share.days],
        "why": [words.say(said) for said in share.reasons],
    }
