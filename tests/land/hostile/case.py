"""One file of the corpus."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file made to do harm, and what must be said to it.

    `said` are codes of refusals, of which one must be said; “plots: 1” stands for an honest
    reading of one plot. `what` is a part of the words.
    """

    name: str
    filename: str
    make: Callable[[], bytes]
    said: tuple[str, ...]
    what: str = ""
