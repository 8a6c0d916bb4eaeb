"""What a page asks of the database in one question with who asks, in place of one of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy import Subquery

from coopfarm.kernel.refusal import Refusal
from coopfarm.web import request


class Ride(NamedTuple):
    """A question with one row for an answer, and what it asks with.

    It goes round the session's filter and narrows itself, by the parameter `this_cooperative`.
    """

    question: Subquery
    asked: Mapping[str, Any]


_Rider = Callable[[ZoneInfo], Ride]
_riders: Final[dict[str, _Rider]] = {}


def rides(endpoint: str) -> Callable[[_Rider], _Rider]:
    """Have a page's question asked along; the zone is the cooperative's, as it was last time."""

    def note(rider: _Rider) -> _Rider:
        _riders[endpoint] = rider
        return rider

    return note


def ride(timezone: str) -> Ride | None:
    """What this request's page asks along; nothing where what was sent makes no sense."""
    rider = _riders.get(request.endpoint() or "")
    try:
        return rider(ZoneInfo(timezone)) if rider else None
    except Refusal:
        return None


def keep(asked: tuple[Subquery, Mapping[str, Any]] | None, answer: tuple[Any, ...]) -> None:
    g.rode = asked, answer


def answer(question: Subquery, wanted: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The answer that came along, if this is what was asked."""
    asked, found = g.get("rode", (None, None))
    return found if asked is not None and asked == (question, wanted) else None
