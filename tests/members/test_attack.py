"""Thirty days of guessing, through the real door, by somebody who knows every lock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, cycle
from uuid import uuid4

import pytest

from coopfarm.members import actions, rules
from coopfarm.members.actions import hashing
from coopfarm.members.models import Account
from coopfarm.store.tenancy import TenantSession
from tests.conftest import PEPPER, Clock
from tests.factories.members import PIN, make_member

DAYS = 30
# How many PINs somebody may have: those that are tried first are refused.
PINS = 979_183
MOST = 1e-3
ELSEWHERE = actions.Origin(network="198.51.100.0/24")


@dataclass
class Village:
    """Whom the attacker is after, and when it is."""

    session: TenantSession
    clock: Clock
    accounts: list[Account] = field(default_factory=list)

    def settle(self, phone: str) -> Account:
        member = make_member(self.session, phone=phone)
        account = actions.open_account(self.session, member, phone=phone, secret=PIN, pepper=PEPPER)
        self.accounts.append(account)
        return account

    def sign_in(self, phone: str, pin: str, origin: actions.Origin) -> actions.Admission:
        return actions.sign_in(
            self.session, [phone], pin, pepper=PEPPER, now=self.clock.now, origin=origin
        )

    def is_locked(self, account: Account) -> bool:
        return account.locked_until is not None and account.locked_until > self.clock.now


@dataclass
class Attacker:
    """Tries a new PIN whenever it would be looked at; counts how many were."""

    village: Village
    origins: Iterator[actions.Origin] = field(default_factory=lambda: cycle([ELSEWHERE]))
    looked_at: dict[str, int] = field(default_factory=dict)
    pins: Iterator[int] = field(default_factory=lambda: count(700_000))

    def guess(self, phone: str) -> None:
        of_it = [one for one in self.village.accounts if one.phone == phone]
        before = {one.id: (one.failures, one.counted_from) for one in of_it}
        pin = f"{next(self.pins):06}"
        admission = self.village.sign_in(phone, pin, next(self.origins))
        assert admission.token is None
        seen = any((one.failures, one.counted_from) != before[one.id] for one in of_it)
        self.looked_at[phone] = self.looked_at.get(phone, 0) + seen

    def guess_until_locked(self, phone: str, *, spare: int = 0) -> None:
        of_it = [one for one in self.village.accounts if one.phone == phone]
        while not any(self.village.is_locked(one) for one in of_it):
            if of_it[0].failures % 5 == 5 - spare:
                return
            self.guess(phone)

    def wait_for_any(self, until: datetime) -> bool:
        """Move on to the moment when somebody is next open to guessing, before `until`."""
        ends = [one.locked_until for one in self.village.accounts if one.locked_until]
        self.village.clock.now = max(self.village.clock.now, min(ends))
        return self.village.clock.now < until


@pytest.fixture
def village(
    session: TenantSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Village]:
    # The hash is the real one, made cheap: what is tried here is the counting.
    monkeypatch.setattr(hashing, "cost", hashing.Cost(1, 8))
    return Village(session, clock)


def chance(guesses: int) -> float:
    return guesses / PINS


def a_new_network() -> Iterator[actions.Origin]:
    return (actions.Origin(network=f"2001:db8:{number:x}::/56") for number in count())


def test_hammering_one_account_from_the_whole_world_finds_no_pin(village: Village) -> None:
    account = village.settle("+201000000001")
    known = actions.Origin(device_id="hers", knows=frozenset({account.id}))
    attacker, end = Attacker(village, a_new_network()), village.clock.now + timedelta(days=DAYS)
    came_in: set[int] = set()

    while attacker.wait_for_any(end) if account.locked_until else True:
        attacker.guess_until_locked("+201000000001")
        attacker.guess("+201000000001")  # while it is locked nothing is looked at
        if village.sign_in("+201000000001", PIN, known).token:
            came_in.add((end - village.clock.now).days)

    assert 100 < attacker.looked_at["+201000000001"] <= 250
    assert chance(attacker.looked_at["+201000000001"]) < MOST / 3
    assert came_in >= set(range(DAYS))


def test_guessing_in_bursts_and_letting_it_be_forgotten_gains_nothing(village: Village) -> None:
    account = village.settle("+201000000001")
    attacker, end = Attacker(village, a_new_network()), village.clock.now + timedelta(days=DAYS)

    while village.clock.now < end:
        for _ in range(7):
            attacker.guess_until_locked("+201000000001")
            assert account.locked_until is not None
            village.clock.now = account.locked_until
        village.clock.forward(days=7)

    assert chance(attacker.looked_at["+201000000001"]) < MOST / 3


def test_riding_on_the_holders_own_coming_in_gains_little(village: Village) -> None:
    """The holder has no device that is known, and comes in whenever it is possible."""
    village.settle("+201000000001")
    attacker, end = Attacker(village, a_new_network()), village.clock.now + timedelta(days=DAYS)
    home = actions.Origin(network="192.0.2.0/24")

    while village.clock.now < end:
        attacker.guess_until_locked("+201000000001", spare=1)
        assert village.sign_in("+201000000001", PIN, home).token is not None
        village.clock.forward(hours=12)

    assert chance(attacker.looked_at["+201000000001"]) < MOST / 3


def test_a_number_of_five_people_is_no_easier_to_guess(village: Village) -> None:
    for _ in range(rules.ACCOUNTS_A_NUMBER):
        village.settle("+201000000001")
    attacker, end = Attacker(village, a_new_network()), village.clock.now + timedelta(days=DAYS)

    attacker.guess_until_locked("+201000000001")
    while attacker.wait_for_any(end):
        attacker.guess_until_locked("+201000000001")

    # Each guess is compared with five PINs.
    assert chance(5 * attacker.looked_at["+201000000001"]) < MOST


@pytest.mark.parametrize("networks", ["one", "many"])
def test_spraying_many_numbers_looks_at_few_pins_of_each(village: Village, networks: str) -> None:
    phones = [f"+2010000000{place:02}" for place in range(2)]
    for phone in phones:
        village.settle(phone)
    origins = a_new_network() if networks == "many" else cycle([ELSEWHERE])
    attacker, end = Attacker(village, origins), village.clock.now + timedelta(days=DAYS)

    while village.clock.now < end:
        for phone in phones:
            attacker.guess_until_locked(phone)
            attacker.guess(f"+20109{uuid4().int % 10**7:07}")  # and one that nobody has
        attacker.wait_for_any(end)

    assert max(chance(looked_at) for looked_at in attacker.looked_at.values()) < MOST / 3


def test_one_network_is_looked_at_a_hundred_times_an_hour(village: Village) -> None:
    """Each number is tried once: no account is locked by that."""
    neighbour = village.settle("+201000000001")
    at_home = actions.Origin(
        network=ELSEWHERE.network, device_id="hers", knows=frozenset({neighbour.id})
    )

    refusals = [village.sign_in(f"+2011{n:08}", "582640", ELSEWHERE).refusal for n in range(101)]
    stranger = village.sign_in("+201000000001", PIN, ELSEWHERE)
    known = village.sign_in("+201000000001", PIN, at_home)
    village.clock.forward(hours=1)
    later = village.sign_in("+201000000001", PIN, ELSEWHERE)

    kinds = [type(refusal) for refusal in refusals]
    assert kinds == [rules.NotRecognised] * 100 + [rules.TooManyTries]
    assert isinstance(stranger.refusal, rules.TooManyTries)
    assert known.token is not None
    assert later.token is not None
