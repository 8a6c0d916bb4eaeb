"""A member's page, and what the manager does there."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.roles import ROLES
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries
from coopfarm.members import rules as known_words
from coopfarm.members.actions import membership as actions
from coopfarm.members.actions import officers
from coopfarm.members.queries import membership as known
from coopfarm.members.queries.officers import of_account as offices_of
from coopfarm.members.rules import membership as rules
from coopfarm.members.rules import sight
from coopfarm.members.views.door import bp, own
from coopfarm.members.views.people import READERS
from coopfarm.members.views.ways_in import id_of
from coopfarm.web import pages, request, words, written

_ADDED = Phrase(
    "member-added", N_("%(name)s is a member now. Make a card, so that they can sign in.")
)
_ROLES_SET = Phrase("roles-set", N_("The roles hold from the next page they open."))
_MOVED = Phrase("household-moved", N_("The household is changed."))
_HOUSEHOLD_MADE = Phrase("household-made", N_("The household is there now."))
_HOUSEHOLD_NAMED = Phrase("household-named", N_("The household is renamed."))
_SHARED = Phrase("phone-shared", N_("Your choice is kept."))
_OFFICER_ASKED = Phrase(
    "officer-asked",
    N_(
        "If somebody signs in under that name or number, they find your question on their own "
        "page. Once they agree they stand in the list."
    ),
)
_AGREED = Phrase("officer-agreed", N_("You are the officer of that cooperative too, from now on."))
_DECLINED = Phrase("officer-declined", N_("You have nothing to do with that cooperative now."))


def by() -> actions.By:
    """Who acts, now, and the day it is in the cooperative."""
    now = request.now()
    return actions.By(request.me().member_id, now, now.astimezone(request.zone()).date())


@bp.get("/members/<uuid:member_id>")
@request.allowed(*READERS)
def member(member_id: UUID) -> ResponseReturnValue:
    """One member: roles, household, and where the membership stands."""
    return _page(member_id, {}, {})


@bp.get("/members/new")
@request.allowed("manager")
def new_member() -> ResponseReturnValue:
    """The form to take somebody in."""
    return _form({"number": rules.next_number(known.numbers(request.session()))}, {})


@bp.post("/members/new")
@request.allowed("manager")
def add_member() -> ResponseReturnValue:
    """Take somebody in."""
    form = request.form()
    try:
        added = actions.add_member(request.session(), _new(form), by())
    except (Invalid, Conflict) as refusal:
        return _form(form, {refusal.field or "name": words.say(refusal.sentence)}), 422
    return pages.done(_ADDED(name=added.name), "members.member", member_id=added.id)


@bp.post("/members/<uuid:member_id>/steps")
@request.allowed("manager")
def step_membership(member_id: UUID) -> ResponseReturnValue:
    """Accept, decline, suspend, let leave, or take back in."""
    form = request.form()
    name = form.get("step", "")
    try:
        said = actions.Said(form.get("reason", "").strip(), _day(form), _number(form))
        found = actions.take_step(request.session(), member_id, name, said, by())
    except Invalid as refusal:
        errors = {f"{name}-{refusal.field}": words.say(refusal.sentence)}
        return _page(member_id, form, errors), 422
    done = rules.STEPS[name].done(name=found.name)
    return pages.done(done, "members.member", member_id=member_id)


@bp.post("/members/<uuid:member_id>/roles")
@request.allowed("manager")
def set_roles(member_id: UUID) -> ResponseReturnValue:
    """Give and take roles."""
    actions.set_roles(request.session(), member_id, request.form().getlist("roles"), by())
    return pages.done(_ROLES_SET(), "members.member", member_id=member_id)


@bp.post("/members/<uuid:member_id>/household")
@request.allowed("manager")
def move_member(member_id: UUID) -> ResponseReturnValue:
    """Put a member into a household, a new one, or none."""
    form, session = request.form(), request.session()
    known.person(session, member_id)
    household_id = id_of(form.get("household_id", ""))
    new = form.get("name", "").strip()
    if new:
        household_id = actions.make_household(session, new, by()).id
    actions.move_to_household(session, member_id, household_id, by())
    return pages.done(_MOVED(), "members.member", member_id=member_id)


@bp.get("/households")
@request.allowed("manager")
def households() -> ResponseReturnValue:
    """Every household, to be named."""
    return pages.show("members/member_households.html", found=known.households(request.session()))


@bp.post("/households")
@request.allowed("manager")
def make_household() -> ResponseReturnValue:
    """Make a household."""
    name = request.form().get("name", "").strip()
    actions.make_household(request.session(), name, by())
    return pages.done(_HOUSEHOLD_MADE(), "members.households")


@bp.post("/households/<uuid:household_id>")
@request.allowed("manager")
def name_household(household_id: UUID) -> ResponseReturnValue:
    """Call a household otherwise."""
    name = request.form().get("name", "").strip()
    actions.name_household(request.session(), household_id, name, by())
    return pages.done(_HOUSEHOLD_NAMED(), "members.households")


@bp.post("/members/officers")
@request.allowed("manager")
def ask_officer() -> ResponseReturnValue:
    """Ask somebody who has an account elsewhere to be our officer."""
    typed = request.form().get("name", "")[:120]
    if not typed.strip():
        raise written.FieldMissing(field="name")
    officers.ask_officer(request.session(), queries.names_typed(request.session(), typed), by())
    return pages.done(_OFFICER_ASKED(), "members.people")


@bp.post("/members/me/officer")
@request.allowed()
def answer_as_officer() -> ResponseReturnValue:
    """Say yes or no to a cooperative that asked me to be its officer."""
    held, form = own(), request.form()
    asked = id_of(form.get("asked", "")) or held.member.id
    session, now = request.session(), request.now()
    if form.get("answer") == "yes":
        officers.agree(session, held.sign_in.account_id, asked, now)
        return pages.done(_AGREED(), "members.me")
    officers.decline(session, held.sign_in.account_id, asked, now)
    return pages.done(_DECLINED(), "members.me")


@bp.get("/members/me")
@request.allowed()
def me() -> ResponseReturnValue:
    """What is kept about me, and the ways to my helpers, my history and my sign-in."""
    found = known.person(request.session(), request.me().member_id)
    offices = [] if request.me().by else offices_of(request.session(), request.me().account_id)
    return pages.show("members/member_me.html", who=found, offices=offices)


@bp.post("/members/me/phone")
@request.allowed()
def share_phone() -> ResponseReturnValue:
    """Let neighbours see my number, or not."""
    session = request.session()
    mine = queries.member(session, request.me().member_id)
    actions.share_phone(session, mine, shares=bool(request.form().get("shares")), by=by())
    return pages.done(_SHARED(), "members.me")


def _page(member_id: UUID, sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session, me = request.session(), request.me()
    found = known.person(session, member_id)
    has_turn = bool(known.with_turns_ahead(session, [member_id], request.now()))
    may_manage = "manager" in me.roles
    applied = known.application(session, found.member) if may_manage else None
    is_own = member_id == me.member_id
    return pages.show(
        "members/member.html",
        who=found,
        phone=sight.phone(found.member.phone, me.roles, is_own=is_own, has_turn=has_turn),
        sees_names=sight.sees("name", me.roles) or is_own,
        sees_household=sight.sees("household", me.roles) or is_own,
        sees_reason=sight.sees("reason", me.roles) or is_own,
        may_manage=may_manage,
        may_read_history=sight.sees("history", me.roles),
        steps=_steps(found.member.state) if may_manage else [],
        roles=ROLES,
        households=known.households(session) if may_manage else [],
        application=applied,
        next_number=rules.next_number(known.numbers(session)) if applied else "",
        is_forgotten=rules.is_forgotten(found.member.name),
        sent=sent,
        errors=errors,
    )


def _steps(state: str) -> list[tuple[str, rules.Step]]:
    return [(name, rules.STEPS[name]) for name in rules.steps_from(state)]


def _form(sent: Mapping[str, str], errors: Mapping[str, str]) -> str:
    homes = known.households(request.session())
    return pages.show(
        "members/member_new.html",
        sent=sent,
        errors=errors,
        households=[("", "–"), *((str(home.id), home.name) for home in homes)],
    )


def _new(form: Mapping[str, str]) -> actions.NewMember:
    typed = form.get("phone", "").strip()
    here = queries.cooperative(request.session(), request.me().cooperative_id)
    return actions.NewMember(
        name=form.get("name", "").strip(),
        number=plain_digits(form.get("number", "")).strip(),
        name_latin=form.get("name_latin", "").strip(),
        phone=known_words.phone(typed, here.locale.split("_")[-1]) if typed else None,
        household_id=id_of(form.get("household_id", "")),
    )


def _day(form: Mapping[str, str]) -> date | None:
    return written.day(form["on"], field="on") if form.get("on") else None


def _number(form: Mapping[str, str]) -> str:
    return plain_digits(form.get("number", "")).strip()
