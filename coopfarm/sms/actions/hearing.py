"""What gateways tell us: the fate of our messages, and messages to us."""

from collections.abc import Callable, Sequence
from datetime import datetime

from coopfarm.sms import queries, rules
from coopfarm.sms.actions.outbox import end
from coopfarm.sms.models import ReceivedMessage
from coopfarm.store.tenancy import TenantSession

Whose = Callable[[TenantSession, str], Sequence[int]]
_LONGEST_TEXT = 2000


def keep_report(session: TenantSession, report: rules.Report, now: datetime) -> bool:
    """Note what became of a message; False where there is none of that name.

    Late and repeated reports change nothing.
    """
    found = queries.named(session, report.name) if report.name else None
    if found is None:
        return False
    session.cooperative_id = found.cooperative_id
    message = queries.message_for_update(session, found.id)
    if message is not None and message.state in rules.FOLLOWS.get(report.state, ()):
        end(message, report.state, now, report.problem)
    return True


def keep_incoming(
    session: TenantSession,
    incoming: rules.Incoming,
    *,
    gateway: str,
    whose: Whose,
    now: datetime,
) -> int:
    """Keep a message for every cooperative that knows its sender; in how many it was kept.

    From a number that nobody knows nothing is kept.
    """
    kept, number = 0, _e164(incoming.sender)
    for home in whose(session, number):
        session.cooperative_id = home
        name = incoming.provider_id[:80]
        if name and queries.was_received(session, gateway, name):
            continue
        text = incoming.text[:_LONGEST_TEXT].replace("\0", "")
        session.add(
            ReceivedMessage(
                number=number, text=text, gateway=gateway, provider_id=name or None, at=now
            )
        )
        session.flush()
        kept += 1
    return kept


def _e164(sender: str) -> str:
    """Gateways give numbers with their country: `+20…`, `20…` or, from a query, ` 20…`."""
    return "+" + "".join(letter for letter in sender if letter.isdecimal())[:19]
