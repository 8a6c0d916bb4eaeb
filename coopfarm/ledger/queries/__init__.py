"""What the ledger is asked."""

from coopfarm.ledger.queries.accounts import (
    OFFICE,
    accounts_of,
    acting,
    all_balances,
    balance,
    balances,
    day_there,
    fund_balances,
    had_begun,
    is_office,
    means,
    standing,
    terms,
)
from coopfarm.ledger.queries.transfers import lines_of, of_source, posted_already, transfer

__all__ = [
    "OFFICE",
    "accounts_of",
    "acting",
    "all_balances",
    "balance",
    "balances",
    "day_there",
    "fund_balances",
    "had_begun",
    "is_office",
    "lines_of",
    "means",
    "of_source",
    "posted_already",
    "standing",
    "terms",
    "transfer",
]
