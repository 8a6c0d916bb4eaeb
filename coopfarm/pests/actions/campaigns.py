"""A village is called out against a pest, plots join, and plants are counted. None commits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import Sentence
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.actions import telling
from coopfarm.members.models import Member
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import CampaignCount, CampaignPlot, PestCampaign
from coopfarm.pests.queries import campaigns as queries
from coopfarm.pests.queries import scouting
from coopfarm.pests.rules import campaigns as rules
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules.crossing import ProposalPastThat
from coopfarm.pests.rules.sightings import TRIAGE, note_of
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Call:
    """Against what the village is called out, where, and why; how many m² of which plots."""

    pest: str
    crop: str
    choice: rules.Choice
    plots: Mapping[UUID, float]
    reason: str = ""
    proposal_id: UUID | None = None
    terms: rules.Terms = field(default_factory=rules.Terms)


@dataclass(frozen=True, slots=True)
class Tally:
    """Plants looked at on a plot at a stage, and those with the pest."""

    stage: str
    plants: int
    infested: int


def call(session: TenantSession, wish: Call, act: Act) -> PestCampaign:
    """Call the village out: every plot of the area is asked to take part.

    A proposal that it comes from is decided by it. Raises CampaignWithoutReason,
    CampaignWithoutPlots, ProposalPastThat, NoSuchPest, SightingNoteTooLong and Missing.
    """
    catalogue.check(wish.pest, also_unknown=False)
    reason = note_of(wish.reason, field="reason", most=rules.LONGEST_REASON)
    if not reason and wish.proposal_id is None:
        raise rules.CampaignWithoutReason(field="reason")
    if not wish.plots:
        raise rules.CampaignWithoutPlots(field="outlets")
    found = _made(wish, reason, act)
    if wish.proposal_id is not None:
        _decide_proposal(session, wish.proposal_id, act)
    session.add(found)
    session.flush()
    session.add_all(
        CampaignPlot(
            id=uuid4(),
            campaign_id=found.id,
            plot_id=plot_id,
            inside_m2=inside_m2,
            answer="waiting",
        )
        for plot_id, inside_m2 in wish.plots.items()
    )
    session.flush()
    after = {"pest": found.pest, "crop": found.crop, "plots": len(wish.plots)}
    note(session, "pest-campaign.call", found, act, after=after)
    tell(session, queries.rows(session, found.id), rules.CALLED(pest=catalogue.named(found.pest)))
    return found


def _made(wish: Call, reason: str, act: Act) -> PestCampaign:
    return PestCampaign(
        id=uuid4(),
        pest=wish.pest,
        crop=wish.crop,
        proposal_id=wish.proposal_id,
        reason=reason,
        chosen=wish.choice.as_json(),
        state="called",
        air=[],
        radius_m=wish.terms.radius_m,
        hours_ahead=wish.terms.hours_ahead,
        visit_after_days=wish.terms.visit_after_days,
        made_by=act.by_id,
        made_at=act.now,
        stated_at=act.now,
    )


def _decide_proposal(session: TenantSession, proposal_id: UUID, act: Act) -> None:
    proposal = scouting.proposal(session, proposal_id, for_update=True)
    if proposal.state != "proposed":
        raise ProposalPastThat
    proposal.state = "called"
    proposal.decided_by, proposal.decided_at = act.by_id, act.now


def answer(session: TenantSession, row_id: UUID, said: str, act: Act) -> CampaignPlot:
    """Have a plot join, or decline; said again, it stays so.

    For who holds or works the plot, and for the office that heard it from them. Raises
    NotYourCampaignPlot, NoSuchAnswer, CampaignPastThat and Missing.
    """
    row, plot = queries.plot_row(session, row_id)
    if act.by_id not in (plot.holder_id, plot.worker_id) and not act.roles & set(TRIAGE):
        raise rules.NotYourCampaignPlot
    if said not in ("joined", "declined"):
        raise rules.NoSuchAnswer(field="answer")
    found = queries.campaign(session, row.campaign_id, for_update=True)
    if found.state not in rules.OPEN:
        raise rules.CampaignPastThat(stands=rules.STATES[found.state]())
    if row.answer == said:
        return row
    row.answer, row.answered_by, row.answered_at = said, act.by_id, act.now
    session.flush()
    note(session, "pest-campaign.answer", row, act, after={"plot": plot.code, "answer": said})
    if found.state == "scheduled":
        mark(session, found)
    return row


def count(session: TenantSession, row_id: UUID, tally: Tally, act: Act) -> CampaignCount:
    """Write down what was counted on a plot; counted again, the last count stands.

    For who holds or works the plot, and for the office. Raises NotYourCampaignPlot,
    CountUnusable, CampaignPastThat and Missing.
    """
    row, plot = queries.plot_row(session, row_id)
    if act.by_id not in (plot.holder_id, plot.worker_id) and not act.roles & set(TRIAGE):
        raise rules.NotYourCampaignPlot
    found = queries.campaign(session, row.campaign_id)
    if found.state not in rules.STAGES.get(tally.stage, ()):
        raise rules.CampaignPastThat(stands=rules.STATES[found.state]())
    rules.check_count(tally.plants, tally.infested)
    counted = queries.count_of(session, row_id, tally.stage)
    if counted is None:
        counted = CampaignCount(id=uuid4(), campaign_plot_id=row_id, stage=tally.stage)
        session.add(counted)
    counted.plants, counted.infested = tally.plants, tally.infested
    counted.by_id, counted.made_at = act.by_id, act.now
    session.flush()
    after = {"plot": plot.code, "stage": tally.stage, "infested": tally.infested}
    note(session, "pest-campaign.count", counted, act, after=after | {"plants": tally.plants})
    return counted


def mark(session: TenantSession, found: PestCampaign) -> None:
    """Have the calendars of plots that join, and of their people, say when they are treated."""
    erase(session, found)
    if found.starts_at is None or found.ends_at is None:
        return
    during = Interval(found.starts_at, found.ends_at)
    joined = [one for one in queries.rows(session, found.id) if one.row.answer == "joined"]
    people = sorted({person for one in joined for person in one.people})
    plot_calendar.write(session, (_entry(found, one.plot.id, during) for one in joined))
    person_calendar.write(session, (_entry(found, one, during) for one in people))


def erase(session: TenantSession, found: PestCampaign) -> None:
    """Take a window out of the calendars."""
    plots = [one.plot.id for one in queries.rows(session, found.id)]
    plot_calendar.erase(session, [uuid5(found.id, str(one)) for one in plots])
    people = session.scalars(select(Member.id))
    person_calendar.erase(session, [uuid5(found.id, str(one)) for one in people])


def _entry(found: PestCampaign, of: UUID, during: Interval) -> Entry:
    return Entry(uuid5(found.id, str(of)), of, "spray", during, is_hard=False)


def tell(session: TenantSession, rows: Iterable[queries.Row], said: Sentence) -> None:
    """Tell the people of plots, each once."""
    for person in dict.fromkeys(person for one in rows for person in one.people):
        telling.tell(session, telling.Notice(person, said))


def note(session: TenantSession, verb: str, found: Any, act: Act, **more: Any) -> None:
    audit.record(session, verb, found, actor_id=act.by_id, at=act.now, **more)
