"""What was done by, for and to a member, and everything that is kept about them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Table, or_, select, tuple_
from sqlalchemy.orm import Mapper

from coopfarm.members.models import Account, Member, SecondFactor
from coopfarm.store.acts import Act
from coopfarm.store.audit import AuditEvent
from coopfarm.store.base import Base
from coopfarm.store.tenancy import TenantSession

# A reference to a member says that a row is about them …
ABOUT: Final = frozenset(
    {
        "member_id",
        "holder_id",
        "payer_id",
        "worker_id",
        "helper_id",
        "acting_for",
        "actor_id",
        "on_behalf_of",
        "told_by",
        "entered_for",
        "caretaker_id",
        "substitute_id",
        "operator_id",
    }
)
# … or only that they did something, which the history tells.
ACTED: Final = frozenset(
    {
        "made_by",
        "published_by",
        "ended_by",
        "asked_by",
        "imported_by",
        "entered_by",
        "undone_by",
        "decided_by",
        "drafted_by",
        "signed_by_member",
        "signed_by_office",
        "done_by",
        "by_id",
        "witness_id",
        "confirmed_by",
        "disputed_by",
        "struck_by",
        "answered_by",
    }
)
# Of what a member entered about others, the words are the others' own.
_OF_OTHERS: Final = frozenset({"words"})
SECRET: Final = frozenset({"secret_hash", "token_hash", "code_hash", "salt", "finder", "body_hash"})
_NAMES: Final = {
    "members": "membership",
    "member_roles": "roles",
    "sign_ins": "sessions",
    "person_times": "calendar",
    "enrolment_cards": "cards_to_sign_in",
    "applications": "application",
    "messages": "messages_to_me",
    "allotments": "water_awarded",
    "audit_events": "history",
    "accounts": "sign_in",
    "second_factors": "second_factor",
    "acts": "requests_answered",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An act with the names of those it concerns, for its history."""

    event: AuditEvent
    actor: Member | None
    on_behalf_of: Member | None
    subject: Member | None


Kept = Mapping[str, Sequence[Mapping[str, Any]]]
_More = Callable[[TenantSession, UUID], Sequence[Mapping[str, Any]]]
# What no reference to a member leads to, by section.
_ALSO: Final[dict[str, _More]] = {}


def also_kept(section: str) -> Callable[[_More], _More]:
    """Have a member's record show what this gives for them, too."""

    def keep(more: _More) -> _More:
        _ALSO[section] = more
        return more

    return keep


def history_of(
    session: TenantSession, member_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Told]:
    """The newest acts by the member, for them and on their membership.

    `before` is the id of the last event of the page that was shown before.
    """
    is_subject = (AuditEvent.subject_kind == "Member") & (AuditEvent.subject_id == str(member_id))
    query = select(AuditEvent).where(
        or_(AuditEvent.actor_id == member_id, AuditEvent.on_behalf_of == member_id, is_subject)
    )
    if before is not None:
        shown = select(AuditEvent.at, AuditEvent.id).where(AuditEvent.id == before)
        query = query.where(tuple_(AuditEvent.at, AuditEvent.id) < shown.scalar_subquery())
    query = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    return _with_names(session, session.scalars(query).all())


def has_taken(session: TenantSession, member_id: UUID, since: datetime) -> bool:
    """Whether the member asked for a copy of their record since then."""
    query = select(AuditEvent.id).where(
        AuditEvent.actor_id == member_id, AuditEvent.verb == "record.take", AuditEvent.at >= since
    )
    return session.scalars(query.limit(1)).one_or_none() is not None


def everything(session: TenantSession, member: Member) -> Kept:
    """Every row about a member, by what it is: found by what refers to them, whatever it is.

    Keys of secrets and files are left out. Members are named by their numbers.
    """
    found: dict[str, Sequence[Any]] = {"members": [member]}
    for mapper, columns in about_members():
        refers = or_(*(column == member.id for column in columns))
        found[_table(mapper).name] = session.scalars(select(mapper.class_).where(refers)).all()
    if member.account_id is not None:
        session.show_account(member.account_id)
        of_account = Account.id == member.account_id
        found["accounts"] = session.scalars(select(Account).where(of_account)).all()
        keys = select(SecondFactor).where(SecondFactor.account_id == member.account_id)
        found["second_factors"] = session.scalars(keys).all()
    done = Act.doer == str(member.id)
    found["acts"] = session.scalars(select(Act).where(done).order_by(Act.made_at)).all()
    numbers = _numbers(session)
    told = {
        _NAMES.get(table, table): [_plain(row, numbers) for row in rows]
        for table, rows in found.items()
    }
    entered = _entered(session, member.id)
    told |= {name: [_plain(row, numbers, _OF_OTHERS) for row in rows] for name, rows in entered}
    told |= {section: [*more(session, member.id)] for section, more in _ALSO.items()}
    return {name: rows for name, rows in told.items() if rows}


def sections() -> frozenset[str]:
    """Everything that a member's record may have a section of."""
    tables = {_table(mapper).name for mapper, _ in about_members()}
    tables |= {"members", "accounts", "second_factors", "acts"}
    entered = {f"{_table(one).name}_i_entered" for pair in _enterable() for one in pair}
    return frozenset({_NAMES.get(table, table) for table in tables} | entered | _ALSO.keys())


def _entered(session: TenantSession, member_id: UUID) -> Iterator[tuple[str, Sequence[Any]]]:
    """What the member entered, as pages and the rows on them."""
    for page, row in _enterable():
        own = page.class_.entered_by == member_id
        yield (
            f"{_table(page).name}_i_entered",
            session.scalars(select(page.class_).where(own)).all(),
        )
        on_own = row.class_.page_id.in_(select(page.class_.id).where(own))
        yield (
            f"{_table(row).name}_i_entered",
            session.scalars(select(row.class_).where(on_own)).all(),
        )


def _enterable() -> Iterator[tuple[Mapper[Any], Mapper[Any]]]:
    """Every table of pages that somebody entered, with that of the rows on them."""
    pages = {_table(mapper): mapper for mapper, names in references() if "entered_by" in names}
    for mapper in Base.registry.mappers:
        for constraint in _table(mapper).foreign_key_constraints:
            if "page_id" in constraint.column_keys and constraint.referred_table in pages:
                yield pages[constraint.referred_table], mapper


def about_members() -> Iterator[tuple[Mapper[Any], Sequence[ColumnElement[UUID]]]]:
    """Every table that refers to members because its rows are about them, and by which columns."""
    for mapper, names in references():
        columns = [mapper.class_.__table__.c[name] for name in names if name in ABOUT]
        if columns:
            attributes = [mapper.get_property_by_column(column).key for column in columns]
            yield mapper, [getattr(mapper.class_, name) for name in attributes]


def references() -> Iterator[tuple[Mapper[Any], Sequence[str]]]:
    """Every table that refers to members, and by which columns."""
    for mapper in sorted(Base.registry.mappers, key=lambda one: _table(one).name):
        names = [
            element.parent.name
            for constraint in _table(mapper).foreign_key_constraints
            if constraint.referred_table.name == "members"
            for element in constraint.elements
            if element.column.name == "id"
        ]
        if names:
            yield mapper, names


def _table(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    if not isinstance(table, Table):
        raise TypeError(f"{mapper} is not mapped to a table")
    return table


def _with_names(session: TenantSession, events: Sequence[AuditEvent]) -> Sequence[Told]:
    subjects = {e.id: _id(e.subject_id) for e in events if e.subject_kind == "Member"}
    ids = {e.actor_id for e in events} | {e.on_behalf_of for e in events} | {*subjects.values()}
    query = select(Member).where(Member.id.in_(ids - {None}))
    people: dict[UUID | None, Member] = {one.id: one for one in session.scalars(query)}
    return [
        Told(
            event,
            people.get(event.actor_id),
            people.get(event.on_behalf_of),
            people.get(subjects.get(event.id)),
        )
        for event in events
    ]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _numbers(session: TenantSession) -> Mapping[UUID, str]:
    query = select(Member.id, Member.number)
    return {row.id: row.number for row in session.execute(query)}


def _plain(
    row: Any, numbers: Mapping[UUID, str], left_out: frozenset[str] = frozenset()
) -> Mapping[str, Any]:
    """A row by the names of its columns, without what is a secret or a file."""
    told = {}
    for column in row.__table__.c:
        is_left_out = column.name in SECRET | left_out | {"cooperative_id"}
        if is_left_out or isinstance(column.type, LargeBinary):
            continue
        value = getattr(row, row.__mapper__.get_property_by_column(column).key)
        is_member = isinstance(value, UUID) and column.name in ABOUT | ACTED
        told[column.name] = numbers.get(value, str(value)) if is_member else value
    return told
