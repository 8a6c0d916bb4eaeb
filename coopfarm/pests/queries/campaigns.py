"""Campaigns against pests: their plots, who joins, and what was counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.pests.models import CampaignCount, CampaignPlot, PestCampaign
from coopfarm.pests.rules.effect import Effect, Tally, Visited, effect_of
from coopfarm.planning.pests.coverage import Coverage, Inside
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Row:
    """A plot of a campaign, who holds it, and what was counted on it by stage."""

    row: CampaignPlot
    plot: Plot
    holder: Member | None
    counts: Mapping[str, CampaignCount] = field(default_factory=dict)

    @property
    def people(self) -> tuple[UUID, ...]:
        """Who holds it and who works it."""
        both = (self.plot.holder_id, self.plot.worker_id)
        return tuple(dict.fromkeys(one for one in both if one))

    @property
    def visited(self) -> Visited | None:
        """What was counted, where both counts are there."""
        before, after = self.counts.get("before"), self.counts.get("after")
        if before is None or after is None:
            return None
        return Visited(self._household, _tally(before), _tally(after))

    @property
    def _household(self) -> UUID:
        """Whom the plot feeds; a holder without a household is one of their own."""
        holder = self.holder
        return (holder.household_id or holder.id) if holder else self.plot.id


def campaign(session: Session, campaign_id: UUID, *, for_update: bool = False) -> PestCampaign:
    """One campaign. Raises Missing."""
    query = select(PestCampaign).where(PestCampaign.id == campaign_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def campaigns(session: Session, *, most: int = 50) -> Sequence[PestCampaign]:
    """What was called, the latest first."""
    order = (PestCampaign.made_at.desc(), PestCampaign.id)
    return session.scalars(select(PestCampaign).order_by(*order).limit(most)).all()


def rows(session: Session, campaign_id: UUID) -> Sequence[Row]:
    """The plots of a campaign by code, with their counts."""
    query = (
        select(CampaignPlot, Plot, Member)
        .join(Plot, same_row(Plot, CampaignPlot.plot_id, CampaignPlot))
        .outerjoin(Member, same_row(Member, Plot.holder_id, Plot))
        .where(CampaignPlot.campaign_id == campaign_id)
        .order_by(Plot.code)
    )
    found = session.execute(query).all()
    counts = _counts(session, [row.id for row, _, _ in found])
    return [Row(row, plot, holder, counts.get(row.id, {})) for row, plot, holder in found]


def plot_row(session: Session, row_id: UUID) -> tuple[CampaignPlot, Plot]:
    """A plot of a campaign, held. Raises Missing."""
    query = (
        select(CampaignPlot, Plot)
        .join(Plot, same_row(Plot, CampaignPlot.plot_id, CampaignPlot))
        .where(CampaignPlot.id == row_id)
        .with_for_update(of=CampaignPlot)
    )
    found = session.execute(query).first()
    if found is None:
        raise Missing
    return found[0], found[1]


def count_of(session: Session, row_id: UUID, stage: str) -> CampaignCount | None:
    """What was counted on a plot at a stage, held."""
    query = select(CampaignCount).where(
        CampaignCount.campaign_plot_id == row_id, CampaignCount.stage == stage
    )
    return session.scalar(query.with_for_update())


def of_member(session: Session, member_id: UUID) -> Sequence[PestCampaign]:
    """The campaigns that concern a plot which the member holds, works or pays, latest first."""
    concerned = (Plot.holder_id, Plot.worker_id, Plot.payer_id)
    theirs = (
        select(CampaignPlot.campaign_id)
        .join(Plot, same_row(Plot, CampaignPlot.plot_id, CampaignPlot))
        .where(or_(*(column == member_id for column in concerned)))
    )
    query = select(PestCampaign).where(PestCampaign.id.in_(theirs))
    order = (PestCampaign.made_at.desc(), PestCampaign.id)
    return session.scalars(query.order_by(*order).limit(20)).all()


def coverage(found: Sequence[Row]) -> Coverage:
    """How much of the land joins, and the plots that are missing, the largest first."""
    inside = sorted(
        (Inside(str(one.row.id), one.row.inside_m2) for one in found),
        key=lambda one: (-one.inside_m2, one.id),
    )
    joined = {str(one.row.id) for one in found if one.row.answer == "joined"}
    return Coverage(
        tuple(inside),
        sum(one.inside_m2 for one in inside if one.id in joined),
        sum(one.inside_m2 for one in inside),
        tuple(one for one in inside if one.id not in joined),
    )


def missing(found: Sequence[Row]) -> Sequence[Row]:
    """The plots that do not take part or not yet, the largest first."""
    by_id = {str(one.row.id): one for one in found}
    return [by_id[one.id] for one in coverage(found).missing]


def effect(found: Sequence[Row]) -> Effect | None:
    """What happened on plots that took part, beside those that did not."""
    joined = [one.visited for one in found if one.row.answer == "joined"]
    others = [one.visited for one in found if one.row.answer != "joined"]
    return effect_of([one for one in joined if one], [one for one in others if one])


def took_part(found: Sequence[Row], member_id: UUID) -> bool:
    return any(one.row.answer == "joined" and member_id in one.people for one in found)


def _counts(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, CampaignCount]]:
    query = select(CampaignCount).where(CampaignCount.campaign_plot_id.in_(ids))
    found: dict[UUID, dict[str, CampaignCount]] = {}
    for one in session.scalars(query):
        found.setdefault(one.campaign_plot_id, {})[one.stage] = one
    return found


def _tally(count: CampaignCount) -> Tally:
    return Tally(count.plants, count.infested)
