"""What somebody must hear of their machine: gathered in the act, sent as short messages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.kernel.words import Sentence
from coopfarm.members import queries as members
from coopfarm.sms import actions as sms
from coopfarm.store.tenancy import TenantSession

# Says a sentence in a language, with its moments in a zone: `web.aloud.say_to`.
Speak = Callable[[Sentence, str, ZoneInfo], str]
_GATHERED: Final = "machine_notices"


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell whom; after `good_until` it says nothing any more."""

    member_id: UUID
    said: Sentence
    good_until: datetime | None = None


def tell(session: Session, notice: Notice) -> None:
    """Have somebody told, if the act is kept; `post` puts what was gathered into the outbox."""
    session.info.setdefault(_GATHERED, []).append(notice)


def gathered(session: Session) -> Sequence[Notice]:
    """What is to be told; asked again, nothing is."""
    found: list[Notice] = session.info.pop(_GATHERED, [])
    return found


def post(session: TenantSession, speak: Speak, now: datetime) -> Iterator[str]:
    """Write short messages to those who have a number; gives the arguments of their jobs."""
    notices = gathered(session)
    if not notices or session.cooperative_id is None:
        return
    home = members.cooperative(session, session.cooperative_id)
    people = members.members_by_id(session, (one.member_id for one in notices))
    for one in notices:
        member = people[one.member_id]
        if member.phone:
            message = sms.post(
                session,
                to=member.phone,
                text=speak(one.said, member.locale or home.locale, ZoneInfo(home.timezone)),
                purpose="notice",
                now=now,
                member_id=member.id,
                good_until=one.good_until,
            )
            yield sms.job_argument(message)
