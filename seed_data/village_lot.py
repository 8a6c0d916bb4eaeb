"""Chance that falls the same way on every machine."""

import math
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Lot:
    """Draws built on `random()` alone, the one method Python promises never to change."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random

    def between(self, least: float, most: float) -> float:
        return least + (most - least) * self._next()

    def happens(self, chance: float) -> bool:
        return self._next() < chance

    def pick(self, things: Sequence[Thing]) -> Thing:
        return things[int(self._next() * len(things))]

    def some(self, things: Iterable[Thing], count: int) -> list[Thing]:
        """`count` different things."""
        left = list(things)
        return [left.pop(int(self._next() * len(left))) for _ in range(count)]

    def by_weight(self, weights: dict[Thing, float]) -> Thing:
        mark = self._next() * sum(weights.values())
        for thing, weight in weights.items():
            mark -= weight
            if mark < 0:
                return thing
        return thing

    def normal(self) -> float:
        """Mean 0, deviation 1 (Box and Muller 1958)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._next()))
        return radius * math.cos(2.0 * math.pi * self._next())
