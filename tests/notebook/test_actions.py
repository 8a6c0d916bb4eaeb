"""Pages entered and taken back, and what the database holds to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from coopfarm.kernel.refusal import Several
from coopfarm.members.models import Member
from coopfarm.notebook import actions, queries
from coopfarm.notebook.models import NotebookEntry, NotebookPage
from coopfarm.notebook.rules.heading import Heading, UndoneAlready
from coopfarm.notebook.rules.lines import Typed
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import make_member
from tests.notebook.conftest import LATE, NOW, PAGE, TAKEN, Village


def count(session: TenantSession) -> int:
    return session.scalar(select(func.count()).select_from(NotebookEntry)) or 0


def test_a_page_is_kept_with_who_told_it_and_who_typed_it(
    session: TenantSession, village: Village, enter: Callable[..., NotebookPage]
) -> None:
    page = enter(session, told_by="Guard")

    kept = queries.on_page(session, page.id)
    assert [one.entry.kind for one in kept] == ["water_taken", "water_missed", "work_done"]
    assert {(one.entered_by.id, one.told_by.id if one.told_by else None) for one in kept} == {
        (village.clerk_id, village.guard_id)
    }
    assert [one.plot_code for one in kept] == ["O1-01", "O1-02", None]


def test_water_that_was_taken_stands_beside_the_turn_that_was_planned(
    session: TenantSession, enter: Callable[..., NotebookPage]
) -> None:
    page = enter(session, TAKEN)

    (line,) = queries.on_page(session, page.id)
    assert line.planned is not None
    assert line.entry.starts_at - line.planned.start == timedelta(minutes=10)


def test_somebody_standing_in_is_kept_as_by_and_for(
    session: TenantSession, village: Village, enter: Callable[..., NotebookPage]
) -> None:
    session.by = village.guard_id

    page = enter(session, TAKEN)

    assert (page.entered_by, page.entered_for) == (village.guard_id, village.clerk_id)


def test_one_bad_line_keeps_the_whole_page_out(
    session: TenantSession, enter: Callable[..., NotebookPage]
) -> None:
    with pytest.raises(Several):
        enter(session, TAKEN, Typed("note", "Nobody", day="1/6", words="?"))

    assert count(session) == 0


def test_a_line_that_was_entered_is_refused_by_whom_and_when(
    session: TenantSession, enter: Callable[..., NotebookPage]
) -> None:
    enter(session, TAKEN)
    session.expire_all()

    seen = actions.look(session, Heading("4", "1"), [LATE, TAKEN], now=NOW)

    assert [str(problem) for problem in seen.problems] == [
        "Mariam entered this line already on 2026-07-01, from notebook 3, page 14."
    ]


def test_a_page_taken_back_leaves_its_lines_in_the_audit_alone_and_can_come_again(
    session: TenantSession, village: Village, enter: Callable[..., NotebookPage]
) -> None:
    page = enter(session)

    actions.undo(session, page.id, actor_id=village.clerk_id, now=NOW)

    assert count(session) == 0
    undone, entered = audit.history(session, subject=page, limit=9)
    assert (undone.verb, entered.verb) == ("notebook.undo", "notebook.enter")
    assert undone.before == entered.after
    assert len((undone.before or {})["entries"]) == len(PAGE)
    enter(session)


def test_a_page_is_taken_back_once(
    session: TenantSession, village: Village, enter: Callable[..., NotebookPage]
) -> None:
    page = enter(session)
    actions.undo(session, page.id, actor_id=village.clerk_id, now=NOW)

    with pytest.raises(UndoneAlready):
        actions.undo(session, page.id, actor_id=village.clerk_id, now=NOW)


def test_who_was_told_of_twice_by_name_is_asked_about_by_number(
    session: TenantSession, village: Village
) -> None:
    make_member(session, name="Guard", number="M-74")

    seen = actions.look(session, Heading("3", "14", "Guard"), [TAKEN], now=NOW)

    assert "M-72, M-74" in str(seen.amiss[0])


def test_a_page_without_name_or_lines_is_refused(session: TenantSession, village: Village) -> None:
    seen = actions.look(session, Heading(), [Typed(kind="note")], now=NOW)

    assert [one.code for one in seen.problems] == ["notebook-page-unnamed", "notebook-page-empty"]


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (0, "ends_at = starts_at"),
        (0, "entered_at = starts_at"),
        (0, "is_whole_day = true"),
        (0, "plot_id = NULL"),
        (0, "kind = 'party'"),
        (1, "words = ''"),
    ],
)
def test_the_database_holds_what_a_line_must_be(
    session: TenantSession, enter: Callable[..., NotebookPage], line: int, change: str
) -> None:
    page = enter(session, PAGE[line])
    row = session.scalars(select(NotebookEntry).where(NotebookEntry.page_id == page.id)).one()

    with pytest.raises(IntegrityError):
        session.connection().execute(
            text(f"UPDATE notebook_entries SET {change} WHERE place = :place"),  # noqa: S608 (ours)
            {"place": row.place},
        )


@pytest.mark.parametrize("line", range(3))
def test_the_database_keeps_the_same_line_once(
    session: TenantSession, enter: Callable[..., NotebookPage], line: int
) -> None:
    page = enter(session, PAGE[line])
    kept = session.scalars(select(NotebookEntry).where(NotebookEntry.page_id == page.id)).one()
    copied: dict[str, Any] = {c.key: getattr(kept, c.key) for c in kept.__table__.columns}
    session.add(NotebookEntry(**{k: v for k, v in copied.items() if k != "id"}))

    with pytest.raises(IntegrityError):
        session.flush()


def test_the_first_day_is_when_the_first_member_joined(
    session: TenantSession, village: Village
) -> None:
    for member in session.scalars(select(Member)):
        member.joined_on = NOW.date() - timedelta(days=1)
    session.flush()

    seen = actions.look(session, Heading("3", "14"), [TAKEN, LATE], now=NOW)

    assert [one.code for one in seen.problems] == ["notebook-before-first-day"]
