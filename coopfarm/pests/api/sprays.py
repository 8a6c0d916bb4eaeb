"""Sprayings for programs: what was sprayed where, writing one down, striking one out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response

from coopfarm.kernel.interval import Interval
from coopfarm.pests.actions import sprays as actions
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.api.door import api
from coopfarm.pests.queries import sprays as queries
from coopfarm.pests.queries.sprays import Sprayed
from coopfarm.pests.rules import sprays as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.schemas import sprays as shapes
from coopfarm.web import request
from coopfarm.web.openapi import answer

# As far back as the office's page goes.
_SHOWN: Final = timedelta(days=120)
_SAME: Final = ("product", "dose", "dose_unit", "area_m2", "wind_km_h", "operator_id", "note")
_LENGTH: Final = timedelta(minutes=1)


@api.get("/sprays")
@request.allowed()
@api.gives(200, shapes.SpraysSchema, "ETag")
def list_sprays() -> Response:
    """What I sprayed, or was sprayed on my plots, in the last months; all of it for the office"""
    session, me, since = request.session(), request.me(), request.now() - _SHOWN
    found = (
        queries.lately(session, since)
        if _is_office()
        else queries.of_member(session, me.member_id, since)
    )
    return answer(shapes.SpraysSchema(), {"sprays": [_told(one) for one in found]})


@api.get("/sprays/<uuid:spray_id>")
@request.allowed()
@api.gives(200, shapes.SpraySchema, "ETag")
def show_spray(spray_id: UUID) -> Response:
    """One record, for the office, who sprayed, and whoever farms the plot"""
    found = queries.spray(request.session(), spray_id)
    if not _is_office() and request.me().member_id not in found.concerned:
        raise rules.NotYourSpray
    return answer(shapes.SpraySchema(), _told(found))


@api.post("/sprays")
@request.allowed()
@api.takes(shapes.SprayRecordSchema)
@api.gives(201, shapes.SpraySchema)
def record_spray(sent: Mapping[str, Any]) -> Response:
    """Write a spraying down; its plot is locked until the intervals of the product are over"""
    found = actions.record(request.session(), _wish(sent), _act())
    return _answer(found.id, 201)


@api.post("/sprays/<uuid:spray_id>/strike")
@request.allowed(*TRIAGE)
@api.takes(shapes.SprayStrikeSchema)
@api.gives(200, shapes.SpraySchema)
def strike_spray(sent: Mapping[str, Any], spray_id: UUID) -> Response:
    """Strike a wrong record out, with the reason; it stays readable"""
    actions.strike(request.session(), spray_id, sent["reason"], _act())
    return _answer(spray_id)


def _is_office() -> bool:
    return bool(request.me().roles & set(TRIAGE))


def _act() -> Act:
    me = request.me()
    return Act(me.member_id, me.roles, request.now(), request.zone())


def _wish(sent: Mapping[str, Any]) -> rules.Wish:
    if sent["ended_at"] - sent["began_at"] < _LENGTH:
        raise rules.SprayTimes(field="ended_at")
    label = sent["label"]
    return rules.Wish(
        plot_id=sent["plot_id"],
        during=Interval(sent["began_at"], sent["ended_at"]),
        label=None if label is None else rules.Label(**_of_label(label)),
        campaign_id=sent["campaign_id"],
        **{name: sent[name] for name in _SAME},
    )


def _of_label(label: Mapping[str, Any]) -> dict[str, Any]:
    named = ("re_entry_hours", "pre_harvest_days", "source")
    return {**{name: label[name] for name in named}, "year": label["source_year"]}


def _answer(spray_id: UUID, status: int = 200) -> Response:
    found = queries.spray(request.session(), spray_id)
    return answer(shapes.SpraySchema(), _told(found), status)


def _told(found: Sprayed) -> dict[str, Any]:
    spray = found.spray
    same = {name: getattr(spray, name) for name in shapes.SpraySchema().fields if name != "plot"}
    return {**same, "plot": found.plot.code}
