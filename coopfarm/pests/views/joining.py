"""A campaign as those concerned meet it: join, decline, acknowledge, count, and read its effect."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests.actions import campaigns as actions
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.queries import sites
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules import effect as effects
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, request

JOINED: Final = Phrase("done-campaign-joined", N_("The plot takes part."))
DECLINED: Final = Phrase("done-campaign-declined", N_("The plot does not take part."))
COUNTED: Final = Phrase("done-campaign-counted", N_("Counted, and written down."))


@bp.get("/campaigns/<uuid:pest_campaign_id>")
@request.allowed()
def campaign(pest_campaign_id: UUID) -> ResponseReturnValue:
    """A campaign: when it is, how much of the land joins, my plots in it, and what it did"""
    session, me = request.session(), request.me()
    found = queries.campaign(session, pest_campaign_id)
    rows = queries.rows(session, pest_campaign_id)
    told = [one for one in sites.notices(session, found.id) if one.site.member_id == me.member_id]
    return pages.show(
        "pests/campaign.html",
        campaign=found,
        mine=[one for one in rows if me.member_id in one.people],
        coverage=queries.coverage(rows),
        told=told,
        may_answer=found.state in rules.OPEN,
        may_count=[stage for stage, states in rules.STAGES.items() if found.state in states],
        is_office=bool(me.roles & set(TRIAGE)),
        **_effect(found.state, rows),
    )


def _effect(state: str, rows: Sequence[queries.Row]) -> dict[str, object]:
    """What it did, as far as this reader may know it."""
    me, found = request.me(), queries.effect(rows)
    is_office = bool(me.roles & set(TRIAGE))
    if state != "evaluated" or found is None:
        return {"effect": None, "is_kept_back": False, "shows_others": False}
    took_part = queries.took_part(rows, me.member_id)
    shown = effects.shows_all(found, took_part=took_part, is_office=is_office)
    return {
        "effect": found if shown else None,
        "is_kept_back": not shown,
        "shows_others": effects.shows_others(found, is_office=is_office),
    }


@bp.post("/campaigns/plots/<uuid:campaign_plot_id>/answer")
@request.allowed()
def answer_campaign(campaign_plot_id: UUID) -> ResponseReturnValue:
    """Have a plot take part, or not: who holds or works it, and the office that heard it"""
    said = request.form().get("answer", "")
    row = actions.answer(request.session(), campaign_plot_id, said, asking.act())
    return _back(JOINED() if said == "joined" else DECLINED(), row.campaign_id)


@bp.post("/campaigns/plots/<uuid:campaign_plot_id>/count")
@request.allowed()
def count_campaign(campaign_plot_id: UUID) -> ResponseReturnValue:
    """Write down what was counted on a plot: who holds or works it, and the office"""
    form, session = request.form(), request.session()
    tally = actions.Tally(
        form.get("stage", ""),
        asking.whole(form.get("plants", ""), field="plants"),
        asking.whole(form.get("infested", ""), field="infested"),
    )
    counted = actions.count(session, campaign_plot_id, tally, asking.act())
    row, _ = queries.plot_row(session, counted.campaign_plot_id)
    return _back(COUNTED(), row.campaign_id)


def _back(said: object, campaign_id: UUID) -> ResponseReturnValue:
    """To where the form stood: the office's page, or the farmer's."""
    is_office = request.form().get("from") == "office" and request.me().roles & set(TRIAGE)
    endpoint = "pests.manage_campaign" if is_office else "pests.campaign"
    return pages.done(said, endpoint, pest_campaign_id=campaign_id)  # type: ignore[arg-type]
