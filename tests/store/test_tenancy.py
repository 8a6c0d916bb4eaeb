"""What one cooperative can see and do to another: nothing."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from coopfarm.members.models import Account, Cooperative, Household, Member, MemberRole
from coopfarm.members.queries import roles
from coopfarm.store.base import Base, OfCooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import (
    ALL_COOPERATIVES,
    NoCooperativeError,
    OtherCooperativeError,
    TenantSession,
    UnfilteredError,
)
from tests.factories.members import make_member


@pytest.fixture
def neighbour_id(database: Database, cooperative_id: int) -> int:
    """Another cooperative in the same database."""
    with database.transaction() as session:
        home = Cooperative(
            name="Al-Amal",
            timezone="Africa/Cairo",
            locale="ar_EG",
            made_at=session.get_one(Cooperative, cooperative_id).made_at,
        )
        session.add(home)
        session.flush()
        return home.id


@pytest.fixture
def ours(database: Database, cooperative_id: int) -> UUID:
    with database.transaction(cooperative_id) as session:
        return make_member(session, name="Amina").id


@pytest.fixture
def theirs(database: Database, neighbour_id: int) -> UUID:
    with database.transaction(neighbour_id) as session:
        return make_member(session, name="Zaynab").id


@pytest.fixture
def nobodys(database: Database) -> TenantSession:
    """A session for which no cooperative was named."""
    return database.writing()


OTHER = aliased(Member)
QUERIES = {
    "entities": select(Member.name).select_from(Member),
    "columns": select(Member.name),
    "aliases": select(OTHER.name),
    "a subquery": select(select(Member.name).subquery().c.name),
    "a common table": select(select(Member.name).cte().c.name),
    "a union": union_all(select(Member.name), select(OTHER.name)),
    "a scalar subquery": select(select(func.max(Member.name)).scalar_subquery()),
    "names whose cooperative is asked for": select(Member.name).where(
        Member.cooperative_id.in_(select(Household.cooperative_id)) | (Member.name != "")
    ),
}


@pytest.mark.usefixtures("ours", "theirs")
def test_every_kind_of_query_sees_one_cooperative(session: TenantSession) -> None:
    seen = {kind: set(session.scalars(query)) for kind, query in QUERIES.items()}

    assert seen == {kind: {"Amina"} for kind in QUERIES}


@pytest.mark.usefixtures("ours", "theirs")
def test_the_same_query_asked_for_another_cooperative_is_narrowed_anew(
    database: Database, cooperative_id: int, neighbour_id: int
) -> None:
    query = select(Member.name)

    seen = []
    for home in (cooperative_id, neighbour_id, cooperative_id):
        with database.reading() as session:
            session.cooperative_id = home
            seen.append(session.scalars(query).all())

    assert seen == [["Amina"], ["Zaynab"], ["Amina"]]


def test_a_row_of_another_cooperative_cannot_be_had_by_its_key(
    session: TenantSession, neighbour_id: int, theirs: UUID
) -> None:
    found = session.get(Member, (neighbour_id, theirs))

    assert found is None


@pytest.mark.usefixtures("ours")
def test_changing_and_removing_stop_at_our_own_rows(
    database: Database, session: TenantSession, neighbour_id: int, theirs: UUID
) -> None:
    session.execute(update(Member).values(name="Changed"))
    session.execute(delete(MemberRole))
    session.commit()

    with database.reading() as there:
        there.cooperative_id = neighbour_id
        member = there.get_one(Member, (neighbour_id, theirs))
        assert (member.name, roles(there, member)) == ("Zaynab", frozenset({"member"}))


def test_a_row_cannot_be_written_into_another_cooperative(
    session: TenantSession, neighbour_id: int, theirs: UUID
) -> None:
    row = {"cooperative_id": neighbour_id, "id": uuid4(), "name": "The Nassars"}
    stolen = Member(
        cooperative_id=neighbour_id, id=theirs, name="M", number="9", joined_on=date(2020, 1, 1)
    )

    with pytest.raises(OtherCooperativeError):
        session.execute(insert(Household), [row])
    with pytest.raises(OtherCooperativeError):
        session.execute(update(Household).values(cooperative_id=neighbour_id))
    session.merge(stolen)
    with pytest.raises(OtherCooperativeError):
        session.flush()
    session.expunge_all()
    session.add(Household(**row))
    with pytest.raises(OtherCooperativeError):
        session.flush()


def test_a_row_held_from_another_session_cannot_be_removed(
    database: Database, session: TenantSession, neighbour_id: int, theirs: UUID
) -> None:
    with database.reading() as there:
        there.cooperative_id = neighbour_id
        held = there.get_one(Member, (neighbour_id, theirs))
        there.expunge_all()
    session.delete(held)

    with pytest.raises(OtherCooperativeError):
        session.flush()


def test_ways_that_cannot_be_narrowed_are_closed(
    session: TenantSession, neighbour_id: int, theirs: UUID
) -> None:
    row = {"cooperative_id": neighbour_id, "id": theirs, "name": "Changed"}

    with pytest.raises(UnfilteredError):
        session.execute(select(Member.__table__.c.name))
    with pytest.raises(UnfilteredError):
        session.execute(update(Member.__table__).values(name="Changed"))
    with pytest.raises(UnfilteredError):
        session.execute(insert(Household).values(row))
    with pytest.raises(UnfilteredError):
        session.execute(update(Member), [row])
    with pytest.raises(UnfilteredError):
        session.bulk_insert_mappings(Household, [row])
    with pytest.raises(UnfilteredError):
        session.bulk_update_mappings(Member, [row])
    with pytest.raises(UnfilteredError):
        session.bulk_save_objects([Household(**row)])


def test_new_rows_get_the_cooperative_by_themselves(
    session: TenantSession, cooperative_id: int
) -> None:
    household = Household(name="The Nassars")
    session.add(household)

    session.flush()

    assert household.cooperative_id == cooperative_id


@pytest.mark.usefixtures("ours")
def test_without_a_cooperative_nothing_can_be_asked(nobodys: TenantSession) -> None:
    queries = [*QUERIES.values(), select(exists().where(Member.name == "Amina"))]

    with nobodys as session:
        for query in queries:
            with pytest.raises(NoCooperativeError):
                session.scalars(query)


def test_without_a_cooperative_nothing_can_be_written(nobodys: TenantSession) -> None:
    with nobodys as session:
        for statement in (insert(Household), update(Household), delete(Household)):
            with pytest.raises(NoCooperativeError):
                session.execute(statement)
        session.add(Household(name="The Nassars"))
        with pytest.raises(NoCooperativeError):
            session.flush()


@pytest.mark.usefixtures("ours", "theirs")
def test_an_account_is_shown_its_own_memberships_everywhere_and_no_others(
    nobodys: TenantSession, database: Database, cooperative_id: int, ours: UUID, theirs: UUID
) -> None:
    account = uuid4()
    with database.transaction(cooperative_id) as session:
        session.add(Account(id=account, login="amina", secret_hash="-"))
        session.flush()
        session.get_one(Member, (cooperative_id, ours)).account_id = account

    with nobodys as session:
        session.show_account(account)
        query = select(Member.name).where(Member.account_id == account)
        seen = session.scalars(query, execution_options=ALL_COOPERATIVES).all()

    assert seen == ["Amina"]


def test_the_database_itself_refuses_a_reference_to_another_cooperative(
    session: TenantSession, cooperative_id: int, theirs: UUID
) -> None:
    statement = text(
        "INSERT INTO member_roles (cooperative_id, id, member_id, role)"
        " VALUES (:home, :id, :member, 'manager')"
    )
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    sent = {"home": cooperative_id, "id": uuid4(), "member": theirs}

    with pytest.raises(IntegrityError):
        session.execute(
            statement, {k: v.hex if is_sqlite and k != "home" else v for k, v in sent.items()}
        )


def test_every_reference_between_cooperatives_tables_carries_the_cooperative() -> None:
    tables = [mapper.local_table for mapper in Base.registry.mappers]
    theirs = {
        m.local_table.name for m in Base.registry.mappers if issubclass(m.class_, OfCooperative)
    }

    loose = [
        f"{table.name}.{'+'.join(reference.column_keys)}"
        for table in tables
        for reference in table.foreign_key_constraints
        if reference.referred_table.name in theirs
        and reference.elements[0].column.name != "cooperative_id"
    ]

    assert loose == []
