"""The ledger for programs: what the pages do, in JSON."""

from coopfarm.ledger.api import entries
from coopfarm.ledger.api.door import api

__all__ = ["api", "entries"]
