"""What a view may ask of the request: who, when, and what was sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask import request as http
from flask_babel import gettext
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from coopfarm.config import LANGUAGES
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed, Refusal
from coopfarm.kernel.roles import ROLES
from coopfarm.kernel.words import N_
from coopfarm.planning.json_text import BrokenText, read_json
from coopfarm.store.db import Database
from coopfarm.store.queue import Queue
from coopfarm.store.tenancy import TenantSession
from coopfarm.web.written import FieldMissing

P = ParamSpec("P")
R = TypeVar("R")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

LARGEST_JSON_BYTES = 1_000_000
# What marshmallow says about a shape; it knows no language but English.
_MISFITS = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Unknown field."),
    N_("Invalid input type."),
    N_("Not a valid string."),
    N_("Not a valid integer."),
    N_("Not a valid number."),
    N_("Not a valid boolean."),
    N_("Not a valid datetime."),
    N_("Not a valid aware datetime."),
    N_("Not a valid mapping type."),
)


class NotSignedIn(Refusal):
    """Nobody knows yet who asks."""

    code = "not-signed-in"
    words = N_("Sign in first.")


class Suspended(NotAllowed):
    """Who is suspended reads what is theirs, and acts again once that has ended."""

    code = "membership-suspended"
    words = N_(
        "Your membership is suspended. You can read everything of yours; ask the office what "
        "would end it."
    )


class Stale(Conflict):
    """Somebody else changed it since it was read."""

    code = "stale"
    words = N_("Somebody changed this since you opened it. Load it again, then repeat your change.")


class EditionMissing(Invalid):
    """An edit must say which edition it is of."""

    code = "edition-missing"
    words = N_("Say which edition you are changing: send its ETag as If-Match.")


class FieldUnusable(Invalid):
    code = "field-unusable"
    words = N_("%(field)s: %(problem)s")


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks: one member of one cooperative, with the roles held at this moment.

    Where a trusted helper stands in, `by` is the helper, and everything else the member.
    """

    member_id: UUID
    account_id: UUID
    name: str
    cooperative_id: int
    cooperative_name: str
    roles: frozenset[str]
    locale: str
    timezone: str
    state: str = "active"
    by: UUID | None = None
    by_name: str = ""


def database() -> Database:
    return cast(Database, current_app.extensions["coopfarm_database"])


def session() -> TenantSession:
    """The request's one session: it may write unless the method is safe."""
    if "session" not in g:
        safe = http.method in SAFE
        g.session = database().reading() if safe else database().writing()
    return cast(TenantSession, g.session)


def after_commit(job: Callable[[], None]) -> None:
    """Have something done once this request's writes are kept, and only then."""
    if "after_commit" not in g:
        g.after_commit = []
    g.after_commit.append(job)


def enqueue(job: str, argument: str) -> None:
    """Have a job of the queue done in the background once this request's writes are kept."""
    queue = cast(Queue, current_app.extensions["coopfarm_queue"])
    after_commit(lambda: queue.enqueue(job, argument))


def keep_despite_refusal() -> None:
    """Have this request's writes kept although it answers no: a count of vain tries."""
    g.keep = True


def keep_nothing() -> None:
    """Have nothing of this request kept although it answers well: it only looked."""
    session().rollback()
    g.pop("act", None)


def who() -> Me | None:
    """Who asks, or None before signing in."""
    return cast("Me | None", g.get("me"))


def me() -> Me:
    """Who asks. Raises NotSignedIn."""
    known = who()
    if known is None:
        raise NotSignedIn
    return known


def zone() -> ZoneInfo:
    """The time of the cooperative; where nobody asks, of the one that is spoken for."""
    if "zone" in g:
        return cast(ZoneInfo, g.zone)
    known = who()
    return ZoneInfo(known.timezone if known else "UTC")


def now() -> datetime:
    clock = cast("Callable[[], datetime]", current_app.extensions["coopfarm_clock"])
    return clock().astimezone(UTC)


def acted_at() -> datetime | None:
    """When an act was done on a phone that sent it later, by the phone; None where it is not said.

    Whoever believes it looks whether it can be.
    """
    try:
        told = datetime.fromisoformat(http.headers.get("Acted-At", ""))
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo else None


def ahead() -> Interval:
    """As far as calendars are shown: from now on, four weeks."""
    return Interval(now(), now() + timedelta(weeks=4))


def allowed(
    *roles: str, even_suspended: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in only who holds one of `roles`; with none named, every signed-in member.

    Who is suspended reads, and acts only where `even_suspended`: at their own way in.
    """

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if roles and not me().roles & frozenset(roles):
                raise NotAllowed(role=", ".join(roles))
            if me().state == "suspended" and http.method not in SAFE and not even_suspended:
                raise Suspended
            return view(*args, **kwargs)

        guarded.allowed_roles = roles or ROLES  # type: ignore[attr-defined]
        return guarded

    return guard


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Say that a view is meant for people who are not signed in."""
    view.allowed_roles = ("anyone",)  # type: ignore[attr-defined]
    return view


def chosen_language() -> str:
    """The language chosen on this device, or nothing."""
    code = http.cookies.get("language", "")
    return code if code in LANGUAGES else ""


def device() -> str:
    """What the browser calls itself, for the list of one's sessions."""
    return http.headers.get("User-Agent", "")[:120]


def address() -> str:
    """The address that asks, as far as it is known: see COOPFARM_TRUSTED_PROXIES."""
    return http.remote_addr or ""


def path() -> str:
    return http.path


def endpoint() -> str | None:
    return http.endpoint


def form() -> MultiDict[str, str]:
    return http.form


def asked(name: str, default: str = "") -> str:
    """A value of the query, without the spaces around it."""
    return http.args.get(name, default).strip()


def upload(name: str) -> FileStorage:
    """The file sent under `name`. Raises FieldMissing when there is none."""
    sent_file = http.files.get(name)
    if sent_file is None or not sent_file.filename:
        raise FieldMissing(field=name)
    return sent_file


def json_body() -> Any:
    """The JSON that was sent: finite numbers, sound text, nothing given twice.

    Raises a refusal that names the field, UnsupportedMediaType and RequestEntityTooLarge.
    """
    if not http.is_json:
        raise UnsupportedMediaType
    raw = http.get_data()
    if len(raw) > LARGEST_JSON_BYTES:
        raise RequestEntityTooLarge
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BrokenText(field="body") from error
    return read_json(text, "body")


def sent(schema: Schema) -> Any:
    """The JSON body in the shape of `schema`. Raises FieldUnusable for the first misfit."""
    try:
        return schema.load(json_body())
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise misfit(messages) from error


def misfit(messages: dict[str, Any]) -> FieldUnusable:
    """The first of marshmallow's complaints, as a refusal that names its field."""
    name, said = next(iter(sorted(messages.items())))
    while isinstance(said, dict):
        inner, said = next(iter(said.items()))
        name = f"{name}.{inner}"
    field = "body" if name == "_schema" else name
    return FieldUnusable(field=field, problem=" ".join(gettext(one) for one in said))


def if_match() -> int:
    """The edition an edit is of, from If-Match. Raises EditionMissing."""
    # A compressed answer carries its ETag as "3f2a-7:br".
    found = re.search(r"(\d+)(?::\w+)?\"?$", http.headers.get("If-Match", ""))
    if found is None:
        raise EditionMissing
    return int(found.group(1))
