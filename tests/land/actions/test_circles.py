"""Two people at once cannot make water run in a circle, nor can code that is wrong."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.refusal import Refusal
from coopfarm.land.actions import editing, importing, undoing
from coopfarm.land.models import Canal
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.land.making import line, make_canal, reading


@pytest.fixture
def pair(database: Database, cooperative_id: int) -> tuple[UUID, UUID]:
    with database.transaction(cooperative_id) as session:
        return make_canal(session, "A").id, make_canal(session, "B").id


def test_the_database_refuses_a_circle_of_any_length(session: TenantSession) -> None:
    first = make_canal(session, "A")
    second = make_canal(session, "B", feeds_from_id=first.id)
    third = make_canal(session, "C", feeds_from_id=second.id)
    session.flush()

    with pytest.raises(DBAPIError, match="canals_no_circle"), session.begin_nested():
        session.execute(update(Canal).where(Canal.id == first.id).values(feeds_from_id=third.id))


def test_a_canal_can_change_its_feeder_for_any_that_it_does_not_feed(
    session: TenantSession,
) -> None:
    first = make_canal(session, "A")
    second = make_canal(session, "B", feeds_from_id=first.id)
    third = make_canal(session, "C", feeds_from_id=second.id)
    session.flush()

    session.execute(update(Canal).where(Canal.id == third.id).values(feeds_from_id=first.id))

    assert session.scalar(select(Canal.feeds_from_id).where(Canal.code == "C")) == first.id


def at_once(
    database: Database, cooperative_id: int, acts: list[Callable[[TenantSession], object]]
) -> list[str]:
    """What came of acts that were begun at the same moment, each in its own transaction."""
    start = threading.Barrier(len(acts))

    def perform(act: Callable[[TenantSession], object]) -> str:
        start.wait()
        try:
            with database.transaction(cooperative_id) as session:
                act(session)
        except (Refusal, DBAPIError) as error:
            return "refused" if "circle" in str(error) else str(error)
        return "done"

    with ThreadPoolExecutor(len(acts)) as people:
        return sorted(people.map(perform, acts))


def test_of_two_who_close_a_circle_at_once_one_is_refused(
    database: Database, cooperative_id: int, pair: tuple[UUID, UUID], clock: Clock
) -> None:
    def feed(canal_id: UUID, feeder_id: UUID) -> Callable[[TenantSession], object]:
        return lambda session: editing.change_canal(
            session,
            canal_id,
            {"feeds_from_id": feeder_id},
            edition=1,
            actor_id=None,
            now=clock.now,
        )

    came_of_it = at_once(database, cooperative_id, [feed(*pair), feed(*reversed(pair))])

    assert came_of_it == ["done", "refused"]


def test_the_guard_alone_keeps_two_writers_from_a_circle(
    database: Database, cooperative_id: int, pair: tuple[UUID, UUID]
) -> None:
    """No lock of ours is taken, and each has written before either is done."""

    def feed(canal_id: UUID, feeder_id: UUID) -> Callable[[TenantSession], object]:
        def act(session: TenantSession) -> None:
            mine = update(Canal).where(Canal.id == canal_id).values(feeds_from_id=feeder_id)
            session.execute(mine)
            threading.Event().wait(0.3)

        return act

    came_of_it = at_once(database, cooperative_id, [feed(*pair), feed(*reversed(pair))])

    assert came_of_it == ["done", "refused"]


def test_a_file_can_turn_the_water_of_two_canals_round_and_be_taken_back(
    session: TenantSession, clock: Clock
) -> None:
    head = make_canal(session, "H")
    first = make_canal(session, "A", feeds_from_id=head.id)
    second = make_canal(session, "B", feeds_from_id=first.id)
    file = reading(
        "canals",
        {"code": "A", "shape": line((0, 0), (500, 0)), "length_m": 500, "feeds_from": "B"},
        {"code": "B", "shape": line((500, 0), (900, 0)), "length_m": 400, "feeds_from": "H"},
    )
    upload = importing.keep_upload(
        session, "canals", "f.geojson", b"{}", options={}, made_by=None, now=clock.now
    )
    importing.import_(session, upload, file, actor_id=None, now=clock.now)
    turned = (first.feeds_from_id, second.feeds_from_id)
    session.flush()

    undoing.undo_import(session, upload.id, actor_id=None, now=clock.now)

    assert turned == (second.id, head.id)
    assert (first.feeds_from_id, second.feeds_from_id) == (head.id, first.id)
