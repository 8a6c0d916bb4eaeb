"""Who asks, for every request: one question that tells just what every page needs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Select, Subquery, and_, bindparam, select, true

from coopfarm.members import rules
from coopfarm.members.models import Cooperative, Member, SignIn
from coopfarm.members.queries.ways_in import ROLES_HELD, RUNS, home_of
from coopfarm.store.tenancy import TenantSession


class Asker(NamedTuple):
    """The member behind a session, by the columns of `_ASKER`."""

    account_id: UUID
    acting_for: UUID | None
    second_factor: str | None
    member_id: UUID
    name: str
    name_latin: str
    locale: str
    state: str
    cooperative_id: int
    cooperative_name: str
    home_locale: str
    timezone: str
    held: str | None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset((self.held or "").split(",")) - {""}

    @property
    def is_plain(self) -> bool:
        """Whether they ask in their own name, and nothing of their way in is left to be shown."""
        awaits = bool(self.roles & rules.DUTY) and self.second_factor is None
        return self.acting_for is None and self.state in rules.MAY_SIGN_IN and not awaits


_HERE: Final[BindParameter[int]] = bindparam("this_cooperative")
# The cooperative is said in words, since a connection's statements pass no filter.
_ASKER: Final = cast(
    Select[Any],
    select(
        SignIn.account_id,
        SignIn.acting_for,
        SignIn.second_factor,
        Member.id,
        Member.name,
        Member.name_latin,
        Member.locale,
        Member.state,
        Cooperative.id,
        Cooperative.name,
        Cooperative.locale,
        Cooperative.timezone,
        ROLES_HELD,
    )
    .select_from(SignIn)
    .join(Member, and_(Member.cooperative_id == _HERE, Member.id == SignIn.member_id))
    .join(Cooperative, Cooperative.id == SignIn.cooperative_id)
    .where(SignIn.cooperative_id == _HERE, *RUNS),
)
_WIDTH: Final = len(Asker._fields)
_Rider = tuple[Subquery, Mapping[str, Any]]
_along: WeakKeyDictionary[Subquery, Select[Any]] = WeakKeyDictionary()


def asker(
    session: TenantSession,
    token_hash: str,
    now: datetime,
    also: Callable[[str], _Rider | None],
) -> tuple[Asker, _Rider | None, tuple[Any, ...]] | None:
    """Who asks under a session that was seen before, with the answer to what is asked `also`.

    `also` is given the cooperative's time zone, as it was when the session was first seen.
    """
    home = home_of(token_hash)
    if home is None:
        return None
    session.show_token(token_hash)
    session.cooperative_id, timezone = home
    asked: dict[str, Any] = {"token_hash": token_hash, "now": now, "this_cooperative": home[0]}
    rides = also(timezone)
    question = _ASKER
    if rides is not None:
        question, asked = _with(rides[0]), {**asked, **rides[1]}
    found = session.connection().execute(question, asked).first()
    return None if found is None else (Asker(*found[:_WIDTH]), rides, tuple(found[_WIDTH:]))


def _with(question: Subquery) -> Select[Any]:
    """The question who asks with another beside it, made once for each."""
    found = _along.get(question)
    if found is None:
        both = _ASKER.add_columns(*question.c).join(question, true())
        found = _along[question] = both
    return found
