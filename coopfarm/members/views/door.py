"""The blueprint of the members' pages, and who asks."""

from flask import Blueprint, g
from flask import session as cookie

from coopfarm.members import actions, queries, rules
from coopfarm.members.models import Cooperative, Member
from coopfarm.web import request, words

bp = Blueprint("members", __name__)


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
    session = request.session()
    held = queries.who_holds(session, actions.token_hash(token), request.now())
    if held is None:
        return
    member, cooperative, by = held.member, held.cooperative, held.by
    latin = _reads_latin(by or member, cooperative)
    g.me = request.Me(
        member_id=member.id,
        account_id=held.sign_in.account_id,
        name=member.called(latin=latin),
        cooperative_id=cooperative.id,
        cooperative_name=cooperative.name,
        roles=held.roles,
        locale=(by or member).locale or cooperative.locale,
        timezone=cooperative.timezone,
        state=member.state,
        by=by.id if by else None,
        by_name=by.called(latin=latin) if by else "",
    )


def _reads_latin(member: Member, cooperative: Cooperative) -> bool:
    """As `tongue.reads_latin`, which cannot be asked before it is known who asks."""
    chosen = request.chosen_language() or member.locale or cooperative.locale
    return not chosen.startswith("ar")
