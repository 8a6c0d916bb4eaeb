"""Rounds of scouting are drawn, walked and closed. No function here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from coopfarm.members import queries as members
from coopfarm.pests.actions import proposals
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import ScoutingRound, ScoutingStop
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.rules import catalogue, crossing
from coopfarm.pests.rules import scouting as rules
from coopfarm.pests.rules.sightings import TRIAGE, note_of
from coopfarm.planning.pests.risk import Place
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewRound:
    """Which pest is looked for, on which plots, by whom and when; `drawn_by` risk or lot."""

    pest: str
    crop: str
    on_day: date
    member_id: UUID
    drawn_by: str
    seed: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many plants were looked at on a plot, and how many had the pest."""

    plants: int
    infested: int
    note: str = ""


def draw(session: TenantSession, new: NewRound, chosen: Sequence[Place], act: Act) -> ScoutingRound:
    """Lay the chosen plots into an order to walk. Raises NoSuchPest, NothingToScout, Missing."""
    catalogue.check(new.pest, also_unknown=False)
    members.member(session, new.member_id)
    if not chosen:
        raise rules.NothingToScout(field="crop")
    found = ScoutingRound(
        id=uuid4(),
        pest=new.pest,
        crop=new.crop,
        on_day=new.on_day,
        member_id=new.member_id,
        drawn_by=new.drawn_by,
        seed=new.seed,
        state="open",
        made_by=act.by_id,
        made_at=act.now,
    )
    session.add(found)
    session.flush()
    session.add_all(
        ScoutingStop(scouting_id=found.id, plot_id=UUID(where.id), place=place)
        for place, where in enumerate(rules.walk(chosen), start=1)
    )
    session.flush()
    after = {"pest": found.pest, "plots": len(chosen), "drawn_by": found.drawn_by}
    audit.record(session, "scouting.draw", found, actor_id=act.by_id, at=act.now, after=after)
    return found


def tally(session: TenantSession, stop_id: UUID, count: Tally, act: Act) -> ScoutingStop:
    """Write down what was counted on a plot; counted again, the later count stands.

    Where a threshold is crossed control is proposed. Raises NotYourScouting, ScoutingClosed,
    TallyUnusable and Missing.
    """
    found = queries.stop(session, stop_id)
    round_ = queries.scouting(session, found.scouting_id)
    if round_.member_id != act.by_id and not act.roles & set(TRIAGE):
        raise rules.NotYourScouting
    if round_.state != "open":
        raise rules.ScoutingClosed
    rules.check_tally(count.plants, count.infested)
    found.plants, found.infested = count.plants, count.infested
    found.note = note_of(count.note, most=300)
    found.done_by, found.done_at = act.by_id, act.now
    session.flush()
    after = {"plants": count.plants, "infested": count.infested}
    audit.record(session, "scouting.tally", found, actor_id=act.by_id, at=act.now, after=after)
    _compare(session, round_, act)
    return found


def close(session: TenantSession, scouting_id: UUID, act: Act) -> ScoutingRound:
    """End a round; done again, it stays so. Raises Missing."""
    found = queries.scouting(session, scouting_id, for_update=True)
    if found.state == "open":
        found.state = "closed"
        session.flush()
        audit.record(session, "scouting.close", found, actor_id=act.by_id, at=act.now)
    return found


def _compare(session: TenantSession, round_: ScoutingRound, act: Act) -> None:
    """The share of plants with the pest, over all plots counted so far."""
    done = [one.stop for one in queries.stops(session, round_.id) if one.stop.done_at]
    plants = sum(one.plants or 0 for one in done)
    percent = 100 * sum(one.infested or 0 for one in done) / plants
    measured = crossing.Measured(
        round_.pest, round_.crop, "percent_plants", percent, "scouting", round_.id
    )
    proposals.propose(session, measured, act)
