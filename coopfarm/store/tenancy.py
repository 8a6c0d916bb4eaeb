"""A session that sees one cooperative, and says so when none is named."""

from typing import Any, cast

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from coopfarm.store.base import OfCooperative

ALL_COOPERATIVES = {"all_cooperatives": True}


class NoCooperativeError(RuntimeError):
    """Code asked for a cooperative's rows without saying whose."""


class OtherCooperativeError(RuntimeError):
    """Code tried to write a row of a cooperative other than the session's."""


class TenantSession(Session):
    """Every query is narrowed to `cooperative_id`; every new row gets it.

    With none set, touching a cooperative's table raises NoCooperativeError. A statement
    with the execution option `all_cooperatives` looks across: sign-in needs it, and
    nothing else does.
    """

    cooperative_id: int | None = None


@event.listens_for(TenantSession, "do_orm_execute")
def _only_this_cooperative(state: ORMExecuteState) -> None:
    if state.execution_options.get("all_cooperatives") or state.is_column_load:
        return
    session = cast(TenantSession, state.session)
    here = session.cooperative_id
    if here is None:
        if any(issubclass(mapper.class_, OfCooperative) for mapper in state.all_mappers):
            raise NoCooperativeError("no cooperative is set for this session")
        return
    if state.is_insert:
        _refuse_other_cooperatives(state.parameters, here)
        return
    state.statement = state.statement.options(
        with_loader_criteria(
            OfCooperative, lambda cls: cls.cooperative_id == here, include_aliases=True
        )
    )


def _refuse_other_cooperatives(rows: Any, here: int) -> None:
    for row in rows if isinstance(rows, list) else [rows or {}]:
        if row.get("cooperative_id", here) != here:
            raise OtherCooperativeError("a row of another cooperative")


@event.listens_for(TenantSession, "before_flush")
def _every_row_is_ours(session: Session, _context: UOWTransaction, _instances: object) -> None:
    here = cast(TenantSession, session).cooperative_id
    for row in (*session.new, *session.dirty):
        if not isinstance(row, OfCooperative):
            continue
        if here is None:
            raise NoCooperativeError("no cooperative is set for this session")
        if row.cooperative_id is None:
            row.cooperative_id = here
        elif row.cooperative_id != here:
            raise OtherCooperativeError("a row of another cooperative")
