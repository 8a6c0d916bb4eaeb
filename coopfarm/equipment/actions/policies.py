"""The rules of booking are drafted, put in force, and brought back. No function here commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.equipment.models import MachinePolicy
from coopfarm.equipment.queries import policies
from coopfarm.equipment.rules import lines
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

_GUARD = "uq_machine_policies"
LONGEST_REASON = 300


class DraftChanged(Conflict):
    """Somebody else works on the same draft."""

    code = "policy-draft-changed"
    words = N_("Somebody changed these rules since you opened them. Load them again and look.")


class NoDraft(Conflict):
    """Two put the same draft in force, or one dropped it."""

    code = "policy-no-draft"
    words = N_("There is no draft any more: it was put in force, or dropped. Load the rules again.")


class NothingChanges(Conflict):
    """A new version that says what the present one says would only make the history longer."""

    code = "policy-unchanged"
    words = N_("These rules are in force already, line by line. Change a line first.")


class NoSuchLine(Invalid):
    """The draft is shorter than that."""

    code = "policy-no-such-line"
    words = N_("The draft has no line %(place)s. Load it again and look.")


class RulesReasonMissing(Invalid):
    """Everybody reads why the rules changed."""

    code = "policy-reason-missing"
    words = N_("%(field)s: say why the rules change. Every member can read it.")


def put_line(
    session: Session,
    category: str,
    sent: Mapping[str, Any],
    *,
    edition: int,
    actor_id: UUID,
    now: datetime,
    place: int | None = None,
) -> MachinePolicy:
    """Add a line to the draft, or put it at a place, from 1; the draft begins as what is in force.

    `edition` is that of the draft that was seen, 0 where there was none. Raises BadPolicyLine,
    TooManyLines, NoSuchLine and DraftChanged.
    """
    line = lines.kept(lines.checked(sent))
    before = _seen(session, category, edition)
    if place is None:
        if len(before) >= lines.MOST_LINES:
            raise lines.TooManyLines(most=lines.MOST_LINES)
        after = [*before, line]
    else:
        after = [*before]
        after[_index(before, place)] = line
    return _keep_draft(session, category, after, actor_id=actor_id, now=now)


def take_line(
    session: Session, category: str, place: int, *, edition: int, actor_id: UUID, now: datetime
) -> MachinePolicy:
    """Take a line out of the draft. Raises NoSuchLine and DraftChanged."""
    after = [*_seen(session, category, edition)]
    del after[_index(after, place)]
    return _keep_draft(session, category, after, actor_id=actor_id, now=now)


def drop(session: Session, category: str, *, edition: int, actor_id: UUID, now: datetime) -> None:
    """Do away with the draft. Raises NoDraft and DraftChanged."""
    row = _draft(policies.held(session, category), edition)
    audit.record(session, "machine-rules.drop", row, actor_id=actor_id, at=now, before=_told(row))
    session.delete(row)
    session.flush()


def put_in_force(
    session: Session, category: str, reason: str, *, edition: int, actor_id: UUID, now: datetime
) -> MachinePolicy:
    """Have bookings held against the draft from now on; what held so far is kept as old.

    Raises RulesReasonMissing, NoDraft, DraftChanged and NothingChanges.
    """
    held = policies.held(session, category)
    row = _draft(held, edition)
    _check(reason, held.get("in_force"), row.lines)
    row.version = policies.newest(session, category, but=row.id) + 1
    _enter(session, row, held.get("in_force"), reason, now)
    after = _told(row)
    audit.record(session, "machine-rules.in-force", row, actor_id=actor_id, at=now, after=after)
    return row


def bring_back(
    session: Session, policy_id: UUID, reason: str, *, actor_id: UUID, now: datetime
) -> MachinePolicy:
    """Put the lines of an old version in force again, as a new one.

    Raises Missing, RulesReasonMissing and NothingChanges.
    """
    old = policies.version(session, policy_id)
    held = policies.held(session, old.category)
    _check(reason, held.get("in_force"), old.lines)
    row = MachinePolicy(
        id=uuid4(),
        category=old.category,
        version=policies.newest(session, old.category) + 1,
        lines=old.lines,
        made_by=actor_id,
        made_at=now,
    )
    _enter(session, row, held.get("in_force"), reason, now)
    after = _told(row)
    audit.record(session, "machine-rules.bring-back", row, actor_id=actor_id, at=now, after=after)
    return row


def end(
    session: Session, policy_id: UUID, reason: str, *, actor_id: UUID, now: datetime
) -> MachinePolicy:
    """Have a category follow the rules for all machines again. Raises NoDraft where it does."""
    row = policies.held(session, policies.version(session, policy_id).category).get("in_force")
    if row is None or row.id != policy_id:
        raise DraftChanged
    if not reason.strip():
        raise RulesReasonMissing(field="reason")
    row.state, row.old_at = "old", now
    row.edition += 1
    session.flush()
    after = {"reason": reason.strip()[:LONGEST_REASON]}
    audit.record(
        session,
        "machine-rules.end",
        row,
        actor_id=actor_id,
        at=now,
        before=_told(row),
        after=after,
    )
    return row


def _seen(session: Session, category: str, edition: int) -> Sequence[dict[str, Any]]:
    """The lines a person saw, held: those of the draft, else of what is in force."""
    held = policies.held(session, category)
    row = held.get("draft")
    if (row.edition if row else 0) != edition:
        raise DraftChanged
    shown = row or held.get("in_force")
    return shown.lines if shown else []


def _index(found: Sequence[object], place: int) -> int:
    if not 1 <= place <= len(found):
        raise NoSuchLine(field="place", place=place)
    return place - 1


def _keep_draft(
    session: Session, category: str, after: list[Any], *, actor_id: UUID, now: datetime
) -> MachinePolicy:
    row = policies.held(session, category).get("draft")
    if row is None:
        number = policies.newest(session, category) + 1
        row = MachinePolicy(id=uuid4(), category=category, version=number, edition=0, state="draft")
        session.add(row)
    row.lines, row.made_by, row.made_at = after, actor_id, now
    row.edition += 1
    with kept_by(_GUARD, DraftChanged()):
        session.flush()
    audit.record(session, "machine-rules.draft", row, actor_id=actor_id, at=now, after=_told(row))
    return row


def _draft(held: Mapping[str, MachinePolicy], edition: int) -> MachinePolicy:
    row = held.get("draft")
    if row is None:
        raise NoDraft
    if row.edition != edition:
        raise DraftChanged
    return row


def _check(reason: str, present: MachinePolicy | None, after: Sequence[Any]) -> None:
    if present is not None and present.lines == after:
        raise NothingChanges
    if not reason.strip():
        raise RulesReasonMissing(field="reason")


def _enter(
    session: Session, row: MachinePolicy, present: MachinePolicy | None, reason: str, now: datetime
) -> None:
    """One version follows the other; the database lets no two be in force."""
    if present is not None:
        present.state, present.old_at = "old", now
        present.edition += 1
        session.flush()
    row.state, row.in_force_at = "in_force", now
    row.reason = reason.strip()[:LONGEST_REASON]
    row.edition = (row.edition or 0) + 1
    session.add(row)
    with kept_by(_GUARD, DraftChanged()):
        session.flush()


def _told(row: MachinePolicy) -> dict[str, Any]:
    """A version as the audit keeps it."""
    return {
        "category": row.category,
        "version": row.version,
        "lines": row.lines,
        "reason": row.reason,
    }
