"""Work parties for programs: what is ahead, joining, leaving, being there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.kernel.words import Sentence
from coopfarm.parties.actions import day, joining
from coopfarm.parties.api.door import api
from coopfarm.parties.models import Place, WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.tasks import OFFICE, PLACES, RUNS, STATES
from coopfarm.parties.schemas.party import (
    HereSchema,
    JoinSchema,
    PlaceSchema,
    WorkPartiesSchema,
    WorkPartySchema,
)
from coopfarm.web import request, words
from coopfarm.web.openapi import answer


@api.get("/parties")
@request.allowed()
@api.gives(200, WorkPartiesSchema, "ETag")
def list_parties() -> Response:
    """Work parties ahead and under way, the earliest first, with my place in each."""
    session, who = request.session(), _who()
    found = known.parties(session, RUNS, who.now)
    ids = [one.id for one in found]
    taken, mine = known.taken(session, ids), known.places_of(session, who.member_id, ids)
    told = [_as_told(one, taken[one.id], mine.get(one.id)) for one in found]
    return answer(WorkPartiesSchema(), {"parties": told})


@api.get("/parties/<uuid:party_id>")
@request.allowed()
@api.gives(200, WorkPartySchema, "ETag")
def show_party(party_id: UUID) -> Response:
    """One work party, with my place in it and why I was asked."""
    return _answer(party_id)


@api.post("/parties/<uuid:party_id>/join")
@request.allowed()
@api.takes(JoinSchema)
@api.gives(200, WorkPartySchema, "ETag")
def join(sent: Mapping[str, Any], party_id: UUID) -> Response:
    """Take a place; who has one keeps it."""
    joining.join(request.session(), party_id, _who(), did_at=request.acted_at())
    return _answer(party_id)


@api.post("/parties/<uuid:party_id>/leave")
@request.allowed()
@api.takes(JoinSchema)
@api.gives(200, WorkPartySchema, "ETag")
def leave(sent: Mapping[str, Any], party_id: UUID) -> Response:
    """Give my place up; it is open for others."""
    joining.leave(request.session(), party_id, _who())
    return _answer(party_id)


@api.post("/parties/<uuid:party_id>/here")
@request.allowed()
@api.takes(HereSchema)
@api.gives(200, WorkPartySchema, "ETag")
def here(sent: Mapping[str, Any], party_id: UUID) -> Response:
    """Be counted as there, by what the leader shows."""
    shown = sent["code"].strip()
    day.arrive(request.session(), party_id, shown, _who(), did_at=request.acted_at())
    return _answer(party_id)


def _who() -> Who:
    me = request.me()
    return Who(me.member_id, bool(me.roles & set(OFFICE)), request.now(), request.zone())


def _answer(party_id: UUID) -> Response:
    session = request.session()
    found = known.party(session, party_id)
    taken = known.taken(session, [party_id])[party_id]
    mine = known.place(session, party_id, request.me().member_id)
    told = _as_told(found, taken, mine)
    return answer(WorkPartySchema(), told, edition=found.edition)


def _as_told(found: WorkParty, taken: int, mine: Place | None) -> dict[str, Any]:
    names = WorkPartySchema().fields.keys() - {"taken", "state_in_words", "mine"}
    return {
        **{name: getattr(found, name) for name in names},
        "taken": taken,
        "state_in_words": words.say(STATES[found.state]()),
        "mine": _place(mine, found.title) if mine else None,
    }


def _place(mine: Place, title: str) -> dict[str, Any]:
    said = {"state_in_words", "why"}
    return {
        **{name: getattr(mine, name) for name in PlaceSchema().fields.keys() - said},
        "state_in_words": words.say(PLACES[mine.state]()),
        "why": [words.say(_named(one, title)) for one in mine.reasons],
    }


def _named(said: Mapping[str, Any], title: str) -> Sentence:
    """A stored reason that names its party by id, with its title."""
    found = Sentence.from_json(said)
    facts = {**found.facts, "party": title} if "party" in found.facts else found.facts
    return Sentence(found.code, facts)
