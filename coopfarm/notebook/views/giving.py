"""A page of a notebook about giving and receiving, entered at once into the ledger."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.ledger.rules import Deed, so_much
from coopfarm.notebook import actions
from coopfarm.notebook.rules.giving import Given
from coopfarm.notebook.rules.heading import Heading, check_heading
from coopfarm.notebook.views.door import bp
from coopfarm.web import pages, problems, request, words

OFFICE: Final = ("manager", "treasurer")
_ENTERED = Phrase("notebook-giving-done", N_("Entered: %(count)s lines of giving and receiving."))
_LONGEST: Final = 60_000


@bp.get("/giving")
@request.allowed(*OFFICE)
def giving() -> ResponseReturnValue:
    """The form for a page about giving and receiving"""
    return _page({}, ())


@bp.post("/giving/check")
@request.allowed(*OFFICE)
def check_giving() -> ResponseReturnValue:
    """How each line is understood; nothing is entered"""
    form = request.form()
    try:
        found = _looked(form)
    except Invalid as refusal:
        return _page(form, (), refusal), 422
    request.keep_nothing()
    return _page(form, found)


@bp.post("/giving")
@request.allowed(*OFFICE)
def enter_giving() -> ResponseReturnValue:
    """Enter every line, back-dated, with who entered it"""
    form, session, me = request.form(), request.session(), request.me()
    found: Sequence[Given] = ()
    try:
        found = _looked(form)
        count = actions.enter_giving(session, found, actor_id=me.member_id, now=request.now())
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _page(form, found, refusal), problems.status_of(refusal)
    return pages.done(_ENTERED(count=count), "ledger.accounts")


def _looked(form: Mapping[str, str]) -> Sequence[Given]:
    heading = Heading(form.get("notebook", "").strip(), form.get("page", "").strip())
    check_heading(heading)
    text = form.get("lines", "")[:_LONGEST]
    return actions.look_at_giving(request.session(), heading, text, now=request.now())


@bp.app_template_filter("much_of")
def much_of(deed: Deed) -> Sentence:
    return so_much(deed.unit, deed.lines[0].amount)


def _page(sent: Mapping[str, str], found: Sequence[Given], refusal: Refusal | None = None) -> str:
    errors = {refusal.field or "lines": words.say(refusal.sentence)} if refusal else {}
    return pages.show(
        "notebook/giving.html",
        sent=sent,
        found=found,
        errors=errors,
        is_ready=bool(found) and not any(one.problem for one in found) and not errors,
    )
