"""The chain of hashes, over plain rows: how it is made, and where it breaks.

A row of the chain is (position, id, hash) of the seal and the text of its event, None where
the event is gone.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

Row = Sequence[Any]


class Mark(NamedTuple):
    """What the chain was once; `hash` may be its first bytes only.

    `is_of_sealing` says that the database itself kept it, so that it proves less.
    """

    position: int
    hash: bytes
    is_of_sealing: bool = False


class Finding(NamedTuple):
    """What is wrong at `position`; somewhere from there to `until` where that is known only."""

    kind: str
    position: int | None = None
    until: int | None = None
    event_id: str | None = None


class Outcome(NamedTuple):
    """How many events hold from the first on, the hash of the last, and what ended the walk."""

    events: int
    hash: bytes
    finding: Finding | None


def named(event_id: object) -> str:
    """The id of an event in 32 hexadecimal digits, from whatever a driver gives for it."""
    return str(event_id).replace("-", "")


def genesis(cooperative_id: int) -> bytes:
    """What stands before the first event: no chain can pass for another cooperative's."""
    return hashlib.sha256(f"coopfarm audit {cooperative_id}".encode()).digest()


def written(fields: Sequence[Any]) -> str:
    """The text of an event: the JSON array of its fields, each a string or null.

    They are id, at, actor, on whose behalf, verb, kind of subject, id of subject, and the
    JSON of before and after as it is stored; ids in 32 hexadecimal digits, moments in UTC to
    the microsecond. A field of any other kind, which only tampering leaves, is told apart.
    """
    try:
        texts = ["null" if field is None else quoted(field) for field in fields]
    except TypeError:
        texts = ["null" if field is None else _of_any_kind(field) for field in fields]
    return f"[{','.join(texts)}]"


def _of_any_kind(field: object) -> str:
    # No text of ours holds a lone surrogate.
    return quoted(field if isinstance(field, str) else f"\udc00{field!r}")


def link(previous: bytes, event: str) -> bytes:
    """SHA-256 over the hash before and the text of the event."""
    return hashlib.sha256(previous + event.encode("utf-8", "surrogatepass")).digest()


def walk(rows: Iterable[Row], start: bytes, marks: Iterable[Mark]) -> Outcome:
    """Recompute the chain; `rows` and `marks` in the order of their positions."""
    passing = _Marks(marks)
    rest, count, head = iter(rows), 0, start
    for row in rest:
        position, _, sealed, event = row
        if position != count + 1 or event is None or sealed != link(head, event):
            broken = passing.doubt() or _diagnosed(row, rest, head, count + 1, passing)
            return Outcome(count, head, broken)
        count, head = position, sealed
        if count >= passing.due:
            passing.meet(count, head)
            if passing.finding is not None:
                return Outcome(count, head, passing.finding)
    return Outcome(count, head, passing.doubt() or passing.after(count))


class _Marks:
    """The marks along the way, and whether the chain agreed with them."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = iter(marks)
        self._agreed = self._proved = self._sealed = 0
        self._differs: int | None = None
        self.finding: Finding | None = None
        self._next: Mark | None = None
        self.due = 0
        self._advance()

    def meet(self, position: int, head: bytes) -> None:
        """Compare with the marks up to `position`, where the chain has the hash `head`."""
        while self._next is not None and self.due <= position and self.finding is None:
            if self.due < position:
                self.finding = Finding("mark-changed", self.due)
            elif head.startswith(self._next.hash):
                self._agree(self._next)
            else:
                self._differ(self._next)
            self._advance()

    def _agree(self, mark: Mark) -> None:
        """One that differs before one that agrees was itself changed."""
        if self._differs is not None:
            self.finding = Finding("mark-changed", self._differs)
        self._agreed = mark.position
        if mark.is_of_sealing:
            self._sealed = mark.position
        else:
            self._proved = mark.position

    def _differ(self, mark: Mark) -> None:
        """Whoever rewrote the chain may have rewritten what was noted beside it, not paper."""
        if not mark.is_of_sealing:
            self.finding = self.doubt() or Finding("rewritten", self._proved + 1, mark.position)
        elif self._agreed == mark.position:
            self.finding = Finding("mark-changed", mark.position)
        elif self._differs is None:
            self._differs = mark.position

    def doubt(self) -> Finding | None:
        """What is to be said when the chain ends and a mark has differed."""
        if self._differs is None:
            return None
        return Finding("rewritten", self._agreed + 1, self._differs)

    def after(self, count: int) -> Finding | None:
        """What the marks say of the end of the chain."""
        if self._next is not None:
            return Finding("tail-cut-off", count + 1)
        if self._sealed < count:
            return Finding("mark-missing", self._sealed + 1, count)
        return None

    def is_of(self, position: int, head: bytes) -> bool:
        """Whether the next mark stands at `position` and says `head`."""
        coming = self._next
        return coming is not None and coming.position == position and head.startswith(coming.hash)

    def _advance(self) -> None:
        self._next = next(self._marks, None)
        self.due = self._next.position if self._next is not None else 1 << 63


def _diagnosed(row: Row, rest: Iterator[Row], head: bytes, expected: int, marks: _Marks) -> Finding:
    """Why `row` does not follow `head` at the position `expected`."""
    if isinstance(row[0], int) and row[0] < expected:
        return Finding("seal-out-of-place", row[0], event_id=named(row[1]))
    if row[0] != expected:
        is_later = _is_later(head, None, itertools.chain([row], rest))
        return Finding("out-of-order" if is_later else "seal-missing", expected)
    if row[3] is None:
        return Finding("missing", expected, event_id=named(row[1]))
    following = next(rest, None)
    if _fits(link(head, row[3]), following, expected, marks):
        return Finding("seal-changed", expected, event_id=named(row[1]))
    later = rest if following is None else itertools.chain([following], rest)
    kind = "out-of-order" if _is_later(head, row[2], later) else "changed"
    return Finding(kind, expected, event_id=named(row[1]))


def _fits(computed: bytes, following: Row | None, position: int, marks: _Marks) -> bool:
    """Whether what comes after was built on `computed`, so that the event is as it was."""
    if following is None:
        return marks.is_of(position, computed)
    return following[3] is not None and following[2] == link(computed, following[3])


def _is_later(head: bytes, sealed: bytes | None, later: Iterable[Row]) -> bool:
    """Whether the event that belongs after `head` is kept further on."""
    return any(row[3] is not None and link(head, row[3]) in (row[2], sealed) for row in later)
