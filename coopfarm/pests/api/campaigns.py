"""Campaigns for programs: which there are, which plots of mine, and whether they take part."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.pests.actions import campaigns as actions
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.api.door import api
from coopfarm.pests.models import PestCampaign
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import effect as effects
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.schemas import campaigns as shapes
from coopfarm.web import request, words
from coopfarm.web.openapi import answer

_SAID = ("id", "pest", "crop", "reason", "state", "starts_at", "ends_at", "made_at")


@api.get("/campaigns")
@request.allowed()
@api.gives(200, shapes.PestCampaignsSchema, "ETag")
def list_campaigns() -> Response:
    """The campaigns that concern a plot of mine, the latest first; all of them for the office"""
    session = request.session()
    found = (
        queries.campaigns(session)
        if _is_office()
        else queries.of_member(session, request.me().member_id)
    )
    return answer(shapes.PestCampaignsSchema(), {"campaigns": [_told(one) for one in found]})


@api.get("/campaigns/<uuid:pest_campaign_id>")
@request.allowed()
@api.gives(200, shapes.PestCampaignShownSchema, "ETag")
def show_campaign(pest_campaign_id: UUID) -> Response:
    """A campaign with my plots in it; the office gets every plot"""
    return _answer(pest_campaign_id)


@api.post("/campaigns/plots/<uuid:campaign_plot_id>/answer")
@request.allowed()
@api.takes(shapes.CampaignAnswerSchema)
@api.gives(200, shapes.PestCampaignShownSchema)
def answer_campaign(sent: Mapping[str, Any], campaign_plot_id: UUID) -> Response:
    """Have a plot take part, or not: who holds or works it, and the office that heard it"""
    me = request.me()
    act = Act(me.member_id, me.roles, request.now(), request.zone())
    row = actions.answer(request.session(), campaign_plot_id, sent["answer"], act)
    return _answer(row.campaign_id)


def _is_office() -> bool:
    return bool(request.me().roles & set(TRIAGE))


def _told(found: PestCampaign) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in _SAID},
        "pest_in_words": words.say(catalogue.named(found.pest)),
        "state_in_words": words.say(rules.STATES[found.state]()),
    }


def _answer(campaign_id: UUID) -> Response:
    """As who asks may see it."""
    session, me = request.session(), request.me()
    found = queries.campaign(session, campaign_id)
    rows = queries.rows(session, campaign_id)
    plots = [
        {
            "id": one.row.id,
            "plot_id": one.plot.id,
            "plot": one.plot.code,
            "inside_m2": one.row.inside_m2,
            "answer": one.row.answer,
        }
        for one in rows
        if _is_office() or me.member_id in one.people
    ]
    shown = {
        **_told(found),
        "covered_percent": queries.coverage(rows).percent,
        "plots": plots,
        "effect": _effect(found, rows),
    }
    return answer(shapes.PestCampaignShownSchema(), shown)


def _effect(campaign: PestCampaign, rows: Sequence[queries.Row]) -> dict[str, Any] | None:
    """What it did, once it is evaluated, as far as this reader may know it."""
    found, is_office = queries.effect(rows), _is_office()
    if campaign.state != "evaluated" or found is None:
        return None
    took_part = queries.took_part(rows, request.me().member_id)
    if not effects.shows_all(found, took_part=took_part, is_office=is_office):
        return None
    told = asdict(found)
    if not effects.shows_others(found, is_office=is_office):
        told["corrected_percent"] = None
    return told
