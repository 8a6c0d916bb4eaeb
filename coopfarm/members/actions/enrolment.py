"""On the way in without a PIN: a code by short message, or a card.

No function here commits. Those that count vain tries give their refusal back, so that the
caller can keep the count.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from coopfarm.kernel.refusal import Refusal
from coopfarm.members.actions import hashing, tries
from coopfarm.members.models import Enrolment, EnrolmentCard, Member
from coopfarm.members.queries import enrolment as known
from coopfarm.members.rules import TooManyTries
from coopfarm.members.rules import enrolment as rules
from coopfarm.sms import actions as sms
from coopfarm.sms import queries as sms_known
from coopfarm.sms.models import Message
from coopfarm.store.tenancy import TenantSession

_PURPOSE: Final = "code"


@dataclass(frozen=True, slots=True)
class TypedCard:
    """What stands on a card: the member's number, and the code."""

    number: str
    code: str = field(repr=False)


def new_browser() -> str:
    """The token of a browser on the way in; only `browser_hash` of it is kept."""
    return secrets.token_urlsafe(32)


def browser_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ask_code(
    session: TenantSession,
    phones: Sequence[str],
    *,
    browser: str,
    pepper: str,
    says: Callable[[str], str],
    most_a_day: int,
    now: datetime,
) -> Message | None:
    """Send a code to a number, if it is a member's; everything else is the same if it is not.

    `phones` are what was typed, read as a number of each country. Raises TooManyCodes.
    """
    known.sweep(session, now - rules.DAY)
    found = known.found_by_phone(session, phones)
    phone = found[0].member.phone if found and found[0].member.phone else phones[0]
    if found:
        known.hold_cooperative(session, found[0].member.cooperative_id)
    if known.codes_asked(session, phone, now - rules.DAY) >= rules.SENDS_A_DAY:
        raise rules.TooManyCodes
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    session.add(
        Enrolment(
            browser_hash=browser,
            phone=phone,
            code_hash=_code_hash(pepper, phone, code),
            made_at=now,
            ends_at=now + rules.CODE_LASTS,
        )
    )
    session.flush()
    return _send(session, found[0].member, says(code), most_a_day, now) if found else None


def _send(
    session: TenantSession, member: Member, text: str, most_a_day: int, now: datetime
) -> Message:
    """Write the message; beyond what the cooperative pays for it is kept as not sent."""
    session.cooperative_id = member.cooperative_id
    is_paid = sms_known.sent_since(session, _PURPOSE, now - rules.DAY) < most_a_day
    message = sms.post(
        session,
        to=str(member.phone),
        text=text,
        purpose=_PURPOSE,
        now=now,
        good_until=now + rules.CODE_LASTS,
    )
    if not is_paid:
        sms.end(message, "failed", now, "more codes than COOPFARM_SMS_CODES_A_DAY")
    return message


def pass_by_code(
    session: TenantSession, browser: str, typed: str, *, network: str, pepper: str, now: datetime
) -> Refusal | None:
    """Take a code that was sent: once, at the browser that asked, ten wrong ones a day."""
    place = tries.key("network", network, pepper=pepper)
    until = tries.locked_until(session, place, now)
    if until is not None:
        return TooManyTries(until=until)
    refusal = _try_codes(session, browser, rules.plain_code(typed), pepper, now)
    if refusal is not None:
        tries.count([*tries.held(session, [place], now).values()], now)
    return refusal


def _try_codes(
    session: TenantSession, browser: str, code: str, pepper: str, now: datetime
) -> Refusal | None:
    codes = known.open_codes(session, browser, now)
    if any(_is_shut(session, one.phone, now) for one in codes) or not codes:
        return rules.CodeNotRecognised()
    for one in codes:
        if hmac.compare_digest(one.code_hash or "", _code_hash(pepper, one.phone, code)):
            one.passed_at, one.ends_at = now, now + rules.PASS_LASTS
            for other in codes:
                other.code_hash = None
            return None
    codes[0].tries += 1
    return rules.CodeNotRecognised()


def _is_shut(session: TenantSession, phone: str | None, now: datetime) -> bool:
    return known.wrong_codes(session, phone or "", now - rules.DAY) >= rules.WRONG_CODES


def pass_by_card(
    session: TenantSession,
    browser: str,
    typed: TypedCard,
    *,
    network: str,
    pepper: str,
    now: datetime,
) -> Refusal | None:
    """Take the code of a card; wrong ones count at every card of that number."""
    known.sweep(session, now - rules.DAY)
    place = tries.key("network", network, pepper=pepper)
    until = tries.locked_until(session, place, now)
    if until is not None:
        return TooManyTries(until=until)
    refusal = _try_cards(session, browser, typed, pepper, now)
    if refusal is not None:
        tries.count([*tries.held(session, [place], now).values()], now)
    return refusal


def _try_cards(
    session: TenantSession, browser: str, typed: TypedCard, pepper: str, now: datetime
) -> Refusal | None:
    finder, code = rules.finder(typed.number), rules.plain_code(typed.code)
    cards = known.live_cards(session, finder, now) if finder else ()
    # One more that fits nothing, so that the work is the same where there is none.
    fits = [_fits(card.code_hash, pepper, finder, code) for card in cards]
    _fits("", pepper, finder, code)
    for found, fit in zip(cards, fits, strict=True):
        session.cooperative_id = found.cooperative_id
        card = known.card_for_update(session, found.id)
        if card.locked_until is not None and card.locked_until > now:
            continue
        if fit and card.used_at is None and card.void_at is None:
            session.add(_passed_by(card, browser, now))
            session.flush()
            return None
        card.tries += 1
        card.locked_until = rules.delay_after(card.tries, now)
        session.flush()
    return rules.CodeNotRecognised()


def _passed_by(card: EnrolmentCard, browser: str, now: datetime) -> Enrolment:
    return Enrolment(
        browser_hash=browser,
        home=card.cooperative_id,
        card_id=card.id,
        made_at=now,
        passed_at=now,
        ends_at=now + rules.PASS_LASTS,
    )


def _code_hash(pepper: str, phone: str | None, code: str) -> str:
    return hashing.keyed(pepper, "sms-code", phone or "", code).hex()


def _fits(code_hash: str, pepper: str, finder: str, code: str) -> bool:
    return hmac.compare_digest(code_hash, card_hash(pepper, finder, code))


def card_hash(pepper: str, finder: str, code: str) -> str:
    return hashing.keyed(pepper, "card-code", finder, code).hex()
