"""Who did what: written with the act, or not at all."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import RFC_4122

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from coopfarm.members.models import Cooperative, Household
from coopfarm.store import audit
from coopfarm.store.audit import APPEND_ONLY, AuditEvent
from coopfarm.store.audit.events import ordered_id
from coopfarm.store.db import Database, make_engine
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.audit import make_acts, rows, seal_all
from tests.factories.members import make_member


def test_an_act_is_written_down_with_who_for_whom_when_before_and_after(
    session: TenantSession, clock: Clock
) -> None:
    clerk, farmer = make_member(session, name="Mariam"), make_member(session, name="Hamid")
    house = Household(name="The Nassars")
    session.add(house)
    session.flush()

    audit.record(
        session,
        "household.rename",
        house,
        actor_id=clerk.id,
        on_behalf_of=farmer.id,
        at=clock.now,
        before={"name": "Nassar"},
        after={"name": "The Nassars"},
    )
    session.flush()
    session.expire_all()

    event = session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.subject_kind) == ("household.rename", "Household")
    assert event.subject_id == str(house.id)
    assert (event.actor_id, event.on_behalf_of) == (clerk.id, farmer.id)
    assert event.at == clock.now
    assert event.at.utcoffset() == timedelta(0)
    assert (event.before, event.after) == ({"name": "Nassar"}, {"name": "The Nassars"})


def test_an_act_that_is_undone_leaves_no_line(session: TenantSession, clock: Clock) -> None:
    house = Household(name="The Nassars")
    session.add(house)
    session.flush()
    audit.record(session, "household.make", house, actor_id=None, at=clock.now)

    session.rollback()

    assert session.scalars(select(AuditEvent)).all() == []


def test_what_a_helper_does_for_a_member_is_written_down_as_such(
    session: TenantSession, clock: Clock
) -> None:
    helper, farmer = make_member(session, name="Mariam"), make_member(session, name="Hamid")
    session.by = helper.id

    audit.record(session, "need.change", farmer, actor_id=farmer.id, at=clock.now)
    audit.record(session, "need.reckon", farmer, actor_id=None, at=clock.now)
    audit.record(session, "help.end", farmer, actor_id=helper.id, at=clock.now)
    session.flush()

    seen = {e.verb: (e.actor_id, e.on_behalf_of) for e in session.scalars(select(AuditEvent))}
    assert seen == {
        "need.change": (helper.id, farmer.id),
        "need.reckon": (None, None),
        "help.end": (helper.id, None),
    }


def test_history_tells_the_newest_acts_first_a_page_at_a_time(
    session: TenantSession, clock: Clock
) -> None:
    clerk, farmer, other = (make_member(session) for _ in range(3))
    for number in range(5):
        audit.record(session, f"act.{number}", farmer, actor_id=clerk.id, at=clock.now)
        clock.forward(hours=number % 2)
    audit.record(
        session, "act.else", other, actor_id=other.id, on_behalf_of=farmer.id, at=clock.now
    )
    session.flush()

    first = audit.history(session, subject=farmer, limit=3)
    second = audit.history(session, subject=farmer, before=first[-1].id, limit=3)
    by_or_for = audit.history(session, member_id=farmer.id, limit=9)

    assert [e.verb for e in first] == ["act.4", "act.3", "act.2"]
    assert [e.verb for e in second] == ["act.1", "act.0"]
    assert [e.verb for e in by_or_for] == ["act.else"]
    assert [e.verb for e in audit.history(session, limit=2)] == ["act.else", "act.4"]


def test_history_shows_nothing_of_another_cooperative(
    session: TenantSession, database: Database, clock: Clock
) -> None:
    member = make_member(session)
    member_id = member.id
    audit.record(session, "act.here", member, actor_id=member_id, at=clock.now)
    session.commit()
    with database.transaction() as elsewhere:
        elsewhere.add(Cooperative(name="B", timezone="UTC", locale="en_GB", made_at=clock.now))
        elsewhere.flush()
        elsewhere.cooperative_id = elsewhere.scalars(
            select(Cooperative.id).where(Cooperative.name == "B")
        ).one()

        assert audit.history(elsewhere, limit=9) == []
        assert audit.history(elsewhere, member_id=member_id, limit=9) == []


def test_ids_of_events_sort_as_they_were_made(july: Callable[..., datetime]) -> None:
    moments = [july(4), july(4), july(4), july(4, 6), july(5)]

    ids = [ordered_id(moment) for moment in moments]

    assert ids == sorted(ids)
    assert {(made.version, made.variant) for made in ids} == {(7, RFC_4122)}


@pytest.fixture
def owner(owner_url: str) -> Iterator[Engine]:
    """The database for the owner of its tables, whom no wall and no grant holds back."""
    owner = make_engine(owner_url)
    yield owner
    owner.dispose()


@pytest.fixture
def acts(database: Database, cooperative_id: int, clock: Clock) -> None:
    make_acts(database, cooperative_id, 2, clock.now)
    seal_all(database, cooperative_id, clock.now)


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET cooperative_id = cooperative_id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} (rowid, {columns}) SELECT rowid, {other} FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true"
        " ON CONFLICT (cooperative_id, id) DO UPDATE SET cooperative_id = excluded.cooperative_id",
    ],
)
def test_rows_of_the_audit_are_added_and_never_changed(
    database: Database, owner: Engine, table: str, statement: str
) -> None:
    is_sqlite = database.engine.dialect.name == "sqlite"
    if ("REPLACE" in statement) != is_sqlite and ("REPLACE" in statement or "TRUNC" in statement):
        pytest.skip("the other database has this verb")
    before = rows(owner, table, "id")
    columns = [f'"{column}"' for column in before[0]]
    other = ["hex(randomblob(16))" if column == '"id"' else column for column in columns]
    words = {"table": table, "columns": ", ".join(columns), "other": ", ".join(other)}

    for engine in (owner, database.engine):
        with (
            pytest.raises(DBAPIError, match=r"append_only|permission denied|row-level"),
            engine.execution_options(writes=True).begin() as connection,
        ):
            connection.execute(text(statement.format(**words)))

    assert rows(owner, table, "id") == before
