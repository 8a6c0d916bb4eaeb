"""Any history of claims, answers, reversals and leavings keeps the laws of the ledger."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from coopfarm.kernel.refusal import Refusal
from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line, due
from coopfarm.ledger.models import LedgerAccount, LedgerLine, Transfer
from coopfarm.members.actions import membership
from coopfarm.members.actions.membership import By, Said
from coopfarm.members.models import Cooperative
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.ledger import ON, make_deed
from tests.factories.members import make_member
from tests.ledger import storm

LOW, HIGH = -120, 120
PEOPLE = 4
# More than the limits, so that refusals are among what is tried.
amounts = st.integers(1, 150)
who = st.integers(0, PEOPLE - 1)
units = st.sampled_from(["labour", "money"])


@dataclass
class Model:
    """The ledger as one would keep it in the head: what counts, by transfer."""

    open: dict[UUID, tuple[str, dict[UUID | str, int]]] = field(default_factory=dict)
    counts: dict[UUID, tuple[str, dict[UUID | str, int]]] = field(default_factory=dict)
    over: set[UUID] = field(default_factory=set)
    acts: int = 0

    def balance(self, owner: UUID | str, unit: str) -> int:
        kept = [lines for of, lines in self.counts.values() if of == unit]
        return sum(lines.get(owner, 0) for lines in kept)

    def fits(self, unit: str, lines: dict[UUID | str, int]) -> bool:
        return all(
            isinstance(one, str)
            or (n > 0 and self.balance(one, unit) + n <= HIGH)
            or (n < 0 and self.balance(one, unit) + n >= LOW)
            for one, n in lines.items()
        )


class History(RuleBasedStateMachine):
    """Drives the ledger and the model alike; what the model forbids must be refused."""

    database: Database
    serial = 0

    def __init__(self) -> None:
        super().__init__()
        History.serial += 1
        self.now = storm.NOW
        self.model = Model()
        self.session = self.database.writing()
        self._settle(self.session)
        self.elsewhere = self._other_cooperative()

    def _settle(self, session: TenantSession) -> None:
        home = Cooperative(
            name=f"H {History.serial}", timezone="UTC", locale="en_GB", made_at=self.now
        )
        session.add(home)
        session.flush()
        self.home = session.cooperative_id = home.id
        self.office = make_member(session, "manager", name="Nadia").id
        self.people = [make_member(session, name=f"M {n}").id for n in range(PEOPLE)]
        self.left: set[UUID] = set()
        bounds = {unit: rules.Bounds(LOW, HIGH) for unit in rules.UNITS}
        terms = rules.Terms(limits=bounds, newcomers="zero", confirm_days=3)
        actions.decide(session, terms, "for a test", by_id=self.office, now=self.now)

    def _other_cooperative(self) -> dict[str, int]:
        """Somebody else's ledger, which nothing here may touch."""
        with self.elsewhere_session() as session:
            home = Cooperative(
                name=f"O {History.serial}", timezone="UTC", locale="en_GB", made_at=self.now
            )
            session.add(home)
            session.flush()
            self.other = session.cooperative_id = home.id
            member = make_member(session, "manager", name="Zaynab").id
            self.their_transfer = actions.post(
                session, make_deed(member, "cooperative", 7), by_id=member, now=self.now
            ).id
            session.flush()
        return self._theirs()

    def elsewhere_session(self) -> "_Elsewhere":
        return _Elsewhere(self.session, self.home)

    def _theirs(self) -> dict[str, int]:
        with self.elsewhere_session() as session:
            session.cooperative_id = self.other
            return {
                "sum": session.scalar(select(func.sum(func.abs(LedgerLine.amount)))) or 0,
                "transfers": session.scalar(select(func.count(Transfer.id))) or 0,
                "accounts": session.scalar(select(func.count(LedgerAccount.id))) or 0,
                "acts": session.scalar(select(func.count(AuditEvent.id))) or 0,
            }

    def _deed(self, giver: int, receivers: set[int], amount: int, unit: str) -> Deed | None:
        others = [self.people[n] for n in sorted(receivers - {giver})]
        given = amount - amount % len(others) if others else 0
        if not given:
            return None
        each = -(given // len(others))
        lines = (Line(self.people[giver], given), *(Line(one, each) for one in others))
        return Deed(unit, "favour", lines, ON, {"words": "hay"})

    def _may(self, deed: Deed) -> bool:
        lines = {line.owner: line.amount for line in deed.lines}
        return not lines.keys() & self.left and self.model.fits(deed.unit, lines)

    @rule(giver=who, receivers=st.sets(who, min_size=1), amount=amounts, unit=units)
    def post(self, giver: int, receivers: set[int], amount: int, unit: str) -> None:
        deed = self._deed(giver, receivers, amount, unit)
        if deed is None:
            return
        made = self._try(
            lambda: actions.post(self.session, deed, by_id=self.office, now=self.now),
            may=self._may(deed),
        )
        if made is not None:
            self.model.counts[made.id] = (unit, {one.owner: one.amount for one in deed.lines})

    @rule(giver=who, receiver=who, amount=amounts, unit=units)
    def claim(self, giver: int, receiver: int, amount: int, unit: str) -> None:
        deed = self._deed(giver, {receiver}, amount, unit)
        if deed is None:
            return
        made = self._try(
            lambda: actions.claim(self.session, deed, by_id=self.people[giver], now=self.now),
            may=self._may(deed),
        )
        if made is not None:
            self.model.open[made.id] = (unit, {one.owner: one.amount for one in deed.lines})

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        if not self.model.open:
            return
        chosen = data.draw(st.sampled_from(sorted(self.model.open, key=str)))
        unit, lines = self.model.open[chosen]
        other = next(one for one, n in lines.items() if n < 0)
        assert isinstance(other, UUID)
        may = not lines.keys() & self.left and self.model.fits(unit, lines)
        disputed = queries.transfer(self.session, chosen).state == "disputed"
        by_id = self.office if disputed else other
        made = self._try(
            lambda: actions.confirm(self.session, chosen, by_id=by_id, now=self.now), may=may
        )
        if made is not None:
            self.model.counts[chosen] = self.model.open.pop(chosen)

    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        everything = {**self.model.open, **self.model.counts}
        if not everything:
            return
        chosen = data.draw(st.sampled_from(sorted(everything, key=str)))
        transfer = queries.transfer(self.session, chosen)
        by_id = next(one for one, n in everything[chosen][1].items() if n < 0)
        if not isinstance(by_id, UUID):
            return
        may = transfer.state != "disputed"
        self._try(
            lambda: actions.dispute(self.session, chosen, "not so", by_id=by_id, now=self.now),
            may=may,
        )

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        known = sorted({*self.model.open, *self.model.counts, *self.model.over}, key=str)
        if not known:
            return
        chosen = data.draw(st.sampled_from(known))
        made = self._try(
            lambda: actions.reverse(
                self.session, chosen, "a mistake", by_id=self.office, now=self.now
            ),
            may=chosen not in self.model.over,
        )
        if made is not None:
            self.model.open.pop(chosen, None)
            self.model.counts.pop(chosen, None)
            self.model.over.add(chosen)

    @rule(one=who)
    def leave(self, one: int) -> None:
        """Settled to zero, then gone; nobody comes back here."""
        member_id = self.people[one]
        if member_id in self.left or len(self.left) == PEOPLE - 2:
            return
        by = By(self.office, self.now, self.now.date())
        membership.take_step(self.session, member_id, "leave", Said(on=self.now.date()), by)
        stands = {u: n for u, n in queries.all_balances(self.session, member_id).items() if n}
        self._try(
            lambda: membership.take_step(self.session, member_id, "end", Said(), by),
            may=not stands,
            counted=False,
        )
        if stands:
            made = actions.settle(self.session, member_id, by_id=self.office, now=self.now)
            for transfer in made:
                n = stands[transfer.unit]
                lines: dict[UUID | str, int] = {member_id: -n, "cooperative": n}
                self.model.counts[transfer.id] = (transfer.unit, lines)
            self.model.acts += len(made)
            membership.take_step(self.session, member_id, "end", Said(), by)
        self.left.add(member_id)

    @rule(days=st.integers(1, 4))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        waiting = {
            one
            for one in self.model.open
            if queries.transfer(self.session, one).state in ("claimed", "confirmed")
        }
        self.model.acts += due.run(self.session, self.now)
        for one in waiting:
            if queries.transfer(self.session, one).state == "posted":
                self.model.counts[one] = self.model.open.pop(one)

    def _try(
        self, act: Callable[[], object], *, may: bool, counted: bool = True
    ) -> Transfer | None:
        """Do it; it is refused exactly where it may not be, and then leaves nothing."""

        held = self.session.begin_nested()
        try:
            made = act()
        except Refusal:
            held.rollback()
            assert not may, "refused what may be"
            return None
        held.commit()
        assert may, "accepted what may not be"
        self.model.acts += counted
        return made if isinstance(made, Transfer) else None

    @invariant()
    def all_accounts_together_are_zero(self) -> None:
        for unit in rules.UNITS:
            members = queries.balances(self.session, unit)
            funds = queries.fund_balances(self.session, unit)
            assert sum(members.values()) + sum(funds.values()) == 0

    @invariant()
    def each_balance_is_the_sum_of_its_lines(self) -> None:
        for unit in ("labour", "money"):
            found = queries.balances(self.session, unit, self.people)
            assert found == {one: self.model.balance(one, unit) for one in self.people}

    @invariant()
    def whoever_left_is_at_zero_unless_a_mistake_was_taken_back(self) -> None:
        for one in self.left:
            for unit in ("labour", "money"):
                assert queries.balance(self.session, one, unit) == self.model.balance(one, unit)

    @invariant()
    def each_act_is_written_down_once(self) -> None:
        verbs = Counter(
            self.session.scalars(
                select(AuditEvent.verb).where(AuditEvent.verb.startswith("ledger."))
            )
        )
        assert sum(verbs.values()) - verbs["ledger.policy"] == self.model.acts

    @invariant()
    def nothing_elsewhere_has_changed(self) -> None:
        assert self._theirs() == self.elsewhere

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()


@dataclass
class _Elsewhere:
    """The same session in another cooperative for a while."""

    session: TenantSession
    home: int

    def __enter__(self) -> TenantSession:
        self.session.flush()
        self.session.expire_all()
        return self.session

    def __exit__(self, *_: object) -> None:
        self.session.flush()
        self.session.cooperative_id = self.home


EXAMPLES = settings(
    max_examples=5,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_history_breaks_a_law(database: Database) -> None:
    machine = type("OnThisDatabase", (History,), {"database": database})

    run_state_machine_as_test(machine, settings=EXAMPLES)


def test_the_laws_are_broken_where_a_limit_is_not_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail."""
    monkeypatch.setattr(rules, "check_limits", lambda *_: None)
    machine = type("Unlimited", (History,), {"database": database})()

    try:
        with pytest.raises(AssertionError, match="accepted what may not be"):
            machine.post(giver=0, receivers={1}, amount=HIGH + 1, unit="labour")
    finally:
        machine.teardown()
