"""Sightings for programs, the farmer's phone among them: the words first, the photo after."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, url_for

from coopfarm.equipment.schemas.fleet import PictureFileSchema
from coopfarm.pests.actions import sightings as actions
from coopfarm.pests.actions import triage
from coopfarm.pests.api.door import api
from coopfarm.pests.queries import sightings
from coopfarm.pests.queries.sightings import Seen
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import sightings as rules
from coopfarm.pests.schemas import sightings as shapes
from coopfarm.web import request, words
from coopfarm.web.openapi import answer


@api.get("/sightings")
@request.allowed()
@api.gives(200, shapes.SightingsSchema, "ETag")
def list_sightings() -> Response:
    """What I told of, the latest first"""
    found = sightings.of_member(request.session(), request.me().member_id)
    return answer(shapes.SightingsSchema(), {"sightings": [_as_told(one) for one in found]})


@api.get("/sightings/waiting")
@request.allowed(*rules.TRIAGE)
@api.gives(200, shapes.SightingsSchema, "ETag")
def list_waiting_sightings() -> Response:
    """What nobody has looked at yet, the oldest first"""
    found = sightings.waiting(request.session())
    return answer(shapes.SightingsSchema(), {"sightings": [_as_told(one) for one in found]})


@api.get("/sightings/<uuid:sighting_id>")
@request.allowed()
@api.gives(200, shapes.SightingSchema, "ETag")
def show_sighting(sighting_id: UUID) -> Response:
    """One sighting; whoever it does not concern gets a square kilometre for its place"""
    return _answer(sighting_id)


@api.post("/sightings")
@request.allowed()
@api.takes(shapes.SightingTellSchema)
@api.gives(201, shapes.SightingSchema)
def tell_sighting(sent: Mapping[str, Any]) -> Response:
    """Tell of a pest; neighbours near it hear of it"""
    told = actions.Told(
        pest=sent["pest"],
        severity=sent["severity"],
        counts=sent["counts"],
        plot_id=sent["plot_id"],
        position=_position(sent),
        note=sent["note"],
        seen_at=sent["seen_at"] or request.acted_at(),
    )
    found = actions.report(request.session(), told, _act())
    return _answer(found.id, 201)


@api.post("/sightings/<uuid:sighting_id>/picture")
@request.allowed()
@api.takes(PictureFileSchema, location="files")
@api.gives(200, shapes.SightingSchema)
def picture_sighting(sent: Mapping[str, Any], sighting_id: UUID) -> Response:
    """Add the photo of a sighting of one's own"""
    actions.add_picture(request.session(), sighting_id, sent["picture"].read(), _act())
    return _answer(sighting_id)


@api.post("/sightings/<uuid:sighting_id>/withdraw")
@request.allowed()
@api.gives(200, shapes.SightingSchema)
def withdraw_sighting(sighting_id: UUID) -> Response:
    """Take a sighting of one's own back, until the office has decided"""
    actions.withdraw(request.session(), sighting_id, _act())
    return _answer(sighting_id)


@api.post("/sightings/<uuid:sighting_id>/decision")
@request.allowed(*rules.TRIAGE)
@api.takes(shapes.SightingDecideSchema)
@api.gives(200, shapes.SightingSchema)
def decide_sighting(sent: Mapping[str, Any], sighting_id: UUID) -> Response:
    """Verify, correct or reject a sighting"""
    decision = triage.Decision(sent["state"], sent["pest"], sent["note"])
    triage.decide(request.session(), sighting_id, decision, _act())
    return _answer(sighting_id)


def _act() -> actions.Act:
    me = request.me()
    return actions.Act(me.member_id, me.roles, request.now(), request.zone())


def _position(sent: Mapping[str, Any]) -> rules.Position | None:
    longitude, latitude = sent["longitude_deg"], sent["latitude_deg"]
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        raise rules.PositionUnusable(field="position")
    return rules.Position(longitude, latitude, sent["accuracy_m"])


def _answer(sighting_id: UUID, status: int = 200) -> Response:
    seen = sightings.seen(request.session(), sighting_id)
    return answer(shapes.SightingSchema(), _as_told(seen), status)


def _as_told(seen: Seen) -> dict[str, Any]:
    """As who asks may see it. Raises NotYourSighting for what does not stand and is another's."""
    me, found = request.me(), seen.sighting
    is_exact = rules.sees_place(me.roles, me.member_id, seen.concerned)
    if not is_exact and found.state not in rules.LIVE:
        raise rules.NotYourSighting
    exact = rules.Position(found.place.x, found.place.y, found.accuracy_m)
    where = exact if is_exact else rules.blurred(found.place)
    names = ("id", "pest", "told_pest", "severity", "mean_count", "counts", "crop", "state")
    photo = found.picture_id if is_exact else None
    return {
        **{name: getattr(found, name) for name in (*names, "seen_at", "made_at")},
        "pest_in_words": words.say(catalogue.named(found.pest)),
        "state_in_words": words.say(rules.STATES[found.state]()),
        "longitude_deg": where.longitude_deg,
        "latitude_deg": where.latitude_deg,
        "accuracy_m": where.accuracy_m,
        "is_exact": is_exact,
        "plot_id": found.plot_id if is_exact else None,
        "note": found.note if is_exact else "",
        "decision": found.decision if is_exact else "",
        "picture": url_for("equipment.picture", picture_id=photo) if photo else None,
    }
