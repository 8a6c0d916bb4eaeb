"""Asks and offers on pages: what neighbours need and give, mine, and who would."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger import queries as ledger
from coopfarm.parties.actions import asks as actions
from coopfarm.parties.queries import asks as known
from coopfarm.parties.queries import parties
from coopfarm.parties.rules import asks as rules
from coopfarm.parties.rules.tasks import LEADING, OFFICE, SKILLS
from coopfarm.parties.views import asking
from coopfarm.parties.views.door import bp
from coopfarm.web import pages, problems, request, written

_POSTED = Phrase("ask-posted", N_("Your neighbours see it, without your name."))
_ANSWERED = Phrase("ask-answered", N_("Told, without your name. Once both agree, both see who."))
_AGREED = Phrase("ask-agreed", N_("Your answer is kept."))
_HELPED = Phrase(
    "ask-helped", N_("It stands in both ledgers once the other side confirms it, or lets it stand.")
)
_CLOSED = Phrase("ask-closed", N_("Closed."))


@bp.app_template_filter("ask_word")
def ask_word(code: str, kind: str) -> str:
    return pages.say((rules.KINDS if kind == "kind" else rules.URGENCIES)[code]())


@bp.get("/asks")
@request.allowed()
def asks() -> ResponseReturnValue:
    """What neighbours ask for and offer; mine; and a form for another"""
    return _page(None)


@bp.post("/asks")
@request.allowed()
def post_ask() -> ResponseReturnValue:
    """Ask for hands, or offer mine"""
    form = request.form()
    try:
        minutes = round(written.number(form.get("hours", ""), field="hours") * 60)
        new = actions.NewAsk(
            form.get("kind", ""),
            form.get("said", ""),
            minutes,
            form.get("urgency", ""),
            form.get("skill", ""),
        )
        found = actions.post(request.session(), new, asking.who())
    except (Invalid, Conflict) as refusal:
        request.session().rollback()
        return _page(refusal), problems.status_of(refusal)
    return pages.done(_POSTED(), "parties.ask", ask_id=found.id)


@bp.get("/asks/<uuid:ask_id>")
@request.allowed()
def ask(ask_id: UUID) -> ResponseReturnValue:
    """One ask or offer: who would, and how many fit; names once both agree"""
    session, me = request.session(), request.me()
    found = known.ask(session, ask_id)
    answers = known.answers(session, ask_id)
    is_mine = found.member_id == me.member_id
    own = next((one for one in answers if one.member.id == me.member_id), None)
    today = request.now().astimezone(request.zone()).date()
    fits = known.fitting(session, found, today, request.zone()) if is_mine else ()
    facts = {one.member_id: one for one in fits}
    owner = next(iter(parties.members_by_ids(session, [found.member_id])), None)
    if found.state == "closed" and not is_mine and not me.roles & set(OFFICE):
        raise NotAllowed
    return pages.show(
        "parties/ask.html",
        ask=found,
        is_mine=is_mine,
        own=own,
        owner=owner if own is not None and own.is_open else None,
        answers=[(one, facts.get(one.member.id)) for one in answers] if is_mine else (),
        may_settle=(is_mine and found.state == "met") or (own is not None and own.is_open),
        entry=ledger.of_source(session, (rules.SOURCE, found.id)),
        fitting=sum(one.has_skill for one in fits),
        can_answer=not is_mine and found.state == "open" and own is None,
    )


@bp.post("/asks/<uuid:ask_id>/answer")
@request.allowed()
def answer_ask(ask_id: UUID) -> ResponseReturnValue:
    """Say that I would, without my name yet"""
    actions.answer(request.session(), ask_id, asking.who())
    return pages.done(_ANSWERED(), "parties.ask", ask_id=ask_id)


@bp.post("/asks/<uuid:ask_id>/agree")
@request.allowed()
def agree_ask(ask_id: UUID) -> ResponseReturnValue:
    """Say yes or no to somebody who would"""
    form = request.form()
    match_id = asking.identity(form.get("match", ""))
    if match_id is None:
        raise written.FieldMissing(field="match")
    agrees = form.get("agrees") == "yes"
    actions.agree(request.session(), ask_id, match_id, agrees=agrees, who=asking.who())
    return pages.done(_AGREED(), "parties.ask", ask_id=ask_id)


@bp.post("/asks/<uuid:ask_id>/helped")
@request.allowed()
def help_given(ask_id: UUID) -> ResponseReturnValue:
    """Say that the help was given, and how long it took"""
    minutes = round(written.number(request.form().get("hours", ""), field="hours") * 60)
    actions.helped(request.session(), ask_id, minutes, asking.who())
    return pages.done(_HELPED(), "parties.ask", ask_id=ask_id)


@bp.post("/asks/<uuid:ask_id>/close")
@request.allowed()
def close_ask(ask_id: UUID) -> ResponseReturnValue:
    """Close my ask or offer"""
    actions.close(request.session(), ask_id, asking.who())
    return pages.done(_CLOSED(), "parties.asks")


def _page(refusal: Refusal | None) -> str:
    session, me = request.session(), request.me()
    found = known.open_asks(session)
    has = parties.skills(session, [me.member_id])[me.member_id]
    return pages.show(
        "parties/asks.html",
        mine=known.of_member(session, me.member_id),
        others=sorted(
            (one for one in found if one.member_id != me.member_id),
            key=lambda one: one.urgency != "today" and one.skill not in has,
        ),
        skills=[("", "—"), *((s, asking.in_words(s, "skill")) for s in SKILLS if s != LEADING)],
        kinds=[(one, pages.say(said())) for one, said in rules.KINDS.items()],
        urgencies=[(one, pages.say(said())) for one, said in rules.URGENCIES.items()],
        sent=request.form() if refusal else {},
        errors=asking.errors(refusal, "said"),
    )
