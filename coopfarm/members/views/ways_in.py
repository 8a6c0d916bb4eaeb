"""Signing in and out, and the language."""

import re

from flask import current_app, redirect, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from coopfarm.config import LANGUAGES, Settings
from coopfarm.kernel.refusal import Refusal
from coopfarm.members import actions, queries, rules
from coopfarm.members.views.door import bp
from coopfarm.web import pages, problems, request, words


@bp.get("/sign-in")
@request.open_to_all
def sign_in() -> ResponseReturnValue:
    if request.who():
        return redirect(url_for("home.show"))
    return _sign_in_page()


@bp.post("/sign-in")
@request.open_to_all
def admit() -> ResponseReturnValue:
    settings: Settings = current_app.extensions["coopfarm_settings"]
    form = request.form()
    secret = form.get("secret", "")[: rules.LONGEST_SECRET]
    admission = actions.sign_in(
        request.session(),
        _names(form.get("name", "")[:120]),
        secret,
        pepper=settings.pepper,
        now=request.now(),
        device=request.device(),
    )
    if isinstance(admission.refusal, Refusal):
        return _refused(admission.refusal)
    cookie.clear()
    cookie["token"] = admission.token
    cookie.permanent = True
    return redirect(_safe(form.get("next", "")), 303)


@bp.post("/sign-out")
@request.open_to_all
def sign_out() -> ResponseReturnValue:
    actions.sign_out(request.session(), cookie.get("token", ""), request.now())
    cookie.clear()
    response = redirect(url_for("members.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/language/<code>")
@request.open_to_all
def language(code: str) -> ResponseReturnValue:
    """Keep the chosen language on this device, and go back."""
    response = redirect(_safe(request.asked("next")), 303)
    if code in LANGUAGES:
        response.set_cookie(
            "language",
            code,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def _names(typed: str) -> list[str]:
    """What a typed name may stand for: a login, or a phone number of one of our countries."""
    names = [typed.strip().lower()]
    for region in queries.regions(request.session()) or ["EG"]:
        try:
            names.append(rules.phone(typed, region))
        except rules.NotAPhone:
            continue
    return names


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Say no on the page itself; the count of failures is kept."""
    request.keep_despite_refusal()
    if problems.wants_json():
        return problems.answer(refusal)
    return _sign_in_page(said=words.say(refusal.sentence)), problems.status_of(refusal)


def _sign_in_page(said: str = "") -> str:
    console = request.asked("console") or request.form().get("console", "")
    return pages.show(
        "members/sign_in.html",
        said=said,
        typed=request.form().get("name", ""),
        console=bool(console),
        next=request.asked("next") or request.form().get("next", ""),
    )


def _safe(target: str) -> str:
    """A path of ours, whatever was asked for."""
    # Browsers read "//", "/\" and "/<tab>/" as the beginning of another site.
    ours = re.fullmatch(r"/(?![/\\])[!-~]*", target)
    return target if ours else url_for("home.show")
