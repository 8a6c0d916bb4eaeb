"""The office calls a work party, or calls it off. No function here commits."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import KINDS, PRE_HARVEST, RE_ENTRY, Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.land.queries import calendar as plot_times
from coopfarm.land.queries import plots as land
from coopfarm.members import queries as members
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.actions import telling
from coopfarm.members.queries.membership import hold_cooperative
from coopfarm.parties.models import MemberSkill, PartyPlot, PartyPolicy, WorkParty
from coopfarm.parties.queries import free as queries
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import crew as rules
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.crew import NewParty, Who
from coopfarm.parties.rules.policy import Terms, check_hours
from coopfarm.parties.rules.tasks import AHEAD, CALLED_OFF, HARVESTS, RUNS, SKILLS
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

_TAG_BYTES: Final = 18
_CODES: Final = 1_000_000
# Others may be on the plot too; where it must not be entered, nobody is.
_SHARES_THE_PLOT: Final = HARVESTS
_KEEPS_OUT: Final = frozenset({"spray", RE_ENTRY, PRE_HARVEST})


def call(session: TenantSession, new: NewParty, who: Who) -> WorkParty:
    """Call a work party.

    Raises PartyChoice, PartyTimes, PartyInThePast, PartyCrew, PartyAmount, PartyAtPrayer,
    PartyInRamadanEvening, PlotNotToBeEntered, PlotSprayed and Missing.
    """
    rules.check_new(new, who.now)
    check_hours(new.during, who.zone, known.terms(session))
    check_plots(session, new)
    if new.holder_id is not None:
        members.member(session, new.holder_id)
    hold_cooperative(session)
    found = WorkParty(
        number=known.next_number(session),
        task=new.task,
        title=new.title,
        words=new.words,
        meeting_place=new.meeting_place,
        latitude_deg=new.point_deg[0] if new.point_deg else None,
        longitude_deg=new.point_deg[1] if new.point_deg else None,
        canal_id=new.canal_id,
        holder_id=new.holder_id,
        starts_at=new.during.start,
        ends_at=new.during.end,
        cut_off_at=new.cut_off_at,
        places=new.places,
        skills=dict(new.skills),
        tools=new.tools,
        credit_minutes=new.credit_minutes,
        tag=secrets.token_urlsafe(_TAG_BYTES),
        code=f"{secrets.randbelow(_CODES):06}",
        made_by=who.member_id,
        made_at=who.now,
    )
    session.add(found)
    session.flush()
    _take_plots(session, found, new)
    _note_party(session, "party.call", found, who)
    return found


def check_plots(session: Session, new: NewParty) -> None:
    """Raise PlotNotToBeEntered where a plot is sprayed, under water or worked on.

    Where it was sprayed and is locked, raise PlotSprayed.
    """
    harvests = new.task in HARVESTS
    times = plot_times.in_the_way(session, new.plot_ids, new.during, harvests=harvests)
    for time in times:
        if new.task in _SHARES_THE_PLOT and time.kind not in _KEEPS_OUT:
            continue
        plot = land.plot(session, time.plot_id).code
        if time.what:
            raise no.PlotSprayed(field="plots", plot=plot, product=time.what, until=time.ends_at)
        raise no.PlotNotToBeEntered(
            field="plots",
            plot=plot,
            what=KINDS[time.kind](),
            starts=time.starts_at,
            ends=time.ends_at,
        )


def _take_plots(session: Session, found: WorkParty, new: NewParty) -> None:
    rows = [
        PartyPlot(party_id=found.id, plot_id=land.plot(session, one).id) for one in new.plot_ids
    ]
    session.add_all(rows)
    session.flush()
    is_hard = new.task not in _SHARES_THE_PLOT
    during = Interval(found.starts_at, found.ends_at)
    plot_calendar.write(
        session, (Entry(row.id, row.plot_id, "work_party", during, is_hard) for row in rows)
    )


def check_entry(session: Session, found: WorkParty) -> None:
    """Raise PlotSprayed where a plot of the party is locked in its hours."""
    lock = queries.lock_on(session, found)
    if lock is not None:
        plot = land.plot(session, lock.plot_id).code
        raise no.PlotSprayed(plot=plot, product=lock.what, until=lock.ends_at)


def cancel(session: TenantSession, party_id: UUID, reason: str, who: Who) -> WorkParty:
    """Call a party off; everybody's hours are free again.

    Raises PartyReasonMissing and PartyNotInThatState.
    """
    found = known.party(session, party_id, for_update=True)
    if found.state not in RUNS:
        raise no.PartyNotInThatState
    if not reason.strip():
        raise no.PartyReasonMissing(field="reason")
    found.state, found.state_reason = "cancelled", reason.strip()[:300]
    _tell_crew(session, found, who.now)
    free(session, found)
    _note_party(session, "party.cancel", found, who)
    return found


def _tell_crew(session: Session, found: WorkParty, now: datetime) -> None:
    """Everybody who has a place hears that nobody is to come, as long as the day is ahead."""
    said = CALLED_OFF(party=found.title, starts=found.starts_at, why=found.state_reason)
    for one in known.crew(session, found.id):
        if now < found.ends_at:
            telling.tell(session, telling.Notice(one.member.id, said, found.ends_at))


def free(session: Session, found: WorkParty) -> None:
    """Take a party out of every calendar."""
    plot_calendar.erase(session, [one.id for one in known.party_plots(session, [found.id])])
    seats = known.crew(session, found.id, only_live=False)
    person_calendar.erase(session, [one.place.id for one in seats])


def count_places(session: Session, found: WorkParty) -> None:
    """Open or full, by the places that are taken."""
    session.flush()
    if found.state in AHEAD:
        count = known.taken(session, [found.id])[found.id]
        found.state = "full" if count >= found.places else "open"
        found.edition += 1


def set_terms(session: TenantSession, terms: Terms, reason: str, who: Who) -> PartyPolicy:
    """Put another version of the rules in force. Raises PartyReasonMissing."""
    if not reason.strip():
        raise no.PartyReasonMissing(field="reason")
    hold_cooperative(session)
    versions = known.policies(session)
    policy = PartyPolicy(
        version=(versions[0].version if versions else 0) + 1,
        terms=terms.as_json(),
        reason=reason.strip()[:300],
        made_by=who.member_id,
        made_at=who.now,
    )
    session.add(policy)
    session.flush()
    audit.record(
        session, "party-rules.set", policy, actor_id=who.member_id, at=who.now, after=policy.terms
    )
    return policy


def set_skills(
    session: TenantSession, member_id: UUID, wanted: frozenset[str], who: Who
) -> frozenset[str]:
    """Write down what a member can do. Raises PartyChoice."""
    if not wanted <= SKILLS.keys():
        raise no.PartyChoice(field="skills")
    member = members.member(session, member_id)
    session.execute(
        delete(MemberSkill).where(MemberSkill.member_id == member_id),
        execution_options={"synchronize_session": False},
    )
    session.add_all(MemberSkill(member_id=member_id, skill=one) for one in sorted(wanted))
    session.flush()
    after = {"skills": sorted(wanted)}
    audit.record(session, "skills.set", member, actor_id=who.member_id, at=who.now, after=after)
    return wanted


def _note_party(session: TenantSession, verb: str, found: WorkParty, who: Who) -> None:
    after = {
        "state": found.state,
        "starts_at": _text(found.starts_at),
        "reason": found.state_reason,
    }
    audit.record(session, verb, found, actor_id=who.member_id, at=who.now, after=after)


def _text(moment: datetime) -> str:
    return moment.isoformat()
