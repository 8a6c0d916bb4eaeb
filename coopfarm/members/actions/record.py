"""A member's own record taken, and the name of a former member removed. No commits here."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, LargeBinary, String, cast, delete, func, or_, select, update
from sqlalchemy.orm import Mapper

from coopfarm.members.actions.membership import By
from coopfarm.members.models import (
    Account,
    Application,
    Consent,
    EnrolmentCard,
    Household,
    Member,
    PersonTime,
    SignIn,
)
from coopfarm.members.queries import membership as known
from coopfarm.members.queries import record
from coopfarm.members.rules import membership as rules
from coopfarm.sms.models import Message, ReceivedMessage
from coopfarm.store import audit
from coopfarm.store.acts import Act
from coopfarm.store.base import Base, OfCooperative
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

# These stay as they were written: what was done, and what was certified.
_SEALED: Final = re.compile(r"audit_|rotations$|allotments$|acts$|ledger_policies$")


def take_record(session: TenantSession, member: Member, by: By) -> None:
    """Write down that a member takes a copy of everything kept about them."""
    audit.record(session, "record.take", member, actor_id=by.actor_id, at=by.now)


def forget(session: TenantSession, member_id: UUID, by: By) -> Member:
    """Remove the name of somebody who has left, and every way to reach them, for good.

    Turns, plans and the record of who did what stay, of a former member known by a number.
    Raises StepNotPossible before they have left, and IsForgotten.
    """
    member = known.member_for_update(session, member_id)
    if member.state != "left":
        raise rules.StepNotPossible(state=member.state)
    if rules.is_forgotten(member.name):
        raise rules.IsForgotten
    names = [name for name in (member.name, member.name_latin) if len(name) > 1]
    phone = None if _is_shared(session, member) else member.phone
    home, account_id = member.household_id, member.account_id
    _forget_ways_in(session, member)
    _forget_messages(session, member, phone)
    member.name, member.name_latin = f"{rules.FORMER}{member.number}", ""
    member.phone, member.shares_phone, member.locale = None, False, None
    member.household_id = member.account_id = None
    member.state_reason = ""
    session.flush()
    _forget_account(session, account_id)
    _forget_household(session, home)
    removed = _forget_words(session, member)
    for name in [*names, *([phone] if phone else [])]:
        _forget_text(session, name, member.name)
    after = {"words_removed": removed}
    audit.record(session, "member.forget", member, actor_id=by.actor_id, at=by.now, after=after)
    session.flush()
    return member


def _is_shared(session: TenantSession, member: Member) -> bool:
    """Whether somebody else here has the same number."""
    others = select(Member.id).where(Member.phone == member.phone, Member.id != member.id)
    return session.scalars(others.limit(1)).one_or_none() is not None


def _forget_ways_in(session: TenantSession, member: Member) -> None:
    for table in (EnrolmentCard, Application, PersonTime):
        _delete(session, table, table.member_id == member.id)
    _delete(session, Consent, (Consent.member_id == member.id) | (Consent.helper_id == member.id))
    standing_in = update(SignIn).where(
        SignIn.cooperative_id == member.cooperative_id, SignIn.acting_for == member.id
    )
    session.execute(standing_in.values(acting_for=None))
    own = (SignIn.cooperative_id == member.cooperative_id) & (SignIn.member_id == member.id)
    _delete(session, SignIn, own)
    own_acts = (Act.doer == str(member.id)) | (Act.on_behalf_of == member.id)
    _delete(session, Act, (Act.cooperative_id == member.cooperative_id) & own_acts)


def _forget_messages(session: TenantSession, member: Member, phone: str | None) -> None:
    wiped = {"number": "", "text": ""}
    session.execute(update(Message).where(Message.member_id == member.id).values(wiped))
    if phone:
        session.execute(update(Message).where(Message.number == phone).values(wiped))
        _delete(session, ReceivedMessage, ReceivedMessage.number == phone)


def _forget_account(session: TenantSession, account_id: UUID | None) -> None:
    """What they signed in with goes, unless they are or were a member elsewhere."""
    if account_id is None:
        return
    session.show_account(account_id)
    elsewhere = select(Member.id).where(Member.account_id == account_id).limit(1)
    if session.scalars(elsewhere, execution_options=ALL_COOPERATIVES).one_or_none() is None:
        _delete(session, SignIn, SignIn.account_id == account_id)
        _delete(session, Account, Account.id == account_id)


def _forget_household(session: TenantSession, household_id: UUID | None) -> None:
    """A household that nobody belongs to any more: its name is that of its people."""
    others = select(Member.id).where(Member.household_id == household_id).limit(1)
    if household_id is not None and session.scalars(others).one_or_none() is None:
        _delete(session, Household, Household.id == household_id)


def _forget_words(session: TenantSession, member: Member) -> dict[str, int]:
    """Empty what was written about them by hand, as in notebooks; how many by table.

    Such words call people as everybody does, which no search for a name finds. Each is left a
    number of its own: lines that differ by their words alone stay two.
    """
    removed = {}
    for mapper, _ in record.about_members():
        table = mapper.class_
        if not {"member_id", "words"} <= set(mapper.columns.keys()):
            continue
        own = select(table).where(table.member_id == member.id, table.words != "")
        rows = session.scalars(own.order_by(table.id)).all()
        for number, row in enumerate(rows, start=1):
            row.words = f"{rules.WORDS_REMOVED} {number}"
        if rows:
            removed[table.__tablename__] = len(rows)
    return removed


def _forget_text(session: TenantSession, name: str, instead: str) -> None:
    """Take a name out of whatever else it was written into: labels, notes, files sent."""
    _forget_answers(session, name)
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for mapper in Base.registry.mappers:
        if _SEALED.match(mapper.class_.__tablename__) or not issubclass(
            mapper.class_, OfCooperative
        ):
            continue
        for attribute, column in _texts(mapper):
            _forget_in(session, mapper, attribute, column, (name, whole, instead))


def _forget_answers(session: TenantSession, name: str) -> None:
    """Answers that are kept so that an act sent twice is done once: those with the name."""
    said = or_(*(Act.answer.contains(one, autoescape=True) for one in (name, _escaped(name))))
    _delete(session, Act, (Act.cooperative_id == session.cooperative_id) & said)


def _escaped(name: str) -> str:
    """The name as JSON has it."""
    return json.dumps(name)[1:-1]


def _texts(mapper: Mapper[Any]) -> Iterator[tuple[str, Any]]:
    for column in mapper.local_table.c:
        if isinstance(column.type, String | JSON | LargeBinary) and not column.foreign_keys:
            yield mapper.get_property_by_column(column).key, column


def _forget_in(
    session: TenantSession,
    mapper: Mapper[Any],
    attribute: str,
    column: Any,
    said: tuple[str, re.Pattern[str], str],
) -> None:
    name, whole, instead = said
    model = getattr(mapper.class_, attribute)
    if isinstance(column.type, LargeBinary):
        hexed = func.encode(model, "hex") if _is_postgres(session) else func.lower(func.hex(model))
        holds = hexed.like(f"%{name.encode().hex()}%")
        empty = None if column.nullable else b""
        session.execute(
            update(mapper.class_).where(holds).values({attribute: empty}),
            execution_options={"synchronize_session": False},
        )
        return
    text = cast(model, String)
    said_so = or_(*(text.contains(one, autoescape=True) for one in (name, _escaped(name))))
    for row in session.scalars(select(mapper.class_).where(said_so)):
        value = _without(getattr(row, attribute), whole, instead)
        longest = getattr(column.type, "length", None)
        setattr(row, attribute, value[:longest] if isinstance(value, str) else value)


def _without(value: Any, whole: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return whole.sub(instead, value)
    if isinstance(value, list):
        return [_without(one, whole, instead) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, whole, instead) for key, one in value.items()}
    return value


def _is_postgres(session: TenantSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _delete(session: TenantSession, table: type[Any], where: Any) -> None:
    session.execute(delete(table).where(where), execution_options={"synchronize_session": False})
