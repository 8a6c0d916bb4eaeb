"""Coming in for the first time: the language, a card or a code, a PIN. Four screens at most."""

from uuid import UUID

from flask import make_response, redirect, url_for
from flask import request as http
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries, rules
from coopfarm.members.actions import cards, pins
from coopfarm.members.actions import enrolment as actions
from coopfarm.members.models import Enrolment
from coopfarm.members.queries import enrolment as known
from coopfarm.members.rules import enrolment as policy
from coopfarm.members.views import devices, door
from coopfarm.members.views.door import bp
from coopfarm.sms import actions as sms
from coopfarm.sms.rules import bound
from coopfarm.web import pages, problems, request, tongue, words

APPLIED = Phrase(
    "application-kept",
    N_("The office has your application. Somebody will call you, or come by."),
)
_LONGEST_TYPED = 120


@bp.before_app_request
def show_languages_first() -> ResponseReturnValue | None:
    """Who comes for the first time chooses a language before anything has to be read."""
    if request.endpoint() != "home.show" or problems.wants_json():
        return None
    is_known = request.chosen_language() or "token" in cookie or devices.this_device().people
    return None if is_known else redirect(url_for("members.welcome"), 303)


@bp.get("/welcome")
@request.open_to_all
def welcome() -> ResponseReturnValue:
    return pages.show("members/enrol_welcome.html")


@bp.get("/enrol")
@request.open_to_all
def enrol() -> ResponseReturnValue:
    return _page("members/enrol.html")


@bp.post("/enrol")
@request.open_to_all
def ask_code() -> ResponseReturnValue:
    """Send a code, or do as if: whether the number is a member's shows nowhere."""
    if not door.settings().gateway:
        raise Missing
    typed = request.form().get("phone", "")[:_LONGEST_TYPED]
    try:
        message = actions.ask_code(
            request.session(),
            _phones(typed),
            browser=_browser_hash(),
            pepper=door.settings().pepper,
            says=_code_in_words,
            most_a_day=door.settings().sms_codes_a_day,
            now=request.now(),
        )
    except (rules.NotAPhone, policy.TooManyCodes) as refusal:
        return _refused("members/enrol.html", refusal, phone=typed)
    if message is not None:
        request.enqueue(sms.JOB, sms.job_argument(message))
    cookie["enrol_phone"] = typed
    return redirect(url_for("members.enter_code"), 303)


@bp.get("/enrol/code")
@request.open_to_all
def enter_code() -> ResponseReturnValue:
    if "enrol" not in cookie:
        return redirect(url_for("members.enrol"), 303)
    return _page("members/enrol_code.html", phone=cookie.get("enrol_phone", ""))


@bp.post("/enrol/code")
@request.open_to_all
def check_code() -> ResponseReturnValue:
    refusal = actions.pass_by_code(
        request.session(),
        _browser_hash(),
        request.form().get("code", ""),
        network=rules.network_of(request.address()),
        pepper=door.settings().pepper,
        now=request.now(),
    )
    if refusal is not None:
        return _refused("members/enrol_code.html", refusal, phone=cookie.get("enrol_phone", ""))
    return redirect(url_for("members.choose_pin"), 303)


@bp.get("/enrol/card")
@request.open_to_all
def enter_card() -> ResponseReturnValue:
    return _page("members/enrol_card.html", number="")


@bp.post("/enrol/card")
@request.open_to_all
def check_card() -> ResponseReturnValue:
    form = request.form()
    number = form.get("number", "")[:_LONGEST_TYPED]
    refusal = actions.pass_by_card(
        request.session(),
        _browser_hash(),
        actions.TypedCard(number, form.get("code", "")),
        network=rules.network_of(request.address()),
        pepper=door.settings().pepper,
        now=request.now(),
    )
    if refusal is not None:
        return _refused("members/enrol_card.html", refusal, number=number)
    return redirect(url_for("members.choose_pin"), 303)


@bp.get("/enrol/pin")
@request.open_to_all
def choose_pin() -> ResponseReturnValue:
    enrolment = known.passed(request.session(), _browser_hash(), request.now())
    if enrolment is None:
        return redirect(url_for("members.enrol"), 303)
    return _pin_page(enrolment)


@bp.post("/enrol/pin")
@request.open_to_all
def keep_pin() -> ResponseReturnValue:
    if request.who():
        return redirect(url_for("home.show"), 303)
    session, browser = request.session(), _browser_hash()
    try:
        outcome = pins.finish(
            session,
            browser,
            _choice(),
            pepper=door.settings().pepper,
            device=request.device(),
            now=request.now(),
        )
    except Refusal as refusal:
        return _pin_refused(refusal)
    if isinstance(outcome, Refusal):
        request.keep_despite_refusal()
        return _pin_refused(outcome)
    several = len(queries.elsewhere(session, outcome.account_id)) > 1
    door.enter(outcome.token, is_console=False, several=several)
    response = make_response(redirect(url_for("home.show"), 303))
    devices.remember(response, outcome.account_id, outcome.name)
    return response


@bp.get("/apply")
@request.open_to_all
def application() -> ResponseReturnValue:
    return _application_page()


@bp.post("/apply")
@request.open_to_all
def apply() -> ResponseReturnValue:
    """The answer is the same whether this was written down now, or before."""
    form, session = request.form(), request.session()
    try:
        cards.apply(
            session,
            cooperative_id=_cooperative_id(form.get("cooperative", "")[:_LONGEST_TYPED]),
            name=" ".join(form.get("name", "").split())[: policy.LONGEST_NAME + 1],
            phone=_phones(form.get("phone", "")[:_LONGEST_TYPED])[0],
            words=form.get("words", "").strip(),
            locale=tongue.locale(),
            now=request.now(),
        )
    except Refusal as refusal:
        session.rollback()
        said = words.say(refusal.sentence)
        return _application_page({refusal.field or "words": said}), problems.status_of(refusal)
    return pages.done(APPLIED(), "members.enrol")


def _browser_hash() -> str:
    """Which browser this is, while somebody is on the way in at it."""
    if http.method not in request.SAFE and "enrol" not in cookie:
        cookie["enrol"] = actions.new_browser()
    return actions.browser_hash(cookie.get("enrol", ""))


def _phones(typed: str) -> list[str]:
    """What was typed as a number of each of our countries. Raises NotAPhone."""
    found: list[str] = []
    for region in queries.regions(request.session()) or ["EG"]:
        try:
            found.append(rules.phone(typed, region))
        except rules.NotAPhone:
            continue
    if not found:
        raise rules.NotAPhone(field="phone")
    return list(dict.fromkeys(found))


def _code_in_words(code: str) -> str:
    """One short message in every language, bound to our pages where that still fits."""
    text = gettext("coopfarm code: %(code)s. Good for 10 minutes. Give it to nobody.", code=code)
    host = (door.settings().public_url or http.host_url).partition("://")[2]
    return bound(text, host.strip("/").partition(":")[0], code)


def _choice() -> pins.Choice:
    form = request.form()
    try:
        member_id = UUID(form.get("member", ""))
    except ValueError:
        member_id = None
    typed = form.get("phone", "")[:_LONGEST_TYPED]
    return pins.Choice(
        member_id=member_id,
        pin=form.get("pin", "")[: rules.LONGEST_SECRET],
        again=form.get("again", "")[: rules.LONGEST_SECRET],
        phone=_phones(typed)[0] if typed.strip() else None,
    )


def _page(template: str, **answers: object) -> str:
    return pages.show(template, has_sms=bool(door.settings().gateway), said="", **answers)


def _refused(template: str, refusal: Refusal, **answers: object) -> ResponseReturnValue:
    """Say no on the page itself; the count of wrong codes is kept."""
    request.keep_despite_refusal()
    if problems.wants_json():
        return problems.answer(refusal)
    said = words.say(refusal.sentence)
    page = pages.show(template, has_sms=bool(door.settings().gateway), said=said, **answers)
    return page, problems.status_of(refusal)


def _pin_refused(refusal: Refusal) -> ResponseReturnValue:
    session, now = request.session(), request.now()
    enrolment = known.passed(session, _browser_hash(), now)
    if enrolment is None or isinstance(refusal, policy.EnrolmentOver):
        return _refused("members/enrol_over.html", refusal)
    errors = {refusal.field or "pin": words.say(refusal.sentence)}
    return _pin_page(enrolment, errors), problems.status_of(refusal)


def _pin_page(enrolment: Enrolment, errors: dict[str, str] | None = None) -> str:
    people = pins.people_at(request.session(), enrolment)
    is_known = any(one.member.account_id or one.member.phone for one in people)
    return pages.show(
        "members/enrol_pin.html",
        people=people,
        several=len({one.cooperative_name for one in people}) > 1,
        asks_phone=not is_known,
        sent=request.form(),
        errors=errors or {},
    )


def _application_page(errors: dict[str, str] | None = None) -> str:
    return pages.show(
        "members/enrol_apply.html",
        asks_where=known.only_cooperative(request.session()) is None,
        sent=request.form(),
        errors=errors or {},
    )


def _cooperative_id(typed: str) -> int:
    """The cooperative somebody applies to. Raises CooperativeUnknown."""
    session = request.session()
    found = known.only_cooperative(session) or known.cooperative_called(session, typed)
    if found is None:
        raise policy.CooperativeUnknown(field="cooperative")
    return found
