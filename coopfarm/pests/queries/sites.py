"""Sensitive sites, and what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Member
from coopfarm.pests.models import CampaignNotice, PestCampaign, SensitiveSite
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Site:
    """A site with the member to tell, where it is one."""

    site: SensitiveSite
    member: Member | None

    @property
    def phone(self) -> str:
        return self.site.phone or ((self.member.phone or "") if self.member else "")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with the site it went to, and the campaign it is of."""

    notice: CampaignNotice
    site: SensitiveSite
    member: Member | None
    campaign: PestCampaign

    @property
    def phone(self) -> str:
        return Site(self.site, self.member).phone


def sites(session: Session) -> Sequence[Site]:
    """The sites that are told, by kind and name."""
    query = (
        select(SensitiveSite, Member)
        .outerjoin(Member, same_row(Member, SensitiveSite.member_id, SensitiveSite))
        .where(SensitiveSite.ended_at.is_(None))
        .order_by(SensitiveSite.kind, SensitiveSite.name, SensitiveSite.id)
    )
    return [Site(*row) for row in session.execute(query)]


def site(session: Session, site_id: UUID) -> SensitiveSite:
    """One site, held. Raises Missing."""
    found = session.scalar(
        select(SensitiveSite).where(SensitiveSite.id == site_id).with_for_update()
    )
    if found is None:
        raise Missing
    return found


def notices(session: Session, campaign_id: UUID) -> Sequence[Told]:
    """What sites were told of a campaign, those that have not answered first, then the nearest."""
    is_waiting = CampaignNotice.state == "waiting"
    query = _told().where(CampaignNotice.campaign_id == campaign_id)
    order = (is_waiting.desc(), CampaignNotice.distance_m, CampaignNotice.id)
    return [Told(*row) for row in session.execute(query.order_by(*order))]


def of_member(session: Session, member_id: UUID) -> Sequence[Told]:
    """What the sites of a member were told of campaigns that lie ahead."""
    query = _told().where(
        SensitiveSite.member_id == member_id, PestCampaign.state.in_(("scheduled", "go"))
    )
    order = (PestCampaign.starts_at, CampaignNotice.id)
    return [Told(*row) for row in session.execute(query.order_by(*order))]


def notice(session: Session, notice_id: UUID) -> Told:
    """One notice, held. Raises Missing."""
    query = _told().where(CampaignNotice.id == notice_id)
    found = session.execute(query.with_for_update(of=CampaignNotice)).first()
    if found is None:
        raise Missing
    return Told(*found)


def _told() -> Select[CampaignNotice, SensitiveSite, Member, PestCampaign]:
    return (
        select(CampaignNotice, SensitiveSite, Member, PestCampaign)
        .join(SensitiveSite, same_row(SensitiveSite, CampaignNotice.site_id, CampaignNotice))
        .join(PestCampaign, same_row(PestCampaign, CampaignNotice.campaign_id, CampaignNotice))
        .outerjoin(Member, same_row(Member, SensitiveSite.member_id, SensitiveSite))
    )
