"""The outbox: a message is written in the act's own transaction, and sent once that is kept."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from coopfarm.sms import queries, rules
from coopfarm.sms.actions.carrying import Carry, NotCarried, OutcomeUnknown
from coopfarm.sms.models import Message
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession

JOB = "sms"
_ENDED = ("sent", "delivered", "failed")
_SECRET = "code"  # noqa: S105 (the purpose of a message)


def post(
    session: TenantSession,
    *,
    to: str,
    text: str,
    purpose: rules.Purpose,
    now: datetime,
    member_id: UUID | None = None,
    good_until: datetime | None = None,
) -> Message:
    """Write a message; whoever commits has `job_argument` queued as a `JOB` afterwards.

    `to` is E.164. After `good_until` it is not sent any more.
    """
    message = Message(
        member_id=member_id,
        number=to,
        text=text,
        purpose=purpose,
        segments=rules.segments(text),
        reference=secrets.token_urlsafe(18),
        made_at=now,
        state_since=now,
        good_until=good_until,
    )
    session.add(message)
    session.flush()
    return message


def job_argument(message: Message) -> str:
    return f"{message.cooperative_id}:{message.id}"


def perform(
    database: Database,
    argument: str,
    clock: Callable[[], datetime],
    gateway: rules.Gateway | None,
    carry: Carry,
) -> None:
    """Send the message named by `job_argument`, if it still waits: done twice, it is sent once.

    It is taken in one transaction and its fate kept in another, so that the gateway is waited
    for with nothing held. Cut off between the two it counts as not sent, and is not repeated.
    """
    home, _, name = argument.partition(":")
    with database.transaction(int(home)) as session:
        outgoing = _take(queries.message_for_update(session, UUID(name)), gateway, clock())
    if outgoing is None or gateway is None:
        return
    outcome = _send(gateway, outgoing, carry)
    with database.transaction(int(home)) as session:
        message = queries.message_for_update(session, UUID(name))
        # A report may have been faster than the answer.
        if message is not None and message.state == "sending":
            _settle(message, outcome, clock())


def _take(
    message: Message | None, gateway: rules.Gateway | None, now: datetime
) -> rules.Outgoing | None:
    if message is None or message.state != "queued":
        return None
    if message.next_try_at is not None and message.next_try_at > now:
        return None
    if message.good_until is not None and message.good_until <= now:
        end(message, "failed", now, "too late")
        return None
    if gateway is None:
        end(message, "failed", now, "no gateway is set")
        return None
    message.state, message.state_since, message.tries = "sending", now, message.tries + 1
    return rules.Outgoing(message.reference, message.number, message.text)


def _send(gateway: rules.Gateway, outgoing: rules.Outgoing, carry: Carry) -> rules.Outcome:
    try:
        return gateway.outcome(carry(gateway.send(outgoing)))
    except NotCarried as error:
        return rules.Outcome.later(f"not reached: {error}")
    except OutcomeUnknown as error:
        return rules.Outcome.refused(f"no answer: {error}")


def _settle(message: Message, outcome: rules.Outcome, now: datetime) -> None:
    if outcome.state == "queued" and message.tries < rules.MOST_TRIES:
        message.state, message.state_since = "queued", now
        message.problem, message.next_try_at = outcome.problem, now + rules.pause(message.tries)
        return
    message.provider_id = outcome.provider_id or None
    end(message, "failed" if outcome.state == "queued" else outcome.state, now, outcome.problem)


def end(message: Message, state: str, now: datetime, problem: str = "") -> None:
    """What became of a message; the text of a code is wiped."""
    message.state, message.state_since, message.problem = state, now, problem[:200]
    message.next_try_at = None
    if state in _ENDED and message.purpose == _SECRET:
        message.text = ""


def due(
    database: Database, homes: Callable[[TenantSession], Sequence[int]], now: datetime
) -> Iterator[str]:
    """The arguments of jobs for what waits to be sent; what was cut off is given up."""
    with database.reading() as session:
        every = homes(session)
    for home in every:
        with database.reading() as session:
            session.cooperative_id = home
            waiting = queries.due(session, now)
            has_lost = bool(queries.lost(session, now))
        if has_lost:
            _give_up(database, home, now)
        yield from (f"{home}:{message_id}" for message_id in waiting)


def _give_up(database: Database, home: int, now: datetime) -> None:
    with database.transaction(home) as session:
        for message_id in queries.lost(session, now):
            message = queries.message_for_update(session, message_id)
            if message is not None and message.state == "sending":
                end(message, "failed", now, "cut off")
