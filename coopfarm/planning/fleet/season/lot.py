"""The public lot (qurʿa), and the order in which members are served when there is too little.

Anybody can draw it again: `printf '%s\n%s' SEED MEMBER | sha256sum`.
"""

import hashlib

from coopfarm.planning.fleet.season.problem import Member, Problem


def public_seed(*published: str) -> str:
    """The seed that follows from what everybody can read: day, round, inputs, in this order."""
    return hashlib.sha256("\n".join(published).encode()).hexdigest()


def lot(seed: str, member: str) -> str:
    """The lot of one member, 64 hexadecimal digits; the smallest comes first."""
    return hashlib.sha256(f"{seed}\n{member}".encode()).hexdigest()


def in_order(problem: Problem) -> list[Member]:
    """Largest carry-over first; where that is the same, most labour given; then by lot."""
    return sorted(
        problem.members, key=lambda one: (-one.carry_over, -one.labour, lot(problem.seed, one.id))
    )
