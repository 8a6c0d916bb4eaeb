"""The ledger on pages: for each member, and for the office."""

from coopfarm.ledger.views import door, mine, office, policies, statements
from coopfarm.ledger.views.door import bp

__all__ = ["bp", "door", "mine", "office", "policies", "statements"]
