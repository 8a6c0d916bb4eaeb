"""Tiles that were made lately, so that they are made once: as many as fit."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Final

SHELF: Final = "coopfarm_tiles"  # where the program keeps them
MOST_BYTES: Final = 32 * 1024 * 1024
_EFFORT: Final = 6


@dataclass(frozen=True, slots=True)
class Made:
    """A tile as it is sent: plain, and packed."""

    plain: bytes
    packed: bytes

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed)


class Shelf:
    """The tiles made lately by what they show; what was not asked for longest goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[Hashable, Made] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> Made:
        """The tile of this key, made now if it is not here. Two may be made at once; one stays."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        made = _made(make())
        with self._lock:
            self._put(key, made)
        return made

    def _put(self, key: Hashable, made: Made) -> None:
        before = self._held.pop(key, None)
        self._bytes += made.size - (before.size if before else 0)
        self._held[key] = made
        while self._bytes > self._most_bytes:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= oldest.size


def _made(plain: bytes) -> Made:
    return Made(plain, gzip.compress(plain, _EFFORT, mtime=0))
