"""What the first page of a farmer tells of their plots, in one question to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.pests.models import CampaignPlot, PestCampaign, Spray
from coopfarm.pests.queries.sprays import Sprayed, holds
from coopfarm.pests.rules.campaigns import OPEN
from coopfarm.store.base import same_row

# What is over is told as long as it takes to come by.
_NEWS_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Together:
    """A campaign that the reader is asked to join, or takes part in, with the plots meant."""

    campaign: PestCampaign
    plots: tuple[str, ...]
    is_asked: bool


@dataclass(frozen=True, slots=True)
class OnPlots:
    """Records that lock plots of the reader, the latest first, and campaigns, the latest first."""

    locks: Sequence[Sprayed]
    campaigns: Sequence[Together]


def on_plots(session: Session, member_id: UUID, now: datetime) -> OnPlots:
    """What locks plots that a member holds, works or pays, and is done together on their own."""
    concerned = (Plot.holder_id, Plot.worker_id, Plot.payer_id)
    of_plot = and_(Spray.cooperative_id == Plot.cooperative_id, Spray.plot_id == Plot.id)
    meant = and_(
        CampaignPlot.cooperative_id == Plot.cooperative_id, CampaignPlot.plot_id == Plot.id
    )
    campaign = same_row(PestCampaign, CampaignPlot.campaign_id, CampaignPlot)
    query = (
        select(Plot, Spray, Member, PestCampaign, CampaignPlot.answer)
        .outerjoin(Spray, and_(of_plot, *holds(now)))
        .outerjoin(Member, same_row(Member, Spray.operator_id, Spray))
        .outerjoin(CampaignPlot, meant)
        .outerjoin(PestCampaign, and_(campaign, _is_told(now)))
        .where(or_(*(column == member_id for column in concerned)))
        .where(or_(Spray.id.is_not(None), PestCampaign.id.is_not(None)))
        .order_by(Plot.code)
    )
    locks: dict[UUID, Sprayed] = {}
    asked: dict[PestCampaign, dict[str, str]] = {}
    for plot, spray, operator, found, said in session.execute(query):
        if spray is not None:
            locks[spray.id] = Sprayed(spray, plot, operator)
        if found is not None and member_id in (plot.holder_id, plot.worker_id):
            asked.setdefault(found, {})[plot.name or plot.code] = said
    return OnPlots(
        sorted(locks.values(), key=lambda one: one.spray.ended_at, reverse=True),
        [
            _together(one, asked[one])
            for one in sorted(asked, key=lambda one: one.made_at, reverse=True)
        ],
    )


def _is_told(now: datetime) -> ColumnElement[bool]:
    state, answer = PestCampaign.state, CampaignPlot.answer
    lately = PestCampaign.stated_at > now - _NEWS_FOR
    return or_(
        and_(state.in_(OPEN), answer != "declined"),
        and_(state == "go", answer == "joined"),
        and_(state.in_(("called_off", "evaluated")), answer == "joined", lately),
    )


def _together(campaign: PestCampaign, said: dict[str, str]) -> Together:
    """Plots that join are named; where none does yet, those that are asked."""
    joined = tuple(plot for plot, answer in said.items() if answer == "joined")
    is_asked = campaign.state in OPEN and "waiting" in said.values()
    return Together(campaign, joined or tuple(said), is_asked)
