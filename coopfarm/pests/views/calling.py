"""The office chooses where a pest is met together, and calls the village out there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import request as http
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.queries import network
from coopfarm.pests.actions import campaigns as actions
from coopfarm.pests.planner import campaigns as planner
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.queries import scouting, sightings
from coopfarm.pests.queries.sightings import Seen
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, times, words, written

CALLED: Final = Phrase(
    "done-campaign-called", N_("The village is called out. Who answers stands below.")
)
_LOOKS_BACK: Final = timedelta(days=60)


@bp.get("/pests/campaigns")
@request.allowed(*TRIAGE)
def all_campaigns() -> ResponseReturnValue:
    """The campaigns there are, and the form to call one, from a proposal or by hand"""
    return _page(MultiDict(_from_proposal()), {})


@bp.post("/pests/campaigns")
@request.allowed(*TRIAGE)
def call_campaign() -> ResponseReturnValue:
    """Look at the plots of an area, or call the village out there"""
    form = _with_file(request.form())
    try:
        wish, lying = _wish(form)
        if form.get("step") == "look":
            request.keep_nothing()
            return _page(form, {}, lying)
        found = actions.call(request.session(), wish, asking.act())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(form, asking.problem(refusal)), problems.status_of(refusal)
    return pages.done(CALLED(), "pests.manage_campaign", pest_campaign_id=found.id)


def _page(
    sent: MultiDict[str, str],
    errors: Mapping[str, str],
    preview: Sequence[planner.Affected] | None = None,
) -> str:
    session = request.session()
    since, now = request.now() - _LOOKS_BACK, request.now()
    seen = sightings.live_between(session, since, now)[:50]
    crops = asking.crops()
    return pages.show(
        "pests/campaigns.html",
        campaigns=queries.campaigns(session),
        pests=[(code, words.say(one.name())) for code, one in catalogue.PESTS.items()],
        crops=[("", gettext("any crop")), *crops],
        canals=network.canals(session),
        outlets=network.outlets(session),
        sightings=[("", gettext("none")), *((str(one.sighting.id), _named(one)) for one in seen)],
        preview=preview,
        terms=rules.Terms(),
        sent=sent,
        errors=errors,
    )


def _from_proposal() -> dict[str, str]:
    """What the form begins with where it is opened from a proposal."""
    proposal_id = asking.identity(request.asked("proposal"))
    if proposal_id is None:
        return {}
    found = scouting.proposal(request.session(), proposal_id)
    from_sighting = str(found.source_id) if found.source_kind == "sighting" else ""
    return {
        "proposal": str(found.id),
        "pest": found.pest,
        "crop": found.crop,
        "sighting": from_sighting,
        "circle_m": "500" if from_sighting else "",
    }


def _with_file(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form with the outline of a file in the place of its text."""
    kept = MultiDict(form)
    sent = http.files.get("file")
    if sent is not None and sent.filename:
        kept["outline"] = sent.read().decode("utf-8-sig", errors="replace")
    return kept


def _wish(form: MultiDict[str, str]) -> tuple[actions.Call, Sequence[planner.Affected]]:
    text = form.get("outline", "").strip()
    circle = form.get("circle_m", "").strip()
    radius_m = written.number(circle, field="circle_m") if circle else 0.0
    if not 0 <= radius_m <= rules.MOST_RADIUS_M:
        raise rules.CampaignNumberUnusable(field="circle_m", least=0, most=rules.MOST_RADIUS_M)
    choice = rules.Choice(
        outlet_ids=_identities(form, "outlets"),
        canal_ids=_identities(form, "canals"),
        sighting_id=asking.identity(form.get("sighting", "")),
        circle_m=radius_m,
        outline=planner.outline_of(text),
        text=text[:20_000],
    )
    crop = form.get("crop", "")
    lying = planner.affected(request.session(), choice, crop)
    wish = actions.Call(
        form.get("pest", ""),
        crop,
        choice,
        {one.plot.id: one.inside_m2 for one in lying},
        form.get("reason", ""),
        asking.identity(form.get("proposal", "")),
        _terms(form),
    )
    return wish, lying


def _identities(form: MultiDict[str, str], name: str) -> tuple[UUID, ...]:
    found = (asking.identity(text) for text in form.getlist(name))
    return tuple(one for one in found if one is not None)


def _terms(form: Mapping[str, str]) -> rules.Terms:
    return rules.Terms(
        written.number(form.get("radius_m", ""), field="radius_m"),
        asking.whole(form.get("hours_ahead", ""), field="hours_ahead"),
        asking.whole(form.get("visit_after_days", ""), field="visit_after_days"),
    )


def _named(seen: Seen) -> str:
    where = f" · {seen.plot.code}" if seen.plot else ""
    return f"{asking.pest_in_words(seen.sighting.pest)} · {times.day(seen.sighting.seen_at)}{where}"
