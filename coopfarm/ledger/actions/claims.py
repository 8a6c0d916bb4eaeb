"""What one side says and the other confirms, or disputes; and what is taken back, once.

No function here commits. A transfer is held before the accounts of its lines.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.ledger import queries, rules
from coopfarm.ledger.actions import posting
from coopfarm.ledger.models import Transfer
from coopfarm.ledger.rules import Deed, Line

_OFFICE: Final = "office"
_WAITS: Final = ("claimed", "confirmed")


def claim(session: Session, deed: Deed, *, by_id: UUID, now: datetime) -> Transfer:
    """Say what was given or received: it counts once the other side confirms it, or lets it stand.

    Raises what `post` does, and NotYourEntry.
    """
    rules.check_shape(deed)
    is_office = queries.is_office(session, by_id)
    if not is_office and by_id not in {line.owner for line in deed.lines}:
        raise rules.NotYourEntry
    posting.refuse_twice(session, [deed])
    held = posting.hold(session, [deed], now)
    held.judge(deed)
    made = {
        "state": "claimed",
        "signed": sorted(_says(deed.lines, by_id, is_office=is_office)),
        "posts_at": now + timedelta(days=held.terms.confirm_days),
    }
    transfer = posting.write(session, [deed], held, made, by_id=by_id, now=now)[0]
    posting.note(session, "ledger.claim", transfer, posting.told(deed), by_id=by_id, now=now)
    session.flush()
    return transfer


def confirm(session: Session, transfer_id: UUID, *, by_id: UUID, now: datetime) -> Transfer:
    """Confirm for one's own side; with the last one it counts. The office lets a dispute go.

    Raises NotYoursToSign, NotInThatState, LimitReached, FloorReached, HasLeft and Missing.
    """
    transfer, lines = _held(session, transfer_id, (*_WAITS, "disputed"))
    is_office = queries.is_office(session, by_id)
    if transfer.state == "disputed":
        _check_may_settle(transfer, lines, by_id, is_office=is_office)
        signed = _signers(lines)
    else:
        signed = set(transfer.signed) | _new_words(transfer, lines, by_id, is_office=is_office)
    transfer.signed, transfer.confirmed_by, transfer.confirmed_at = sorted(signed), by_id, now
    transfer.state = "confirmed" if transfer.state == "claimed" else transfer.state
    session.flush()
    if signed >= _signers(lines):
        count(session, transfer, lines, now)
    posting.note(
        session, "ledger.confirm", transfer, {"state": transfer.state}, by_id=by_id, now=now
    )
    session.flush()
    return transfer


def count(session: Session, transfer: Transfer, lines: tuple[Line, ...], now: datetime) -> None:
    """Post what waited. One that counted before it was disputed counts as it did.

    Raises LimitReached, FloorReached and HasLeft.
    """
    if transfer.posted_at is None:
        deed = _deed(transfer, lines)
        posting.hold(session, [deed], now).judge(deed)
        transfer.posted_at = now
    transfer.state = "posted"
    session.flush()


def dispute(
    session: Session, transfer_id: UUID, words: str, *, by_id: UUID, now: datetime
) -> Transfer:
    """Say that it was not so: the office decides.

    Raises LedgerWordsMissing, NotYourEntry, NotInThatState and Missing.
    """
    if not words.strip():
        raise rules.LedgerWordsMissing(field="words")
    transfer, lines = _held(session, transfer_id, (*_WAITS, "posted"))
    takes_part = by_id in {line.owner for line in lines}
    if not takes_part and not queries.is_office(session, by_id):
        raise rules.NotYourEntry
    if transfer.reverses_id is not None:
        raise rules.NotInThatState
    transfer.state, transfer.words = "disputed", words[: rules.LONGEST_WORDS]
    transfer.disputed_by, transfer.disputed_at = by_id, now
    posting.note(
        session, "ledger.dispute", transfer, {"words": transfer.words}, by_id=by_id, now=now
    )
    session.flush()
    return transfer


def reverse(
    session: Session, transfer_id: UUID, words: str, *, by_id: UUID, now: datetime
) -> Transfer:
    """Take an entry back, once: by the office, or one's own claim while it waits.

    What counted is answered by a transfer the other way, which no limit stops. Gives the entry
    itself. Raises LedgerWordsMissing, AlreadyReversed, NotYourEntry, NotInThatState and Missing.
    """
    if not words.strip():
        raise rules.LedgerWordsMissing(field="words")
    transfer, lines = _held(session, transfer_id, (*_WAITS, "posted", "disputed"))
    is_own_claim = transfer.posted_at is None and transfer.made_by == by_id
    if not is_own_claim and not queries.is_office(session, by_id):
        raise rules.NotYourEntry
    if transfer.reverses_id is not None:
        raise rules.NotInThatState
    said: dict[str, Any] = {"words": words[: rules.LONGEST_WORDS]}
    if transfer.posted_at is not None:
        back = _take_back(session, transfer, lines, said, by_id=by_id, now=now)
        said |= {"by": str(back.id)}
    transfer.state = "reversed"
    session.flush()
    posting.note(session, "ledger.reverse", transfer, said, by_id=by_id, now=now)
    session.flush()
    return transfer


def _take_back(
    session: Session,
    transfer: Transfer,
    lines: tuple[Line, ...],
    said: dict[str, Any],
    *,
    by_id: UUID,
    now: datetime,
) -> Transfer:
    today = queries.day_there(session, transfer.cooperative_id, now)
    deed = Deed(transfer.unit, "reversal", rules.opposite(lines), today, {**said})
    held = posting.hold(session, [deed], now)
    made = {"state": "posted", "posted_at": now}
    return posting.write(
        session, [deed], held, made, by_id=by_id, now=now, reverses_id=transfer.id
    )[0]


def _held(
    session: Session, transfer_id: UUID, states: tuple[str, ...]
) -> tuple[Transfer, tuple[Line, ...]]:
    transfer = queries.transfer(session, transfer_id, for_update=True)
    if transfer.state == "reversed":
        raise rules.AlreadyReversed
    if transfer.state not in states:
        raise rules.NotInThatState
    return transfer, queries.lines_of(session, [transfer_id])[transfer_id]


def _signers(lines: tuple[Line, ...]) -> set[str]:
    """Whose word an entry needs: every member in it, and the office for the funds."""
    return {str(one.owner) if isinstance(one.owner, UUID) else _OFFICE for one in lines}


def _says(lines: tuple[Line, ...], by_id: UUID, *, is_office: bool) -> set[str]:
    """Whose word somebody can give: their own; and the office's, where they take no part."""
    if str(by_id) in _signers(lines):
        return {str(by_id)}
    return _signers(lines) & {_OFFICE} if is_office else set()


def _new_words(
    transfer: Transfer, lines: tuple[Line, ...], by_id: UUID, *, is_office: bool
) -> set[str]:
    new = _says(lines, by_id, is_office=is_office) - set(transfer.signed)
    if transfer.made_by == by_id or not new:
        raise rules.NotYoursToSign
    return new


def _check_may_settle(
    transfer: Transfer, lines: tuple[Line, ...], by_id: UUID, *, is_office: bool
) -> None:
    """A dispute is decided by the office, and by somebody who takes no part in it."""
    if not is_office or by_id == transfer.disputed_by or str(by_id) in _signers(lines):
        raise rules.NotYoursToSign


def _deed(transfer: Transfer, lines: tuple[Line, ...]) -> Deed:
    return Deed(transfer.unit, transfer.kind, lines, transfer.happened_on, transfer.facts)
