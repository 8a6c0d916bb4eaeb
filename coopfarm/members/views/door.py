"""The blueprint of the members' pages, who asks, and how somebody enters."""

from datetime import UTC, datetime, timedelta
from typing import Final, cast

from flask import Blueprint, current_app, g
from flask import session as cookie

from coopfarm.config import Settings
from coopfarm.members import actions, queries, rules
from coopfarm.members.rules import sight
from coopfarm.web import request, riding, words

bp = Blueprint("members", __name__)

# How stale the cookie's own time may be: it is not sent anew with every answer.
_SEEN_AGAIN: Final = timedelta(minutes=1)

bp.add_app_template_filter(rules.masked, "masked")


@bp.app_template_filter("role")
def role_in_words(role: str) -> str:
    return words.say(rules.ROLES[role]())


@bp.before_app_request
def know_who_asks() -> None:
    """Find the member behind the session's token; roles are read anew each time."""
    token = cookie.get("token")
    if token is None or request.endpoint() in (None, "static"):
        return
    if _has_idled():
        cookie.clear()
        return
    found = queries.asker(request.session(), actions.token_hash(token), request.now(), riding.ride)
    if found is None or not found[0].is_plain:
        _know_by_their_session()
        return
    _know(_me_of(found[0]))
    riding.keep(*found[1:])


def _know_by_their_session() -> None:
    """Who asks for the first time, stands in for another, or has more to show."""
    held = queries.who_holds(request.session(), actions.token_hash(cookie["token"]), request.now())
    g.held = held
    if held is not None and not held.awaits_second_factor:
        _know(_me(held))


def _know(me: request.Me) -> None:
    """From here on the request is theirs, and reads no name that they may not."""
    g.me = me
    if sight.reads_numbers(me.roles):
        request.session().names_of = me.member_id


def enter(token: str, *, is_console: bool, several: bool) -> None:
    """Give this browser a session, and nothing of the one before."""
    cookie.clear()
    cookie["token"] = token
    cookie.permanent = True
    if is_console:
        cookie["seen"] = int(request.now().timestamp())
    if several:
        cookie["several"] = True


def held() -> queries.Holder | None:
    """The session of this browser, also where a second factor is still missing."""
    if "held" not in g and "me" in g:
        token_hash = actions.token_hash(cookie["token"])
        g.held = queries.who_holds(request.session(), token_hash, request.now())
    return cast("queries.Holder | None", g.get("held"))


def own() -> queries.Holder:
    """The session of whoever asks, in their own name. Raises NotSignedIn and StandingIn."""
    found = held()
    if found is None:
        raise request.NotSignedIn
    if found.by is not None:
        raise rules.StandingIn
    return found


def settings() -> Settings:
    return cast(Settings, current_app.extensions["coopfarm_settings"])


def _has_idled() -> bool:
    """Whether a session of the console was left alone for too long; else it is seen again.

    The cookie tells when it was last used, so that reading a page writes nothing.
    """
    seen, now = cookie.get("seen"), request.now()
    if seen is None:
        return False
    since = now - datetime.fromtimestamp(seen, UTC)
    if since > rules.CONSOLE_IDLES:
        return True
    if since > _SEEN_AGAIN:
        cookie["seen"] = int(now.timestamp())
    return False


def _me(held: queries.Holder) -> request.Me:
    member, cooperative, by = held.member, held.cooperative, held.by
    locale = (by or member).locale or cooperative.locale
    latin = _reads_latin(locale)
    return request.Me(
        member_id=member.id,
        account_id=held.sign_in.account_id,
        name=member.called(latin=latin),
        cooperative_id=cooperative.id,
        cooperative_name=cooperative.name,
        roles=held.roles,
        locale=locale,
        timezone=cooperative.timezone,
        state=member.state,
        by=by.id if by else None,
        by_name=by.called(latin=latin) if by else "",
    )


def _me_of(asker: queries.Asker) -> request.Me:
    locale = asker.locale or asker.home_locale
    latin = _reads_latin(locale)
    return request.Me(
        member_id=asker.member_id,
        account_id=asker.account_id,
        name=asker.name_latin if latin and asker.name_latin else asker.name,
        cooperative_id=asker.cooperative_id,
        cooperative_name=asker.cooperative_name,
        roles=asker.roles,
        locale=locale,
        timezone=asker.timezone,
        state=asker.state,
    )


def _reads_latin(locale: str) -> bool:
    """As `tongue.reads_latin`, which cannot be asked before it is known who asks."""
    return not (request.chosen_language() or locale).startswith("ar")
