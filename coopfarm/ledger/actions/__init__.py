"""What is done to the ledger. No function here commits."""

from coopfarm.ledger.actions.claims import claim, confirm, dispute, reverse
from coopfarm.ledger.actions.passing import idle_deeds, pass_on_idle, settle
from coopfarm.ledger.actions.policies import decide
from coopfarm.ledger.actions.posting import post, post_all
from coopfarm.ledger.rules import Deed, Line

__all__ = [
    "Deed",
    "Line",
    "claim",
    "confirm",
    "decide",
    "dispute",
    "idle_deeds",
    "pass_on_idle",
    "post",
    "post_all",
    "reverse",
    "settle",
]
