"""Where somebody is signed in, and in which of their cooperatives they are."""

from uuid import UUID

from flask import redirect, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import actions, queries, rules
from coopfarm.members.views import door
from coopfarm.members.views.door import bp
from coopfarm.members.views.ways_in import id_of, safe
from coopfarm.store import audit
from coopfarm.web import pages, request

_ENDED = Phrase("session-ended", N_("That session is ended."))
_OTHERS_ENDED = Phrase("sessions-ended", N_("You are signed in here alone; the others are ended."))
_MEMBERS_ENDED = Phrase("sessions-of-member-ended", N_("All their sessions here are ended."))


@bp.get("/account")
@request.allowed()
def account() -> ResponseReturnValue:
    """My own sessions, and what I sign in with."""
    held = door.own()
    session, account_id = request.session(), held.sign_in.account_id
    (known,) = queries.accounts_by_id(session, {account_id})
    return pages.show(
        "members/account.html",
        sessions=[
            {
                "made_at": one.made_at,
                "device": rules.device_of(one.device),
                "handle": one.token_hash[: queries.HANDLE_SIGNS],
                "is_this": one.token_hash == held.sign_in.token_hash,
            }
            for one in queries.signed_in(session, account_id, request.now())
        ],
        by_phone=known.phone is not None,
        name=known.phone or known.login,
        several=len(queries.elsewhere(session, account_id)) > 1,
        has_duty=bool(held.roles & rules.DUTY),
        waits=held.sign_in.second_factor == "later",
    )


@bp.post("/account/sessions/end")
@request.allowed(even_suspended=True)
def end_session() -> ResponseReturnValue:
    """End one of my sessions, or all but this one."""
    held, handle = door.own(), request.form().get("session", "")
    session, account_id, now = request.session(), held.sign_in.account_id, request.now()
    if handle == "others":
        actions.end_sessions(session, account_id, but=held.sign_in.token_hash, now=now)
        return pages.done(_OTHERS_ENDED(), "members.account")
    if not actions.end_session(session, account_id, handle, now):
        raise Missing
    return pages.done(_ENDED(), "members.account")


@bp.post("/members/<uuid:member_id>/sessions/end")
@request.allowed("manager")
def end_sessions_of(member_id: UUID) -> ResponseReturnValue:
    """A phone is lost: end what runs in a member's name in this cooperative."""
    session, me = request.session(), request.me()
    member, now = queries.member(session, member_id), request.now()
    ended = 0
    if member.account_id is not None:
        ended = actions.end_sessions(session, member.account_id, only_in=me.cooperative_id, now=now)
    audit.record(
        session, "sessions.end", member, actor_id=me.member_id, at=now, after={"ended": ended}
    )
    return pages.done(_MEMBERS_ENDED(), "members.people")


@bp.get("/account/cooperatives")
@request.allowed()
def cooperatives() -> ResponseReturnValue:
    """Where I am a member, to choose."""
    held = door.own()
    return pages.show(
        "members/cooperatives.html",
        found=queries.elsewhere(request.session(), held.sign_in.account_id),
        here=held.member.id,
        next=request.asked("next"),
    )


@bp.post("/account/cooperatives")
@request.allowed(even_suspended=True)
def change_cooperative() -> ResponseReturnValue:
    """Go on in another cooperative, under a new token."""
    held, session = door.own(), request.session()
    chosen = id_of(request.form().get("member", ""))
    found = queries.elsewhere(session, held.sign_in.account_id)
    member = next((one for one, _ in found if one.id == chosen), None)
    if member is None:
        raise Missing
    token = actions.move_session(session, held.sign_in, member, now=request.now())
    door.enter(token, is_console="seen" in cookie, several=True)
    onward = request.form().get("next", "") if member.id == held.member.id else ""
    return redirect(safe(onward) if onward else url_for("home.show"), 303)
