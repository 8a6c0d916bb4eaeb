"""What is entered counts, sums to zero, and stays."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.refusal import Missing
from coopfarm.ledger import actions, queries, rules
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.models import LedgerAccount, LedgerLine, Transfer
from coopfarm.store.audit import AuditEvent, history
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.ledger import ON, make_deed
from tests.factories.members import make_member


@dataclass
class Village:
    """Three members and who keeps the books."""

    session: TenantSession
    clock: Clock
    amina: UUID
    bilal: UUID
    carim: UUID
    office: UUID

    def post(self, deed: Deed) -> Transfer:
        return actions.post(self.session, deed, by_id=self.office, now=self.clock.now)

    def claim(self, deed: Deed, by_id: UUID | None = None) -> Transfer:
        return actions.claim(self.session, deed, by_id=by_id or self.amina, now=self.clock.now)

    def confirm(self, transfer: Transfer, by_id: UUID) -> Transfer:
        return actions.confirm(self.session, transfer.id, by_id=by_id, now=self.clock.now)

    def dispute(self, transfer: Transfer, by_id: UUID) -> Transfer:
        words = "that was not me"
        return actions.dispute(self.session, transfer.id, words, by_id=by_id, now=self.clock.now)

    def reverse(self, transfer: Transfer, by_id: UUID | None = None) -> Transfer:
        by_id = by_id or self.office
        return actions.reverse(
            self.session, transfer.id, "entered twice", by_id=by_id, now=self.clock.now
        )

    def labour(self) -> tuple[int, int, int]:
        found = queries.balances(self.session, "labour", (self.amina, self.bilal, self.carim))
        return found[self.amina], found[self.bilal], found[self.carim]


@pytest.fixture
def village(session: TenantSession, clock: Clock) -> Village:
    amina, bilal, carim = (make_member(session, name=n).id for n in ("Amina", "Bilal", "Carim"))
    office = make_member(session, "manager", name="Nadia").id
    return Village(session, clock, amina, bilal, carim, office)


def test_what_one_gave_the_other_received(village: Village) -> None:
    village.post(make_deed(village.amina, village.bilal, 90))

    assert village.labour() == (90, -90, 0)
    assert queries.balance(village.session, village.amina, "money") == 0


def test_one_deed_pays_a_whole_party(village: Village) -> None:
    lines = (Line(village.amina, 120), Line(village.bilal, 60), Line("cooperative", -180))

    village.post(Deed("labour", "work-party", lines, ON, {"party": "East canal"}))

    assert village.labour() == (120, 60, 0)
    assert queries.fund_balances(village.session, "labour") == {"cooperative": -180}


@pytest.mark.parametrize(
    "amounts", [(60, -59), (60,), (0, 0), (60, 0, -60)], ids=["uneven", "alone", "nothing", "idle"]
)
def test_a_deed_that_is_not_even_is_refused(village: Village, amounts: tuple[int, ...]) -> None:
    owners = (village.amina, village.bilal, village.carim)
    lines = tuple(Line(owner, n) for owner, n in zip(owners, amounts, strict=False))

    with pytest.raises(rules.DeedUneven):
        village.post(Deed("labour", "favour", lines, ON, {}))


def test_the_same_source_is_posted_once(village: Village) -> None:
    deed = make_deed(village.amina, village.bilal, source=("work-party", uuid4()))
    village.post(deed)

    with pytest.raises(rules.AlreadyPosted):
        village.post(deed)


def test_nobody_from_elsewhere_takes_part(village: Village) -> None:
    with pytest.raises(Missing):
        village.post(make_deed(village.amina, uuid4()))


def test_a_claim_counts_when_the_other_side_confirms_it(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, village.bilal))
    before = village.labour()

    village.confirm(claimed, village.bilal)

    assert before == (0, 0, 0)
    assert village.labour() == (60, -60, 0)
    assert claimed.state == "posted"


def test_a_claim_upon_two_waits_for_both(village: Village) -> None:
    lines = (Line(village.amina, 60), Line(village.bilal, -30), Line(village.carim, -30))
    claimed = village.claim(Deed("labour", "favour", lines, ON, {"words": "wood"}))

    village.confirm(claimed, village.bilal)

    assert claimed.state == "confirmed"
    assert village.labour() == (0, 0, 0)
    village.confirm(claimed, village.carim)
    assert village.labour() == (60, -30, -30)


def test_nobody_confirms_their_own_claim_or_somebody_elses(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, village.bilal))

    for stranger in (village.amina, village.carim, village.office):
        with pytest.raises(rules.NotYoursToSign):
            village.confirm(claimed, stranger)


def test_nobody_claims_for_others(village: Village) -> None:
    with pytest.raises(rules.NotYourEntry):
        village.claim(make_deed(village.bilal, village.carim))


def test_a_claim_upon_the_cooperative_is_confirmed_by_the_office(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, "cooperative"))

    village.confirm(claimed, village.office)

    assert village.labour() == (60, 0, 0)


def test_what_is_disputed_waits_for_the_office(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, village.bilal))
    village.dispute(claimed, village.bilal)

    village.confirm(claimed, village.office)

    assert village.labour() == (60, -60, 0)


def test_a_claim_that_is_taken_back_never_counted(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, village.bilal))

    village.reverse(claimed, village.amina)

    assert (claimed.state, village.labour()) == ("reversed", (0, 0, 0))


def test_a_mistake_is_taken_back_once(village: Village) -> None:
    posted = village.post(make_deed(village.amina, village.bilal))
    village.reverse(posted)

    with pytest.raises(rules.AlreadyReversed):
        village.reverse(posted)

    assert village.labour() == (0, 0, 0)


def test_only_the_office_takes_back_what_counts(village: Village) -> None:
    posted = village.post(make_deed(village.amina, village.bilal))

    with pytest.raises(rules.NotYourEntry):
        village.reverse(posted, village.amina)


def test_a_limit_refuses(village: Village) -> None:
    village.post(make_deed(village.amina, village.bilal, 80 * 60))

    with pytest.raises(rules.LimitReached) as refused:
        village.post(make_deed(village.amina, village.carim, 1))

    assert refused.value.facts["name"] == "Amina"


def test_who_comes_back_towards_zero_is_not_held(village: Village) -> None:
    village.post(make_deed(village.amina, village.bilal, 80 * 60))

    village.post(make_deed(village.bilal, village.amina, 60))

    assert village.labour() == (79 * 60, -79 * 60, 0)


def test_no_limit_stands_before_help_in_hardship(village: Village) -> None:
    village.post(make_deed("cooperative", village.bilal, 200 * 60, kind="relief"))

    assert village.labour() == (0, -200 * 60, 0)


def test_a_sanction_stops_at_the_floor(village: Village) -> None:
    with pytest.raises(rules.FloorReached):
        village.post(make_deed("cooperative", village.bilal, 60, kind="sanction"))


def test_water_is_no_sanction(village: Village) -> None:
    deed = make_deed("cooperative", village.bilal, 60, kind="sanction", unit="water")

    with pytest.raises(rules.WaterIsNoSanction):
        village.post(deed)


def test_each_act_is_written_down_once(village: Village) -> None:
    claimed = village.claim(make_deed(village.amina, village.bilal))
    village.confirm(claimed, village.bilal)
    village.clock.forward(minutes=1)
    village.reverse(claimed)

    acts = history(village.session, subject=claimed, limit=9)

    assert {act.verb for act in acts} == {"ledger.claim", "ledger.confirm", "ledger.reverse"}
    assert len(acts) == 3
    assert isinstance(acts[0], AuditEvent)


def _even(village: Village) -> Transfer:
    return village.post(make_deed(village.amina, village.bilal))


UNDER_HAND = {
    "a line is changed": "UPDATE ledger_lines SET amount = 1",
    "a line is removed": "DELETE FROM ledger_lines",
    "a transfer is removed": "DELETE FROM ledger_transfers",
    "a transfer is dated anew": "UPDATE ledger_transfers SET happened_on = '2026-01-01'",
    "it is not posted any more": "UPDATE ledger_transfers SET posted_at = NULL, state = 'claimed'",
    "it is a draft again": "UPDATE ledger_transfers SET state = 'draft', posted_at = NULL",
    "it is reversed by nothing": "UPDATE ledger_transfers SET state = 'reversed'",
}


@pytest.mark.parametrize("statement", UNDER_HAND.values(), ids=UNDER_HAND.keys())
def test_the_database_lets_no_posting_be_changed(village: Village, statement: str) -> None:
    _even(village)

    with pytest.raises(DBAPIError):
        village.session.connection().execute(text(statement))


def test_the_database_takes_no_line_for_what_is_posted(village: Village) -> None:
    posted = _even(village)
    account = queries.accounts_of(village.session, [village.amina])[village.amina]
    row = {"transfer_id": posted.id, "account_id": account.id, "amount": 5, "id": uuid4()}

    with pytest.raises(DBAPIError, match="no_draft"):
        village.session.execute(
            insert(LedgerLine), [{"cooperative_id": posted.cooperative_id, **row}]
        )


def _draft(village: Village, *amounts: int) -> Transfer:
    """A draft with such lines, as no program of ours leaves one."""
    _even(village)
    accounts = queries.accounts_of(village.session, [village.amina, village.bilal])
    draft = Transfer(
        unit="labour", kind="favour", happened_on=ON, facts={}, made_at=village.clock.now
    )
    village.session.add(draft)
    village.session.flush()
    rows: list[dict[str, object]] = [
        {"transfer_id": draft.id, "account_id": account.id, "amount": n, "id": uuid4()}
        | {"cooperative_id": draft.cooperative_id}
        for account, n in zip(accounts.values(), amounts, strict=False)
    ]
    village.session.execute(insert(LedgerLine), rows)
    return draft


@pytest.mark.parametrize("amounts", [(60, -59), (60,)], ids=["uneven", "alone"])
def test_the_database_posts_nothing_uneven(village: Village, amounts: tuple[int, ...]) -> None:
    draft = _draft(village, *amounts)

    with pytest.raises(DBAPIError, match="uneven"):
        village.session.execute(
            update(Transfer)
            .where(Transfer.id == draft.id)
            .values(state="posted", posted_at=village.clock.now)
        )


def test_a_draft_counts_for_nothing_and_is_not_kept_where_that_can_be_seen(
    village: Village,
) -> None:
    _draft(village, 60, -60)

    assert village.labour() == (60, -60, 0)
    if village.session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="uneven"):
            village.session.commit()


def test_accounts_are_opened_once(village: Village) -> None:
    _even(village)
    village.clock.forward(days=1)
    _even(village)

    found = village.session.query(LedgerAccount).count()

    assert found == 2
