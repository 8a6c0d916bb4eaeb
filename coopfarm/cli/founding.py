"""A new cooperative, empty but for its first manager."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from babel import Locale, UnknownLocaleError
from sqlalchemy import select

from coopfarm.config import LANGUAGES
from coopfarm.members import actions
from coopfarm.members.models import Account, Cooperative, Member
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Place:
    """A cooperative's name, the time it lives by and the language it speaks."""

    name: str
    timezone: str
    locale: str

    def __post_init__(self) -> None:
        """Raises UsageError for a time zone or a locale that there is not."""
        if not 0 < len(self.name.strip()) <= _LONGEST_NAME:
            raise click.UsageError("a cooperative has a name of up to 120 letters")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise click.UsageError(
                f"{self.timezone} is no time zone; write it as in Africa/Cairo"
            ) from error
        try:
            language = Locale.parse(self.locale).language
        except (UnknownLocaleError, ValueError) as error:
            raise click.UsageError(f"{self.locale} is no locale; write ar_EG or en_GB") from error
        if language not in LANGUAGES:
            raise click.UsageError(f"{self.locale}: the pages speak {', '.join(LANGUAGES)}")


def found(
    database: Database, place: Place, login: str | None, *, pepper: str, now: datetime
) -> str:
    """Found a cooperative, with a manager if a login is given; what to tell whoever did it.

    Raises UsageError where there is one of that name, or the login is taken.
    """
    with database.transaction() as session:
        if session.scalar(select(Cooperative.id).where(Cooperative.name == place.name)):
            raise click.UsageError(f"{place.name} is there already; nothing was changed")
        home = Cooperative(
            name=place.name, timezone=place.timezone, locale=place.locale, made_at=now
        )
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        said = f"{place.name} is founded."
        return said if login is None else f"{said} {_let_in(session, login, pepper, now)}"


def _let_in(session: TenantSession, login: str, pepper: str, now: datetime) -> str:
    if not 0 < len(login.strip()) <= _LONGEST_NAME:
        raise click.UsageError("a login has up to 120 letters")
    if session.scalar(select(Account.id).where(Account.login == login.lower())):
        raise click.UsageError(f"somebody signs in as {login} already; nothing was changed")
    manager = Member(number="1", name=login, joined_on=now.date())
    session.add(manager)
    session.flush()
    actions.give_role(session, manager, "manager")
    password = secrets.token_urlsafe(12)
    actions.open_account(session, manager, secret=password, pepper=pepper, login=login)
    return f"Sign in as {login}, password {password} (shown this once)."
