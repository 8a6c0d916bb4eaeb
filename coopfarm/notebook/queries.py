"""What is known for reading a page, what was entered, and the turn that was planned beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Cooperative, Member
from coopfarm.notebook.models import NotebookEntry, NotebookPage
from coopfarm.notebook.rules.lines import Frame
from coopfarm.notebook.rules.roll import Ground, Person, Roll
from coopfarm.store.base import same_row
from coopfarm.water.models import Turn

ENTRIES_A_PAGE = 100
PAGES_SHOWN = 50
# A turn this far from when the water came is another turn.
_NEAR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept line with whose it is, the page it stands on, and the turn planned beside it."""

    entry: NotebookEntry
    page: NotebookPage
    member: Member
    plot_code: str | None
    entered_by: Member
    entered_for: Member | None
    told_by: Member | None
    planned: Interval | None = None


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it was entered, with the people it names."""

    page: NotebookPage
    entered_by: Member
    entered_for: Member | None
    told_by: Member | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are asked for: of one member, of one kind, and which hundred of them."""

    member_id: UUID | None = None
    kind: str = ""
    page: int = 1


def roll(session: Session, *, latin: bool = False) -> Roll:
    """Every member but those who only applied, and every plot; names first as a reader has them."""
    people = session.execute(
        select(Member.id, Member.number, Member.name, Member.name_latin)
        .where(Member.state != "applied")
        .order_by(Member.number)
    )
    plots = session.execute(
        select(Plot.id, Plot.code, Plot.holder_id, Plot.worker_id).order_by(Plot.code)
    )
    return Roll(
        [_person(*row, latin=latin) for row in people],
        [_ground(*row) for row in plots],
    )


def _person(member_id: UUID, number: str, *names: str, latin: bool) -> Person:
    known = tuple(filter(None, names))
    return Person(member_id, number, known[::-1] if latin else known)


def _ground(plot_id: UUID, code: str, *farmers: UUID | None) -> Ground:
    return Ground(plot_id, code, frozenset(one for one in farmers if one is not None))


def frame(session: Session, home: Cooperative, now: datetime) -> Frame:
    """A cooperative begins when its first member joined, or when it was set up here."""
    zone = ZoneInfo(home.timezone)
    joined: date | None = session.scalar(select(func.min(Member.joined_on)))
    made_on = home.made_at.astimezone(zone).date()
    return Frame(now, zone, min(made_on, joined or made_on))


def kept_at(session: Session, moments: Iterable[datetime]) -> Sequence[Shown]:
    """The kept lines that begin at one of these moments."""
    found = session.execute(_lines().where(NotebookEntry.starts_at.in_({*moments})))
    return [Shown(*row) for row in found]


def page(session: Session, page_id: UUID, *, for_update: bool = False) -> NotebookPage:
    """Raises Missing."""
    query = select(NotebookPage).where(NotebookPage.id == page_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def on_page(session: Session, page_id: UUID) -> Sequence[Shown]:
    """The lines of a page as they stand on it."""
    query = _lines().where(NotebookEntry.page_id == page_id).order_by(NotebookEntry.place)
    return _with_turns(session, session.execute(query))


def pages(session: Session) -> Sequence[ShownPage]:
    """The pages that were entered last."""
    by, on_behalf, told = aliased(Member), aliased(Member), aliased(Member)
    query = (
        select(NotebookPage, by, on_behalf, told)
        .join(by, same_row(by, NotebookPage.entered_by, NotebookPage))
        .outerjoin(on_behalf, same_row(on_behalf, NotebookPage.entered_for, NotebookPage))
        .outerjoin(told, same_row(told, NotebookPage.told_by, NotebookPage))
        .order_by(NotebookPage.entered_at.desc(), NotebookPage.id)
        .limit(PAGES_SHOWN)
    )
    return [ShownPage(*row) for row in session.execute(query)]


def entries(session: Session, asked: Asked) -> Sequence[Shown]:
    """A hundred of the lines that are asked for, the latest first, and one that tells of more."""
    query = _lines()
    if asked.member_id is not None:
        query = query.where(NotebookEntry.member_id == asked.member_id)
    if asked.kind:
        query = query.where(NotebookEntry.kind == asked.kind)
    first = (asked.page - 1) * ENTRIES_A_PAGE
    latest = query.order_by(NotebookEntry.starts_at.desc(), NotebookEntry.id)
    return _with_turns(session, session.execute(latest.offset(first).limit(ENTRIES_A_PAGE + 1)))


def _lines() -> Any:
    by, on_behalf, told = aliased(Member), aliased(Member), aliased(Member)
    return (
        select(NotebookEntry, NotebookPage, Member, Plot.code, by, on_behalf, told)
        .join(NotebookPage, same_row(NotebookPage, NotebookEntry.page_id, NotebookEntry))
        .join(Member, same_row(Member, NotebookEntry.member_id, NotebookEntry))
        .join(by, same_row(by, NotebookPage.entered_by, NotebookPage))
        .outerjoin(Plot, same_row(Plot, NotebookEntry.plot_id, NotebookEntry))
        .outerjoin(on_behalf, same_row(on_behalf, NotebookPage.entered_for, NotebookPage))
        .outerjoin(told, same_row(told, NotebookPage.told_by, NotebookPage))
    )


def _with_turns(session: Session, rows: Iterable[Any]) -> Sequence[Shown]:
    found = [Shown(*row) for row in rows]
    turns = _turns(session, [one.entry for one in found])
    return [
        replace(one, planned=_nearest(one.entry, turns.get(one.entry.plot_id, ()))) for one in found
    ]


def _turns(
    session: Session, entries: Sequence[NotebookEntry]
) -> Mapping[UUID | None, Sequence[Interval]]:
    """The turns that held on these plots about then."""
    watered = [one for one in entries if one.kind in ("water_taken", "water_missed")]
    if not watered:
        return {}
    about = [
        and_(
            Turn.plot_id == one.plot_id,
            Turn.starts_at < one.ends_at + _NEAR,
            Turn.ends_at > one.starts_at - _NEAR,
        )
        for one in watered
    ]
    found: dict[UUID | None, list[Interval]] = {}
    for turn in session.scalars(select(Turn).where(Turn.is_live, or_(*about))):
        found.setdefault(turn.plot_id, []).append(turn.during)
    return found


def _nearest(entry: NotebookEntry, turns: Sequence[Interval]) -> Interval | None:
    """The planned turn a line is about: one it meets, else the nearest of half a day."""
    if entry.kind not in ("water_taken", "water_missed"):
        return None
    near = [turn for turn in turns if _between(entry.during, turn) <= _NEAR]
    return min(
        near,
        key=lambda turn: (_between(entry.during, turn), abs(turn.start - entry.starts_at)),
        default=None,
    )


def _between(one: Interval, other: Interval) -> timedelta:
    """How much time lies between two stretches; none where they meet."""
    return max(other.start - one.end, one.start - other.end, timedelta())
