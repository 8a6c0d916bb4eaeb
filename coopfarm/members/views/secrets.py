"""Changing one's own PIN or password."""

from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import actions, queries, rules
from coopfarm.members.views import door
from coopfarm.members.views.door import bp
from coopfarm.web import pages, problems, request, words

_CHANGED = Phrase("secret-changed", N_("It is changed. Your other sessions are ended."))


class NotTheSame(Invalid):
    """A secret cannot be seen while it is typed, so it is typed twice."""

    code = "not-the-same"
    words = N_("The new one was typed in two ways. Type the same one twice.")


@bp.get("/account/secret")
@request.allowed()
def secret() -> ResponseReturnValue:
    return _page()


@bp.post("/account/secret")
@request.allowed(even_suspended=True)
def change_secret() -> ResponseReturnValue:
    """Take a new PIN or password from whoever knows the present one."""
    form, held = request.form(), door.own()
    wanted = form.get("wanted", "")
    try:
        if wanted != form.get("again", ""):
            raise NotTheSame(field="again")
        refusal = actions.change_secret(
            request.session(),
            held.member,
            held.sign_in.account_id,
            present=form.get("present", "")[: rules.LONGEST_SECRET],
            wanted=plain_digits(wanted) if _is_by_phone(held) else wanted,
            names=[held.cooperative.name],
            pepper=door.settings().pepper,
            keeping=held.sign_in.token_hash,
            now=request.now(),
        )
    except Invalid as unusable:
        return _refused(unusable)
    if refusal is not None:
        request.keep_despite_refusal()
        return _refused(refusal)
    return pages.done(_CHANGED(), "members.account")


def _is_by_phone(held: queries.Holder) -> bool:
    (known,) = queries.accounts_by_id(request.session(), {held.sign_in.account_id})
    return known.phone is not None


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if problems.wants_json():
        return problems.answer(refusal)
    where = {"pin": "wanted", "password": "wanted"}.get(refusal.field or "", refusal.field)
    return _page({where or "present": words.say(refusal.sentence)}), problems.status_of(refusal)


def _page(errors: dict[str, str] | None = None) -> str:
    held = door.own()
    return pages.show("members/secret.html", by_phone=_is_by_phone(held), errors=errors or {})
