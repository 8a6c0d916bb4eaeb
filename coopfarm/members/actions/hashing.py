"""PINs and passwords as they are kept: argon2id over a peppered secret, few at a time."""

import hashlib
import hmac
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from argon2 import extract_parameters
from argon2.low_level import ARGON2_VERSION, Type, hash_secret

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import TryLater
from coopfarm.members.models import Account

_AT_ONCE: Final = 4
_PATIENCE_SECONDS: Final = 3.0
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_room = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash takes: passes over so much memory, in KiB."""

    passes: int
    memory_kib: int


# OWASP Password Storage Cheat Sheet: the least for argon2id is 19 MiB, two passes, one lane.
cost = Cost(2, 19_456)


def hashed(secret: str, name: str, pepper: str) -> str:
    """The secret as it is kept for the number or login `name`. Raises TryLater."""
    with _Room():
        return _hash(_start(name, pepper), secret, pepper)


def matching(
    accounts: Sequence[Account], names: Iterable[str], secret: str, pepper: str
) -> frozenset[Account]:
    """The accounts whose secret it is. Raises TryLater where too many are being looked at.

    The work is the same whether nobody has one of these names or several do: the salt follows
    from the name, so one hash is compared with all that stand under it.
    """
    starts = {_start(name, pepper) for name in names}
    # One that was kept under another number or another cost takes a hash more, until it is renewed.
    starts |= {_start_of(account) for account in accounts}
    with _Room():
        found = {start: _hash(start, secret, pepper) for start in sorted(starts)}
    return frozenset(
        account
        for account in accounts
        if hmac.compare_digest(found[_start_of(account)], account.secret_hash)
    )


def renew(account: Account, secret: str, pepper: str) -> None:
    """Keep a secret that was just shown under the salt and cost of today."""
    name = account.phone or account.login or ""
    if _start_of(account) != _start(name, pepper):
        account.secret_hash = hashed(secret, name, pepper)


class _Room:
    """One of the few places to hash in: each takes 19 MiB."""

    def __enter__(self) -> None:
        if not _room.acquire(timeout=_PATIENCE_SECONDS):
            raise TryLater

    def __exit__(self, *_raised: object) -> None:
        _room.release()


def keyed(pepper: str, *what: str) -> bytes:
    """32 bytes that nobody can tell who has not the pepper."""
    return hmac.digest(pepper.encode(), "\0".join(what).encode(), hashlib.sha256)


def _start(name: str, pepper: str) -> str:
    """All of a hash but its end, as argon2 writes it: kind, cost and salt."""
    salt = b64encode(keyed(pepper, "salt", name)[:_SALT_BYTES]).decode().rstrip("=")
    return f"$argon2id$v={ARGON2_VERSION}$m={cost.memory_kib},t={cost.passes},p=1${salt}"


def _start_of(account: Account) -> str:
    return account.secret_hash.rpartition("$")[0]


def _hash(start: str, secret: str, pepper: str) -> str:
    how = extract_parameters(f"{start}${'A' * 43}")
    salt = start.rpartition("$")[2]
    plain = plain_digits(secret)
    peppered = hmac.new(pepper.encode(), plain.encode(), hashlib.sha256).hexdigest()
    encoded = hash_secret(
        peppered.encode(),
        b64decode(salt + "=" * (-len(salt) % 4)),
        time_cost=how.time_cost,
        memory_cost=how.memory_cost,
        parallelism=how.parallelism,
        hash_len=_HASH_BYTES,
        type=Type.ID,
        version=how.version,
    )
    return encoded.decode()
