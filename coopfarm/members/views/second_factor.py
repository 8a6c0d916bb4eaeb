"""The second factor: shown after the secret, set up at the first time, lost and reset."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import segno
from flask import redirect, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from coopfarm.kernel.refusal import Missing, NotAllowed, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import actions, queries, rules
from coopfarm.members.views import door
from coopfarm.members.views.door import bp
from coopfarm.members.views.ways_in import safe
from coopfarm.web import pages, problems, request, words

_CODES_SHOWN_FOR: Final = timedelta(minutes=10)
_RESET = Phrase(
    "second-factor-is-reset",
    N_("The second factor is reset, and all sessions are ended. It is set up at the next sign-in."),
)


@bp.get("/sign-in/second-factor")
@request.open_to_all
def second_factor() -> ResponseReturnValue:
    """Ask for the code, or lead to an authenticator where there is none yet."""
    if not _is_asked():
        return redirect(safe(request.asked("next")), 303)
    return _page()


@bp.post("/sign-in/second-factor")
@request.open_to_all
def give_second_factor() -> ResponseReturnValue:
    """Take the code; the session goes on under a new token."""
    held, code = door.own(), request.form().get("code", "")[:40]
    account_id, session = held.sign_in.account_id, request.session()
    pepper, now = door.settings().pepper, request.now()
    if queries.second_factor(session, account_id) is None:
        salt = cookie.get("salt", "")
        try:
            actions.set_up_second_factor(session, account_id, salt, code, pepper=pepper, now=now)
        except rules.SecondFactorWrong as refusal:
            return _refused(refusal)
        return _go_on(held, "code", url_for("members.recovery_codes"), shows_codes=True)
    how = actions.show_second_factor(session, account_id, code, pepper=pepper, now=now)
    if how is None:
        request.keep_despite_refusal()
        return _refused(rules.SecondFactorWrong())
    return _go_on(held, how, safe(request.form().get("next", "")))


@bp.post("/sign-in/second-factor/later")
@request.open_to_all
def set_up_later() -> ResponseReturnValue:
    """Try things out without an authenticator: never in production."""
    if not _may_wait():
        raise NotAllowed
    return _go_on(door.own(), "later", safe(request.form().get("next", "")))


@bp.get("/account/recovery-codes")
@request.allowed()
def recovery_codes() -> ResponseReturnValue:
    """Show the codes for paper, for some minutes after the authenticator was set up."""
    found = queries.second_factor(request.session(), door.own().sign_in.account_id)
    until = datetime.fromtimestamp(cookie.get("codes_until", 0), UTC)
    if found is None or until < request.now():
        raise Missing
    codes = actions.recovery_codes(found, door.settings().pepper)
    return pages.show("members/recovery_codes.html", codes=codes)


@bp.post("/members/<uuid:member_id>/second-factor/reset")
@request.allowed("manager")
def reset_second_factor(member_id: UUID) -> ResponseReturnValue:
    """Another manager lost their authenticator: let them set up a new one."""
    session = request.session()
    member = queries.member(session, member_id)
    actor = queries.member(session, request.me().member_id)
    actions.reset_second_factor(session, member, actor=actor, now=request.now())
    return pages.done(_RESET(), "members.people")


def _is_asked() -> bool:
    """Whether there is something to ask: not of who has shown it, or has no such duty."""
    held = door.held()
    if held is None or held.by is not None or not held.roles & rules.DUTY:
        return False
    return held.sign_in.second_factor in (None, "later")


def _may_wait() -> bool:
    """Whether there is none yet, and this is no production."""
    if door.settings().environment == "production" or not _is_asked():
        return False
    return queries.second_factor(request.session(), door.own().sign_in.account_id) is None


def _go_on(
    held: queries.Holder, how: str, onward: str, *, shows_codes: bool = False
) -> ResponseReturnValue:
    session, now = request.session(), request.now()
    token = actions.move_session(session, held.sign_in, held.member, now=now, second_factor=how)
    door.enter(token, is_console="seen" in cookie, several="several" in cookie)
    if shows_codes:
        cookie["codes_until"] = int((now + _CODES_SHOWN_FOR).timestamp())
    return redirect(onward, 303)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _page(said=words.say(refusal.sentence)), problems.status_of(refusal)


def _page(said: str = "") -> str:
    held = door.own()
    account_id, onward = held.sign_in.account_id, request.asked("next")
    shown = {
        "said": said,
        "next": onward or request.form().get("next", ""),
        "may_wait": held.sign_in.second_factor is None and _may_wait(),
        "who": held.member,
    }
    if queries.second_factor(request.session(), account_id) is not None:
        return pages.show("members/second_factor.html", **shown)
    salt = cookie.setdefault("salt", actions.new_salt())
    key = actions.authenticator_key(account_id, salt, door.settings().pepper)
    address = actions.authenticator_address(
        key, who=held.member.called(latin=True), where=held.cooperative.name
    )
    drawn = segno.make(address, error="m").svg_inline(scale=5, light="#fff")
    return pages.show(
        "members/second_factor_set_up.html",
        # Drawn by us from digits alone.
        picture=Markup(drawn),  # noqa: S704
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        address=address,
        **shown,
    )
