"""What the ledger is asked."""

from coopfarm.ledger.queries.accounts import (
    OFFICE,
    accounts_of,
    balance,
    balances,
    day_there,
    fund_balances,
    is_office,
    standing,
    terms,
)
from coopfarm.ledger.queries.transfers import lines_of, posted_already, transfer

__all__ = [
    "OFFICE",
    "accounts_of",
    "balance",
    "balances",
    "day_there",
    "fund_balances",
    "is_office",
    "lines_of",
    "posted_already",
    "standing",
    "terms",
    "transfer",
]
