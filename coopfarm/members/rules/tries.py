"""How often a secret may be tried in vain, and for how long the door then stays shut."""

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from coopfarm.kernel.refusal import NotAllowed
from coopfarm.kernel.words import N_

_MOST_DOUBLINGS: Final = 30  # enough for any lock to be the longest


class TooManyTries(NotAllowed):
    """So many tries in vain from one place, or at one thing, that nothing is looked at there."""

    code = "too-many-tries"
    words = N_(
        "There were too many wrong tries from here. Wait until %(until)s, then try again. "
        "Who signed in on this device before is not kept waiting."
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """Every so many `tries` in vain lock for `lock`, and each time twice as long up to `longest`.

    What was counted is forgotten `forgotten_after` the last try in vain, or after the first one
    where `is_window`: there the tries of one stretch of time are counted.
    """

    tries: int
    lock: timedelta
    longest: timedelta
    forgotten_after: timedelta
    is_window: bool = False


GROWING: Final = Limit(5, timedelta(minutes=15), timedelta(days=1), timedelta(days=7))
_HOUR: Final = timedelta(hours=1)
LIMITS: Final = {
    "account": GROWING,  # by whoever does not come from a device it knows
    "device": GROWING,  # one account from one device it knows
    "change": GROWING,  # the present secret, asked for before a new one
    "second": GROWING,  # codes of the second factor
    "name": Limit(20, _HOUR, _HOUR, _HOUR, is_window=True),
    "network": Limit(100, _HOUR, _HOUR, _HOUR, is_window=True),
    "fault": Limit(10, _HOUR, _HOUR, _HOUR, is_window=True),  # told by somebody unknown
    "fault-one": Limit(30, _HOUR, _HOUR, _HOUR, is_window=True),  # of one machine
}
LONGEST_MEMORY: Final = max(limit.forgotten_after for limit in LIMITS.values())


@dataclass(frozen=True, slots=True)
class Tries:
    """How often something was tried in vain since when, and until when it is locked."""

    failures: int
    locked_until: datetime | None
    counted_from: datetime | None = None


def is_locked(tries: Tries, now: datetime) -> bool:
    return tries.locked_until is not None and tries.locked_until > now


def after_failure(tries: Tries, now: datetime, limit: Limit = GROWING) -> Tries:
    """One more try in vain."""
    if tries.counted_from is not None and now >= tries.counted_from + limit.forgotten_after:
        tries = Tries(0, None)
    failures = tries.failures + 1
    since = tries.counted_from if limit.is_window and tries.counted_from else now
    if failures % limit.tries:
        return Tries(failures, tries.locked_until, since)
    doublings = min(failures // limit.tries - 1, _MOST_DOUBLINGS)
    lock = min(limit.lock * 2**doublings, limit.longest)
    return Tries(failures, (since if limit.is_window else now) + lock, since)


def after_success(tries: Tries, limit: Limit = GROWING) -> Tries:
    """The free tries are given back; how long the next lock lasts is not forgotten.

    Otherwise whoever guesses would gain by each time the holder comes in.
    """
    if limit.is_window:
        return tries
    return replace(tries, failures=tries.failures - tries.failures % limit.tries, locked_until=None)


def network_of(address: str) -> str:
    """The network of an address: /24 of IPv4, /56 of IPv6; empty for what is no address."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    bits = 24 if known.version == 4 else 56
    return str(ipaddress.ip_network((known, bits), strict=False))
