"""A session that sees one cooperative, and says so when none is named."""

from typing import Any, ClassVar, Final, NoReturn, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ClauseElement,
    Connection,
    Engine,
    Executable,
    Table,
    bindparam,
    event,
)
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.util import find_tables

from coopfarm.store import walls
from coopfarm.store.base import Base, OfCooperative

ALL_COOPERATIVES = {"all_cooperatives": True}


def writes_alone(session: Session) -> bool:
    """Whether nobody else can write until this transaction ends, as on the embedded database.

    There a session that may write holds the one writer's place from its first statement on.
    """
    return session.get_bind().dialect.name == "sqlite"


class NoCooperativeError(RuntimeError):
    """Code asked for a cooperative's rows without saying whose."""

    def __init__(self) -> None:
        super().__init__("no cooperative is set for this session")


class OtherCooperativeError(RuntimeError):
    """Code tried to write a row of a cooperative other than the session's."""

    def __init__(self) -> None:
        super().__init__("a row of another cooperative")


class UnfilteredError(RuntimeError):
    """Code took a way to the rows on which nothing narrows them to one cooperative."""


class TenantSession(Session):
    """Every query is narrowed to `cooperative_id`; every new row gets it.

    With none set, touching a cooperative's table raises NoCooperativeError. A statement
    with the execution option `all_cooperatives` looks across: sign-in needs it, and
    nothing else does. Statements speak of models, not of their tables, and rows are
    inserted as parameters: other ways raise UnfilteredError.
    """

    by: UUID | None = None
    """Who really acts, when somebody stands in for the member: see `audit.record`."""

    names_of: UUID | None = None
    """Whose name alone is read; members' numbers are read in place of all others'. None: of all."""

    narrows: ClassVar[bool] = True
    """Turned off only to try the walls of the database by themselves."""

    _cooperative_id: int | None = None
    _walled: Connection | None = None

    def __init__(self, bind: Engine, *, autoflush: bool = True) -> None:
        self._seen: dict[str, str] = {}
        # PostgreSQL begins with it (`store.postgres`).
        super().__init__(bind, autoflush=autoflush, execution_options={"seen": self._seen})

    @property
    def cooperative_id(self) -> int | None:
        return self._cooperative_id

    @cooperative_id.setter
    def cooperative_id(self, here: int | None) -> None:
        self._cooperative_id = here
        self._tell_database(cooperative=here)

    def show_token(self, token_hash: str) -> None:
        """Let this transaction see the session that has this token, and no other."""
        self._tell_database(token=token_hash)

    def show_account(self, account_id: UUID) -> None:
        """Let this transaction see where this account is a member."""
        self._tell_database(account=account_id)

    def show_phone(self, number: str) -> None:
        """Let this transaction see who is a member with this phone number."""
        self._tell_database(phone=number)

    def _tell_database(self, **seen: object) -> None:
        """Open the walls of PostgreSQL (`store.walls`) this far, until the transaction ends."""
        said = {name: "" if value is None else str(value) for name, value in seen.items()}
        self._seen.update(said)
        if self._walled is not None:
            walls.open_to(self._walled, said)

    def bulk_save_objects(self, *_rows: Any, **_options: Any) -> NoReturn:
        raise UnfilteredError("add the rows, or insert them as parameters")

    def bulk_insert_mappings(self, *_rows: Any, **_options: Any) -> NoReturn:
        raise UnfilteredError("insert the rows as parameters")

    def bulk_update_mappings(self, *_rows: Any, **_options: Any) -> NoReturn:
        raise UnfilteredError("update the rows by a condition")


@event.listens_for(TenantSession, "after_begin")
def _note_walls(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        cast(TenantSession, session)._walled = connection  # noqa: SLF001 (its own)


@event.listens_for(TenantSession, "after_transaction_end")
def _close_walls(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        cast(TenantSession, session)._walled = None  # noqa: SLF001 (its own)


@event.listens_for(TenantSession, "do_orm_execute")
def _only_this_cooperative(state: ORMExecuteState) -> None:
    if not TenantSession.narrows:
        return
    if state.execution_options.get("all_cooperatives") or state.is_column_load:
        return
    here = cast(TenantSession, state.session).cooperative_id
    if here is None or not state.is_orm_statement:
        _refuse_tables_of_cooperatives(state, here)
    elif state.is_insert:
        _check_inserted(state, here)
    elif state.is_select:
        state.statement = _narrowed(state.statement)
        said = {_HERE: here, **_names_read(cast(TenantSession, state.session))}
        state.parameters = {**cast(dict[str, Any], state.parameters or {}), **said}
    else:
        _check_updated(state, here)
        state.statement = state.statement.options(
            with_loader_criteria(
                OfCooperative, lambda cls: cls.cooperative_id == here, include_aliases=True
            )
        )


def _names_read(session: TenantSession) -> dict[str, object]:
    """What `members.queries.called` asks of the session, where it does not read every name."""
    whose = session.names_of
    return {} if whose is None else {READS_NUMBERS: True, NAMED: whose}


READS_NUMBERS: Final = "reads_numbers"
NAMED: Final = "named"
_HERE: Final = "this_cooperative"
_ONLY_HERE: Final = with_loader_criteria(
    OfCooperative,
    lambda cls: cls.cooperative_id == bindparam("this_cooperative"),
    include_aliases=True,
    track_closure_variables=False,
)
# Of a statement that is kept, narrowing it and finding it compiled cost more than asking it.
_known: WeakKeyDictionary[Executable, Executable] = WeakKeyDictionary()


def _narrowed(statement: Executable) -> Executable:
    """The statement with whose rows it asks for as a parameter, made once for each statement."""
    found = _known.get(statement)
    if found is None:
        found = _known[statement] = statement.options(_ONLY_HERE)
    return found


def _refuse_tables_of_cooperatives(state: ORMExecuteState, here: int | None) -> None:
    found = find_tables(
        cast(ClauseElement, state.statement),
        check_columns=True,
        include_aliases=True,
        include_joins=True,
        include_selects=True,
        include_crud=True,
    )
    if _tables_of_cooperatives().isdisjoint(t.name for t in found if isinstance(t, Table)):
        return
    if here is None:
        raise NoCooperativeError
    raise UnfilteredError("begin with a model and not with its table")


def _tables_of_cooperatives() -> set[str]:
    tables = Base.metadata.tables.values()
    return {table.name for table in tables if "cooperative_id" in table.primary_key.columns}


def _check_inserted(state: ORMExecuteState, here: int) -> None:
    if state.parameters is None and _of_cooperative(state):
        raise UnfilteredError("insert the rows as parameters")
    _refuse_other_cooperatives(state.parameters, here)


def _check_updated(state: ORMExecuteState, here: int) -> None:
    if state.is_update and isinstance(state.parameters, list) and _of_cooperative(state):
        raise UnfilteredError("update the rows by a condition")
    if state.is_update:
        moved = cast(ClauseElement, state.statement).compile().params.get("cooperative_id", here)
        _refuse_other_cooperatives({"cooperative_id": moved}, here)


def _of_cooperative(state: ORMExecuteState) -> bool:
    return any(issubclass(mapper.class_, OfCooperative) for mapper in state.all_mappers)


def _refuse_other_cooperatives(rows: Any, here: int) -> None:
    for row in rows if isinstance(rows, list) else [rows or {}]:
        if row.get("cooperative_id", here) != here:
            raise OtherCooperativeError


@event.listens_for(TenantSession, "before_flush")
def _every_row_is_ours(session: Session, _context: UOWTransaction, _instances: object) -> None:
    here = cast(TenantSession, session).cooperative_id
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, OfCooperative):
            continue
        if here is None:
            raise NoCooperativeError
        if not row.cooperative_id:
            row.cooperative_id = here
        elif row.cooperative_id != here:
            raise OtherCooperativeError
