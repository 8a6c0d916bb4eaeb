"""Signing in and out, and the language."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from flask import current_app, make_response, redirect, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from coopfarm.config import LANGUAGES
from coopfarm.kernel.refusal import Refusal
from coopfarm.members import actions, queries, rules
from coopfarm.members.views import devices, door
from coopfarm.members.views.door import bp
from coopfarm.web import pages, problems, request, words

# For so long may be said who it is of several who know one PIN.
_CHOICE_LASTS: Final = timedelta(minutes=5)


@bp.get("/sign-in")
@request.open_to_all
def sign_in() -> ResponseReturnValue:
    if request.who():
        return redirect(url_for("home.show"))
    if door.held() is not None:
        onward = request.asked("next") or None
        return redirect(url_for("members.second_factor", next=onward), 303)
    return _sign_in_page()


@bp.post("/sign-in")
@request.open_to_all
def admit() -> ResponseReturnValue:
    form = request.form()
    typed = form.get("name", "")[:120]
    with request.database().reading() as look:
        admission = actions.sign_in(
            request.session(),
            queries.names_typed(look, typed, is_login=bool(form.get("console"))),
            form.get("secret", "")[: rules.LONGEST_SECRET],
            pepper=door.settings().pepper,
            now=request.now(),
            origin=devices.origin(),
            account_id=id_of(form.get("who", "")),
            look=look,
        )
    if admission.refusal is not None:
        return _refused(admission.refusal)
    if admission.choices:
        return _who_page(admission)
    return _entered(admission)


@bp.post("/sign-in/who")
@request.open_to_all
def say_who() -> ResponseReturnValue:
    """One of several who have the same PIN on the same number."""
    chosen = id_of(request.form().get("who", ""))
    until = datetime.fromtimestamp(cookie.get("choose_until", 0), UTC)
    if chosen is None or chosen.hex not in cookie.get("choose", ()) or until < request.now():
        return redirect(url_for("members.sign_in"), 303)
    admission = actions.admit(request.session(), chosen, device=request.device(), now=request.now())
    if admission.refusal is not None:
        return _refused(admission.refusal)
    return _entered(admission)


@bp.post("/sign-in/forget")
@request.open_to_all
def forget() -> ResponseReturnValue:
    """Know somebody no longer on this device."""
    response = make_response(redirect(url_for("members.sign_in"), 303))
    who = id_of(request.form().get("who", ""))
    if who is not None:
        devices.forget(response, who)
    return response


@bp.post("/sign-out")
@request.open_to_all
def sign_out() -> ResponseReturnValue:
    actions.sign_out(request.session(), cookie.get("token", ""), request.now())
    cookie.clear()
    response = redirect(url_for("members.sign_in"), 303)
    # Not "storage": what waits to be sent stays. The service worker drops the pages it kept.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/language/<code>")
@request.open_to_all
def language(code: str) -> ResponseReturnValue:
    """Keep the chosen language on this device, and go back."""
    response = redirect(safe(request.asked("next")), 303)
    if code in LANGUAGES:
        response.set_cookie(
            "language",
            code,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def safe(target: str) -> str:
    """A path of ours, whatever was asked for."""
    # Browsers read "//", "/\" and "/<tab>/" as the beginning of another site.
    ours = re.fullmatch(r"/(?![/\\])[!-~]*", target)
    return target if ours else url_for("home.show")


def _entered(admission: actions.Admission) -> ResponseReturnValue:
    account_id, token = admission.account_id, admission.token
    if account_id is None or token is None:
        raise rules.NotRecognised
    several = len(queries.elsewhere(request.session(), account_id)) > 1
    door.enter(token, is_console=not admission.name, several=several)
    onward = safe(request.form().get("next", ""))
    if several:
        onward = url_for("members.cooperatives", next=onward)
    response = make_response(redirect(onward, 303))
    devices.remember(response, account_id, admission.name)
    return response


def _who_page(admission: actions.Admission) -> str:
    cookie["choose"] = [one.account_id.hex for one in admission.choices]
    cookie["choose_until"] = int((request.now() + _CHOICE_LASTS).timestamp())
    return pages.show(
        "members/sign_in_who.html",
        choices=admission.choices,
        next=request.form().get("next", ""),
    )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Say no on the page itself; the count of failures is kept."""
    request.keep_despite_refusal()
    if problems.wants_json():
        return problems.answer(refusal)
    return _sign_in_page(said=words.say(refusal.sentence)), problems.status_of(refusal)


def _sign_in_page(said: str = "") -> str:
    form, device = request.form(), devices.this_device()
    chosen = id_of(request.asked("who") or form.get("who", ""))
    console = bool(request.asked("console") or form.get("console", ""))
    anybody = console or bool(request.asked("other") or form.get("name", ""))
    return pages.show(
        "members/sign_in.html",
        said=said,
        typed=form.get("name", ""),
        console=console,
        next=request.asked("next") or form.get("next", ""),
        chosen=next((one for one in device.tiles if one.account_id == chosen), None),
        tiles=[] if anybody else device.tiles,
    )
