"""The tree of canals: what feeds what, from the head down."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

Name = TypeVar("Name", bound=Hashable)


class CanalFeedsItself(Invalid):
    """Water cannot come from where it goes."""

    code = "land-canal-feeds-itself"
    words = N_("Canal %(canal)s is said to feed itself. Name the canal its water comes from.")


class CanalsInACircle(Invalid):
    """A few canals feed each other and none of them has a head."""

    code = "land-canals-in-a-circle"
    words = N_(
        "These canals feed each other in a circle: %(circle)s. Take one of them out of the"
        " circle by naming the canal its water really comes from."
    )


class NoSuchFeeder(Invalid):
    """The canal named as feeding another is neither stored nor in the file."""

    code = "land-no-such-feeder"
    words = N_(
        "Canal %(canal)s is said to be fed by %(feeder)s, and there is no such canal. Add it"
        " first, or in the same file."
    )


def circles(feeds_from: Mapping[Name, Name | None]) -> Iterator[tuple[Name, ...]]:
    """Every circle once, as the canals met walking up from the first of them."""
    done: set[Name] = set()
    for start in feeds_from:
        path: dict[Name, None] = {}
        at: Name | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = feeds_from.get(at)
        if at is not None and at in path:
            walked = tuple(path)
            yield walked[walked.index(at) :]
        done.update(path)


def faults(feeds_from: Mapping[str, str | None]) -> Iterator[tuple[str, Invalid]]:
    """What keeps these canals from being a tree, each with the canal it shows on."""
    for canal, feeder in feeds_from.items():
        if feeder is not None and feeder not in feeds_from:
            yield canal, NoSuchFeeder(field="feeds_from", canal=canal, feeder=feeder)
    for circle in circles(feeds_from):
        if len(circle) == 1:
            yield circle[0], CanalFeedsItself(field="feeds_from", canal=circle[0])
        else:
            shown = " ← ".join((*circle, circle[0]))
            yield circle[0], CanalsInACircle(field="feeds_from", circle=shown)


def check_tree(feeds_from: Mapping[str, str | None]) -> None:
    """Raise the first reason these canals are no tree; keys are codes, values their feeders."""
    for _canal, fault in faults(feeds_from):
        raise fault


def head_first(feeds_from: Mapping[Name, Name | None]) -> tuple[tuple[Name, int], ...]:
    """Each canal after the one that feeds it, with its depth; the head canals have depth 0.

    Canals of one feeder keep the order they were given in. Expects a tree.
    """
    below: dict[Name | None, list[Name]] = {}
    for canal, feeder in feeds_from.items():
        below.setdefault(feeder, []).append(canal)
    return tuple(_walk(below))


def _walk(below: Mapping[Name | None, Sequence[Name]]) -> Iterator[tuple[Name, int]]:
    waiting = [(canal, 0) for canal in reversed(below.get(None, ()))]
    while waiting:
        canal, depth = waiting.pop()
        yield canal, depth
        waiting.extend((child, depth + 1) for child in reversed(below.get(canal, ())))
