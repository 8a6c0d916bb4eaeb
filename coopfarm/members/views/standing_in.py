"""My helpers, whom I help, and acting for somebody else."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.members import queries, rules
from coopfarm.members.actions import standing_in as actions
from coopfarm.members.models import Consent, Member
from coopfarm.members.queries import membership as members
from coopfarm.members.queries import standing_in as known
from coopfarm.members.rules import standing_in as words_of
from coopfarm.members.views import devices, door
from coopfarm.members.views.door import bp
from coopfarm.members.views.membership import by
from coopfarm.sms import actions as sms
from coopfarm.web import pages, problems, request, words, written

_GIVEN = Phrase("consent-given", N_("%(helper)s may act for %(member)s from now on."))
_ENDED = Phrase("consent-ended", N_("%(helper)s may no longer act for %(member)s."))
_BEGUN = Phrase(
    "standing-in-begun", N_("You act for %(member)s now. Everything you do is shown as such.")
)
_STOPPED = Phrase("standing-in-stopped", N_("You act in your own name again."))
# Short enough to be one message in any script.
_TOLD_GIVEN = Phrase(
    "sms-consent", N_("%(helper)s may act for you at the cooperative. Not right? Tell the office.")
)
_TOLD_BEGUN = Phrase("sms-standing-in", N_("%(helper)s is acting for you at the cooperative now."))


@bp.app_template_filter("consent")
def given_in_words(given: str) -> str:
    return words.say(words_of.GIVEN[given]())


@bp.get("/helpers")
@request.allowed()
def helpers() -> ResponseReturnValue:
    """Who may act for me, and for whom I may act."""
    return _page({}, {})


@bp.post("/helpers")
@request.allowed()
def give_consent() -> ResponseReturnValue:
    """Let somebody act for me."""
    me, form, session = door.own().member, request.form(), request.session()
    try:
        helper = actions.the_one(session, form.get("who", "")[:120])
        given = actions.Given("own_phone", _until(form))
        actions.give_consent(session, me, helper, given, by())
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal, "")
    return pages.done(_said(_GIVEN, me, helper), "members.helpers")


@bp.post("/helpers/pin")
@request.allowed()
def consent_by_pin() -> ResponseReturnValue:
    """On the helper's phone: the member types number or name, and the PIN, once."""
    me, form, session = door.own().member, request.form(), request.session()
    with request.database().reading() as look:
        proof = actions.Proof(
            plain_digits(form.get("pin", ""))[: rules.LONGEST_SECRET],
            door.settings().pepper,
            devices.origin(),
            look,
        )
        member, refusal = actions.prove(session, form.get("who", "")[:120], proof, by())
    if member is None:
        request.keep_despite_refusal()
        return _refused(form, refusal or words_of.PinNotTheirs(field="who"), "pin-")
    try:
        actions.give_consent(session, member, me, actions.Given("pin", _until(form)), by())
    except (Invalid, Conflict) as problem:
        return _refused(form, problem, "pin-")
    _tell(member, _said(_TOLD_GIVEN, member, me))
    return pages.done(_said(_GIVEN, member, me), "members.helpers")


@bp.post("/helpers/<uuid:consent_id>/end")
@request.allowed()
def end_consent(consent_id: UUID) -> ResponseReturnValue:
    """Let a helper act no longer: by the member, the helper or the manager."""
    held, session = door.own(), request.session()
    is_office = "manager" in held.roles
    consent = actions.end_consent(session, consent_id, by(), is_office=is_office)
    done = _said(_ENDED, *_both(consent))
    if held.member.id in (consent.member_id, consent.helper_id):
        return pages.done(done, "members.helpers")
    return pages.done(done, "members.helpers_of", member_id=consent.member_id)


@bp.post("/helpers/<uuid:consent_id>/begin")
@request.allowed()
def begin_standing_in(consent_id: UUID) -> ResponseReturnValue:
    """Act for a member who consented, until I stop."""
    held = door.own()
    member = actions.begin(request.session(), held.sign_in, consent_id, by())
    _tell(member, _said(_TOLD_BEGUN, member, held.member))
    return pages.done(_said(_BEGUN, member, held.member), "home.show")


@bp.post("/helpers/stop")
@request.allowed()
def stop_standing_in() -> ResponseReturnValue:
    """Be myself again."""
    held = door.held()
    if held is None or held.by is None:
        return redirect(url_for("home.show"), 303)
    actions.stop(request.session(), held.sign_in, by())
    return pages.done(_STOPPED(), "members.helpers")


@bp.get("/members/<uuid:member_id>/helpers")
@request.allowed("manager")
def helpers_of(member_id: UUID) -> ResponseReturnValue:
    """Who may act for a member, and for whom the member may act."""
    return _office_page(member_id, {}, {})


@bp.post("/members/<uuid:member_id>/helpers")
@request.allowed("manager")
def consent_on_paper(member_id: UUID) -> ResponseReturnValue:
    """Enter a consent that was signed on paper."""
    form, session = request.form(), request.session()
    member = members.person(session, member_id).member
    try:
        helper = actions.the_one(session, form.get("who", "")[:120])
        given = actions.Given("paper", _until(form), form.get("note", ""))
        actions.give_consent(session, member, helper, given, by())
    except (Invalid, Conflict) as refusal:
        errors = {refusal.field or "who": words.say(refusal.sentence)}
        return _office_page(member_id, form, errors), problems.status_of(refusal)
    _tell(member, _said(_TOLD_GIVEN, member, helper))
    return pages.done(_said(_GIVEN, member, helper), "members.helpers_of", member_id=member_id)


def _page(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    held, session, today = door.own(), request.session(), by().today
    return pages.show(
        "members/standing_in.html",
        helpers=known.helpers_of(session, held.member.id, today),
        helped=known.helped_by(session, held.member.id, today),
        may_act=held.member.state != "suspended",
        sent=sent,
        errors=errors,
    )


def _office_page(member_id: UUID, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session, today = request.session(), by().today
    return pages.show(
        "members/standing_in_office.html",
        who=members.person(session, member_id).member,
        helpers=known.helpers_of(session, member_id, today),
        helped=known.helped_by(session, member_id, today),
        sent=sent,
        errors=errors,
    )


def _refused(form: Mapping[str, str], refusal: Refusal, prefix: str) -> ResponseReturnValue:
    errors = {f"{prefix}{refusal.field or 'who'}": words.say(refusal.sentence)}
    return _page(form, errors), problems.status_of(refusal)


def _until(form: Mapping[str, str]) -> date | None:
    return written.day(form["until"], field="until") if form.get("until") else None


def _both(consent: Consent) -> tuple[Member, Member]:
    found = queries.members_by_id(request.session(), [consent.member_id, consent.helper_id])
    return found[consent.member_id], found[consent.helper_id]


def _said(phrase: Phrase, member: Member, helper: Member) -> Sentence:
    return phrase(member=member.name, helper=helper.name)


def _tell(member: Member, said: Sentence) -> None:
    """A short message to the member, where they have a number and we have a gateway."""
    if not member.phone or not door.settings().gateway:
        return
    home = queries.cooperative(request.session(), member.cooperative_id)
    with force_locale(member.locale or home.locale):
        text = words.say(said)
    message = sms.post(
        request.session(),
        to=member.phone,
        text=text,
        purpose="notice",
        now=request.now(),
        member_id=member.id,
    )
    request.enqueue(sms.JOB, sms.job_argument(message))
