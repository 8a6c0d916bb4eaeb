"""What the ledger writes once a party was done: the party gives hours, its crew receives them."""

from collections.abc import Iterator
from dataclasses import dataclass

from coopfarm.planning.parties.problem import Plan, Problem


@dataclass(frozen=True, slots=True)
class Move:
    """Hours from the account of a party's host to a member; the two lines sum to zero."""

    party: str
    member: str
    hours: float

    @property
    def lines(self) -> tuple[float, float]:
        return -self.hours, self.hours


def moves(problem: Problem, plan: Plan) -> Iterator[Move]:
    """One move for each member of each crew, in the order of the plan."""
    hours = {party.id: party.hours for party in problem.parties}
    return (Move(party, member, hours[party]) for party, member in plan.pairs())
