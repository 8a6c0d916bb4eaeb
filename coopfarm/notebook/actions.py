"""Entering a page of a notebook, and taking it back. No function here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from coopfarm.kernel.refusal import Conflict, Invalid, Refusal, Several
from coopfarm.kernel.words import N_
from coopfarm.ledger import actions as ledger
from coopfarm.ledger.queries import posted_already
from coopfarm.members.queries import cooperative
from coopfarm.notebook import queries
from coopfarm.notebook.models import NotebookEntry, NotebookPage
from coopfarm.notebook.rules import giving
from coopfarm.notebook.rules.giving import Given
from coopfarm.notebook.rules.heading import Heading, PageEmpty, UndoneAlready, check_heading
from coopfarm.notebook.rules.lines import EnteredAlready, Line, Row, Typed, understand
from coopfarm.notebook.rules.roll import Person
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession


class EnteredMeanwhile(Conflict):
    """Somebody entered one of the lines between the look and the act."""

    code = "notebook-entered-meanwhile"
    words = N_("Somebody entered one of these lines just now. Check the page again.")


@dataclass(frozen=True, slots=True)
class Understood:
    """A page as it was understood; it can be entered when `problems` is empty."""

    heading: Heading
    told_by: Person | None
    rows: tuple[Row, ...]
    amiss: tuple[Refusal, ...]

    @property
    def problems(self) -> Sequence[Refusal]:
        """What is wrong with the head of the page, then with each line."""
        return (*self.amiss, *(problem for row in self.rows for problem in row.problems))

    @property
    def lines(self) -> Sequence[Line]:
        return [row.line for row in self.rows if row.line is not None]


def look(
    session: TenantSession,
    heading: Heading,
    typed: Sequence[Typed],
    *,
    now: datetime,
    latin: bool = False,
) -> Understood:
    """What a page would be entered as, and everything that is in the way; nothing is stored.

    Sentences call people as a reader of Latin letters does where `latin`.
    """
    home = cooperative(session, session.cooperative_id or 0)
    known = queries.roll(session, latin=latin)
    frame = queries.frame(session, home, now)
    rows = _against_kept(session, understand(typed, known, frame), frame.zone, latin=latin)
    amiss: list[Refusal] = []
    told_by = None
    try:
        check_heading(heading)
    except Invalid as refusal:
        amiss.append(refusal)
    try:
        told_by = known.person(heading.told_by, field="told_by") if heading.told_by else None
    except Invalid as refusal:
        amiss.append(refusal)
    if not rows:
        amiss.append(PageEmpty(field="rows"))
    return Understood(heading, told_by, rows, tuple(amiss))


def enter(
    session: TenantSession, understood: Understood, *, actor_id: UUID, now: datetime
) -> NotebookPage:
    """Keep every line of a page. Raises Several where something is in the way, EnteredMeanwhile."""
    if understood.problems:
        raise Several(understood.problems)
    stands_in = session.by is not None and session.by != actor_id
    page = NotebookPage(
        notebook=understood.heading.notebook,
        page=understood.heading.page,
        told_by=understood.told_by.id if understood.told_by else None,
        lines=len(understood.rows),
        entered_by=session.by if stands_in else actor_id,
        entered_for=actor_id if stands_in else None,
        entered_at=now,
    )
    session.add(page)
    session.flush()
    session.add_all(_entry(page, row.place, row.line) for row in understood.rows if row.line)
    with kept_by("uq_notebook_entries", EnteredMeanwhile()):
        session.flush()
    audit.record(
        session, "notebook.enter", page, actor_id=actor_id, at=now, after=_audited(session, page)
    )
    return page


def undo(session: TenantSession, page_id: UUID, *, actor_id: UUID, now: datetime) -> NotebookPage:
    """Take a whole page back, as if it had not been entered. Raises Missing and UndoneAlready."""
    page = queries.page(session, page_id, for_update=True)
    if page.undone_at is not None:
        raise UndoneAlready(day=page.undone_at)
    before = _audited(session, page)
    session.execute(
        delete(NotebookEntry).where(NotebookEntry.page_id == page.id),
        execution_options={"synchronize_session": False},
    )
    page.undone_at, page.undone_by = now, session.by or actor_id
    session.flush()
    audit.record(session, "notebook.undo", page, actor_id=actor_id, at=now, before=before)
    return page


def _against_kept(
    session: TenantSession, rows: Sequence[Row], zone: ZoneInfo, *, latin: bool
) -> tuple[Row, ...]:
    """The lines, and which of them were entered already, by whom and when."""
    moments = {row.line.during.start for row in rows if row.line is not None}
    kept = {_key(one.entry): one for one in queries.kept_at(session, moments)} if moments else {}
    return tuple(
        row
        if row.line is None or (one := kept.get(row.line.key)) is None
        else row.refused(
            EnteredAlready(
                field="member",
                name=one.entered_by.called(latin=latin),
                day=one.entry.entered_at.astimezone(zone).date(),
                notebook=one.page.notebook,
                page=one.page.page,
            )
        )
        for row in rows
    )


def _key(entry: NotebookEntry) -> tuple[Any, ...]:
    """As `Line.key`."""
    is_note = entry.kind == "note"
    plot_id, words = (None, entry.words) if is_note else (entry.plot_id, "")
    return (entry.kind, entry.member_id, plot_id, entry.starts_at, entry.ends_at, words)


def _entry(page: NotebookPage, place: int, line: Line) -> NotebookEntry:
    return NotebookEntry(
        page_id=page.id,
        place=place,
        kind=line.kind,
        member_id=line.member.id,
        plot_id=line.plot.id if line.plot else None,
        starts_at=line.during.start,
        ends_at=line.during.end,
        is_whole_day=line.is_whole_day,
        words=line.words,
        entered_at=page.entered_at,
    )


def _audited(session: TenantSession, page: NotebookPage) -> dict[str, Any]:
    return {
        "notebook": page.notebook,
        "page": page.page,
        "told_by": str(page.told_by) if page.told_by else None,
        "entries": [_audited_line(one) for one in queries.on_page(session, page.id)],
    }


def _audited_line(one: queries.Shown) -> dict[str, Any]:
    return {
        "kind": one.entry.kind,
        "member": one.member.number,
        "plot": one.plot_code,
        "starts_at": one.entry.starts_at.isoformat(),
        "ends_at": one.entry.ends_at.isoformat(),
        "is_whole_day": one.entry.is_whole_day,
        "words": one.entry.words,
    }


def look_at_giving(
    session: TenantSession, heading: Heading, text: str, *, now: datetime
) -> tuple[Given, ...]:
    """What lines about giving would be entered as, and what is in the way. Raises GivingTooMany."""
    home = cooperative(session, session.cooperative_id or 0)
    today = queries.frame(session, home, now).today
    frame = giving.Frame(queries.roll(session), today, heading.notebook, heading.page)
    return tuple(_unless_entered(session, one) for one in giving.read_lines(text, frame))


def enter_giving(
    session: TenantSession, lines: Sequence[Given], *, actor_id: UUID, now: datetime
) -> int:
    """Enter every line into the ledger, back-dated, all or none; how many there are.

    Raises Several where something is in the way, and what the ledger refuses.
    """
    problems = [one.problem for one in lines if one.problem is not None]
    if problems:
        raise Several(problems)
    deeds = [one.deed for one in lines if one.deed is not None]
    return len(ledger.post_all(session, deeds, by_id=actor_id, now=now))


def _unless_entered(session: TenantSession, one: Given) -> Given:
    if one.deed is None or one.deed.source is None:
        return one
    if not posted_already(session, [(*one.deed.source, one.deed.kind)]):
        return one
    return Given(one.place, one.typed, problem=giving.GivingEntered(field="lines"))
