"""A round is opened, wished in, closed, published, appealed against. Nothing commits here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import kept_days
from coopfarm.equipment.actions.kept_days import Hours
from coopfarm.equipment.models import Campaign, Round, SeasonShare, Wish
from coopfarm.equipment.queries import choices
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import rounds as rules
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.kernel.refusal import Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.queries import plots
from coopfarm.members.actions import telling
from coopfarm.store import audit

PUBLISHED = Phrase(
    "round-published-for-you",
    N_("Round %(number)s is published: you have %(got)s of the %(wanted)s days you wished for."),
)
ANSWERED = Phrase(
    "appeal-answer-came", N_("The office has answered your appeal in round %(number)s.")
)

# A wish that waited longer on a phone is none any more.
_BELIEVED: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewRound:
    """What is to be shared out, and until when members may wish."""

    name: str
    category: str
    job: str
    first_day: date
    last_day: date
    deadline_at: datetime
    hours: Hours


def open_round(session: Session, new: NewRound, whose: Whose) -> Round:
    """Open a round for wishes, and keep its machine-days from whoever comes first.

    Raises DaysTurnedRound, TooManyDays, DeadlineTooLate, NoLength, NothingFree and MachineTaken.
    """
    rules.check_days(new.first_day, new.last_day)
    if new.hours.closes <= new.hours.opens:
        raise no.NoLength(field="closes")
    if not whose.now < new.deadline_at <= new.hours.on(new.first_day).start:
        raise rules.DeadlineTooLate(field="deadline")
    found = Round(
        id=uuid4(),
        number=known.next_number(session),
        name=new.name,
        category=new.category,
        job=new.job,
        first_day=new.first_day,
        last_day=new.last_day,
        deadline_at=new.deadline_at,
        made_by=whose.by_id,
        made_at=whose.now,
    )
    opens, closes = (f"{one:%H:%M}" for one in (new.hours.opens, new.hours.closes))
    found.places = {
        "opens": opens,
        "closes": closes,
        "days": kept_days.keep(session, found, new.hours),
    }
    session.add(found)
    session.flush()
    write_down(session, "round.open", found, whose, {"days": found.places["days"]})
    return found


def drop(session: Session, round_id: UUID, whose: Whose) -> None:
    """Take back a round that nobody has stated a wish in. Raises RoundMovedOn, RoundWished."""
    found = in_state(session, round_id, ("open", "closed"))
    if known.wishes(session, round_id):
        raise rules.RoundWished
    kept_days.release_all(session, found, whose.now)
    write_down(session, "round.drop", found, whose, {"name": found.name})
    session.delete(found)
    session.flush()


def state_wish(
    session: Session,
    round_id: UUID,
    own: rules.OwnWish,
    whose: Whose,
    stated_at: datetime | None = None,
) -> Wish:
    """State or change the member's one wish in a round, until the deadline.

    `stated_at` is when it was written on a phone that had no signal; it counts while the round
    has not been closed. Raises WishesOver, NotYourPlot and what `rules.check_wish` refuses.
    """
    found = known.a_round(session, round_id, for_update=True)
    _check_in_time(found, whose.now, stated_at)
    rules.check_wish(found.first_day, found.last_day, own)
    _check_plot(session, own, whose)
    wish = known.wish_of(session, round_id, whose.member_id)
    if wish is None:
        wish = Wish(round_id=round_id, member_id=whose.member_id, edition=0)
        session.add(wish)
    wish.days, wish.plot_id, wish.note = own.days, own.plot_id, own.note
    wish.from_day, wish.to_day, wish.best_day = own.from_day, own.to_day, own.best_day
    wish.made_by, wish.made_at, wish.edition = whose.by_id, whose.now, wish.edition + 1
    session.flush()
    told = {"days": own.days, "from": own.from_day.isoformat(), "to": own.to_day.isoformat()}
    write_down(session, "wish.state", found, whose, told)
    return wish


def withdraw_wish(session: Session, round_id: UUID, whose: Whose) -> None:
    """Take the member's wish back, until the deadline. Raises WishesOver and Missing."""
    found = known.a_round(session, round_id, for_update=True)
    _check_in_time(found, whose.now, None)
    wish = known.wish_of(session, round_id, whose.member_id)
    if wish is None:
        raise Missing
    session.delete(wish)
    session.flush()
    write_down(session, "wish.withdraw", found, whose, {})


def close(session: Session, round_id: UUID, whose: Whose) -> Round:
    """Take no more wishes. Raises RoundMovedOn and DeadlineAhead."""
    found = in_state(session, round_id, ("open",))
    if whose.now < found.deadline_at:
        raise rules.DeadlineAhead(deadline=found.deadline_at)
    move(found, "closed")
    write_down(session, "round.close", found, whose, {})
    return found


def publish(session: Session, round_id: UUID, whose: Whose) -> Round:
    """Show everybody what came of it, and tell each member. Raises RoundMovedOn."""
    found = in_state(session, round_id, ("run",))
    move(found, "published")
    found.published_at = whose.now
    for one in known.shares(session, round_id):
        said = PUBLISHED(number=found.number, got=len(one.share.days), wanted=one.wish.days)
        telling.tell(session, telling.Notice(one.member.id, said))
    write_down(session, "round.publish", found, whose, {"outcome": found.outcome_hash})
    return found


def appeal(session: Session, round_id: UUID, text: str, whose: Whose) -> SeasonShare:
    """Say what is not right with one's share, until the round is final.

    Raises AppealEmpty, RoundMovedOn and NothingToAppeal.
    """
    found = in_state(session, round_id, ("published", "appealed"))
    share = known.share_of(session, round_id, whose.member_id, for_update=True)
    if share is None:
        raise rules.NothingToAppeal
    if not text:
        raise rules.AppealEmpty(field="appeal")
    share.appeal, share.appealed_at, share.appeal_answer = text, whose.now, ""
    move(found, "appealed")
    write_down(session, "round.appeal", found, whose, {"appeal": text})
    return share


def answer(session: Session, round_id: UUID, member_id: UUID, text: str, whose: Whose) -> None:
    """Answer an appeal in words the member reads. Raises NoReason and AppealAnswered."""
    found = in_state(session, round_id, ("appealed",))
    share = known.share_of(session, round_id, member_id, for_update=True)
    if share is None or not share.appeal or share.appeal_answer:
        raise rules.AppealAnswered
    if not text:
        raise rules.NoReason(field="answer")
    share.appeal_answer = text
    telling.tell(session, telling.Notice(member_id, ANSWERED(number=found.number)))
    write_down(session, "round.answer", found, whose, {"member_id": str(member_id), "answer": text})


def open_again(
    session: Session, round_id: UUID, reason: str, deadline_at: datetime, whose: Whose
) -> Round:
    """Take a result back because an appeal was right: members may wish once more.

    Raises RoundMovedOn, NoReason and DeadlineTooLate.
    """
    found = in_state(session, round_id, ("closed", "run", "published", "appealed"))
    if not reason:
        raise rules.NoReason(field="reason")
    first = kept_days.hours_of(found, whose.zone).on(found.first_day).start
    if not whose.now < deadline_at <= first:
        raise rules.DeadlineTooLate(field="deadline")
    before = {"outcome": found.outcome_hash, "reason": reason}
    session.execute(delete(SeasonShare).where(SeasonShare.round_id == round_id))
    found.inputs, found.outcome, found.findings, found.is_certified = {}, {}, [], False
    found.inputs_hash = found.outcome_hash = ""
    found.published_at, found.deadline_at = None, deadline_at
    move(found, "open")
    session.flush()
    write_down(session, "round.open-again", found, whose, before)
    return found


def in_state(session: Session, round_id: UUID, states: tuple[str, ...]) -> Round:
    """A round to change, held, in one of these states. Raises RoundMovedOn and Missing."""
    found = known.a_round(session, round_id, for_update=True)
    if found.state not in states:
        raise rules.RoundMovedOn(round_state=found.state)
    return found


def move(found: Round, state: str) -> None:
    found.state = state
    found.edition += 1


def write_down(
    session: Session, verb: str, found: Round | Campaign, whose: Whose, after: Mapping[str, object]
) -> None:
    """Write the act down, on behalf of the member where somebody else did it."""
    audit.record(
        session,
        verb,
        found,
        actor_id=whose.by_id,
        at=whose.now,
        after={"number": found.number, **after},
        on_behalf_of=whose.member_id if whose.by_id != whose.member_id else None,
    )


def _check_in_time(found: Round, now: datetime, stated_at: datetime | None) -> None:
    if found.state == "open" and now < found.deadline_at:
        return
    waited = stated_at is not None and now - _BELIEVED < stated_at < min(found.deadline_at, now)
    if found.state != "open" or not waited:
        raise rules.WishesOver(deadline=found.deadline_at)


def _check_plot(session: Session, own: rules.OwnWish, whose: Whose) -> None:
    if own.plot_id is None or whose.roles & set(OFFICE):
        return
    if own.plot_id not in {plot.id for plot in choices.plots_of(session, whose.member_id)}:
        raise no.NotYourPlot(plot=plots.plot(session, own.plot_id).code)
