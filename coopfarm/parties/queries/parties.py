"""Work parties and their places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members import queries as members
from coopfarm.members.models import Member
from coopfarm.parties.models import MemberSkill, PartyPlot, PartyPolicy, Place, WorkParty
from coopfarm.parties.rules.crew import Standing
from coopfarm.parties.rules.policy import Terms
from coopfarm.parties.rules.refusals import PartyChoice
from coopfarm.parties.rules.tasks import LEADING
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Seat:
    """One place of a crew with who has it, and who comes instead."""

    place: Place
    member: Member
    substitute: Member | None


def terms(session: Session) -> Terms:
    """The rules in force."""
    newest = policies(session)
    return Terms.from_json(newest[0].terms, newest[0].version) if newest else Terms()


def policies(session: Session) -> Sequence[PartyPolicy]:
    """Every version, the newest first."""
    return session.scalars(select(PartyPolicy).order_by(PartyPolicy.version.desc())).all()


def party(session: Session, party_id: UUID, *, for_update: bool = False) -> WorkParty:
    """Raises Missing."""
    query = select(WorkParty).where(WorkParty.id == party_id)
    if for_update:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def parties(session: Session, states: Collection[str], since: datetime) -> Sequence[WorkParty]:
    """Parties in one of these states that end after a moment, the earliest first."""
    query = select(WorkParty).where(WorkParty.state.in_(states), WorkParty.ends_at > since)
    return session.scalars(query.order_by(WorkParty.starts_at, WorkParty.number)).all()


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(WorkParty.number))) or 0) + 1


def taken(session: Session, party_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many places of each party are taken."""
    query = (
        select(Place.party_id, func.count())
        .where(Place.party_id.in_(party_ids), Place.is_live)
        .group_by(Place.party_id)
    )
    found = {row[0]: row[1] for row in session.execute(query)} if party_ids else {}
    return {one: found.get(one, 0) for one in party_ids}


def standing(session: Session, found: WorkParty, now: datetime) -> Standing:
    count = taken(session, [found.id])[found.id]
    return Standing(found.state, found.cut_off_at, found.places, count, now)


def place(session: Session, party_id: UUID, member_id: UUID) -> Place | None:
    """What a member has to do with a party, whatever came of it."""
    query = select(Place).where(Place.party_id == party_id, Place.member_id == member_id)
    return session.scalar(query.execution_options(populate_existing=True))


def place_by_id(session: Session, place_id: UUID) -> Place:
    """Raises Missing."""
    found = session.scalar(select(Place).where(Place.id == place_id))
    if found is None:
        raise Missing
    return found


def places_of(session: Session, member_id: UUID, party_ids: Collection[UUID]) -> dict[UUID, Place]:
    """What a member has to do with these parties, by party."""
    query = select(Place).where(Place.member_id == member_id, Place.party_id.in_(party_ids))
    return {one.party_id: one for one in session.scalars(query)} if party_ids else {}


def as_substitute(session: Session, member_id: UUID) -> Sequence[Place]:
    """Where somebody asks the member to come in their place, and where that is agreed."""
    query = select(Place).where(Place.substitute_id == member_id, Place.state == "joined")
    return session.scalars(query).all()


def crew(session: Session, party_id: UUID, *, only_live: bool = True) -> Sequence[Seat]:
    """The places of a party, the leader first."""
    query = (
        select(Place, Member)
        .join(Member, same_row(Member, Place.member_id, Place))
        .where(Place.party_id == party_id)
    )
    if only_live:
        query = query.where(Place.is_live)
    rows = session.execute(query.order_by(Place.role != "leader", Member.name, Member.id)).all()
    others = members.members_by_id(session, (place.substitute_id for place, _ in rows))
    return [
        Seat(place, member, others.get(place.substitute_id) if place.substitute_id else None)
        for place, member in rows
    ]


def leads(session: Session, party_id: UUID, member_id: UUID) -> bool:
    """Whether somebody leads the crew, or comes for whoever does."""
    query = select(Place.id).where(
        Place.party_id == party_id,
        Place.role == "leader",
        Place.is_live,
        (Place.member_id == member_id)
        | ((Place.substitute_id == member_id) & Place.substitute_agreed_at.is_not(None)),
    )
    return session.scalar(query.limit(1)) is not None


def plots(session: Session, party_id: UUID) -> Sequence[Plot]:
    """The plots that a party works on, by code."""
    query = (
        select(Plot)
        .join(PartyPlot, same_row(Plot, PartyPlot.plot_id, PartyPlot))
        .where(PartyPlot.party_id == party_id)
    )
    return session.scalars(query.order_by(Plot.code)).all()


def party_plots(session: Session, party_ids: Collection[UUID]) -> Sequence[PartyPlot]:
    return session.scalars(select(PartyPlot).where(PartyPlot.party_id.in_(party_ids))).all()


def skills(session: Session, member_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """What these members can do."""
    found: dict[UUID, set[str]] = {one: set() for one in member_ids}
    query = select(MemberSkill.member_id, MemberSkill.skill).where(
        MemberSkill.member_id.in_(member_ids)
    )
    for member_id, skill in session.execute(query):
        found[member_id].add(skill)
    return found


def may_lead(session: Session) -> Sequence[Member]:
    """Whom the office lets lead crews, by name."""
    query = (
        select(Member)
        .join(MemberSkill, same_row(Member, MemberSkill.member_id, MemberSkill))
        .where(MemberSkill.skill == LEADING)
    )
    return session.scalars(query.order_by(Member.name)).all()


def members_active(session: Session) -> Sequence[Member]:
    """Who can be asked: active members, by number."""
    query = select(Member).where(Member.state.in_(("accepted", "active", "leaving")))
    return session.scalars(query.order_by(Member.number)).all()


def plots_called(session: Session, codes: Sequence[str]) -> tuple[UUID, ...]:
    """The plots of these codes. Raises PartyChoice where there is none of one."""
    wanted = list(dict.fromkeys(codes))
    query = select(Plot.id).where(Plot.code.in_(wanted)).order_by(Plot.code)
    found = tuple(session.scalars(query)) if wanted else ()
    if len(found) != len(wanted):
        raise PartyChoice(field="plots")
    return found


def members_by_ids(session: Session, ids: Sequence[UUID]) -> Sequence[Member]:
    return list(members.members_by_id(session, ids).values())
