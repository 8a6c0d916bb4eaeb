"""The rules of booking on pages: in force for everybody to read, drafted by the office."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel import Locale, dates
from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import policies as actions
from coopfarm.equipment.models import MachinePolicy
from coopfarm.equipment.queries import fleet, policies
from coopfarm.equipment.rules.jobs import CATEGORIES, OFFICE
from coopfarm.equipment.rules.kinds import KINDS, WEEKDAYS, in_words
from coopfarm.equipment.rules.lines import ALL_NAME, category_named
from coopfarm.equipment.rules.policy import Line, policy_of
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.roles import ROLES
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, problems, request, tongue, words, written

IN_FORCE = Phrase("done-rules-in-force", N_("Version %(version)s of the rules is in force."))
LINE_KEPT = Phrase("done-rules-line", N_("The draft is kept. It is not in force yet."))
DROPPED = Phrase("done-rules-dropped", N_("The draft is gone. What is in force stays."))
ENDED = Phrase("done-rules-ended", N_("The rules for all machines hold there again."))


@dataclass(frozen=True, slots=True)
class Said:
    """A line as everybody reads it."""

    place: int
    line: Line
    words: str

    @property
    def may_warn(self) -> bool:
        return self.line.code in KINDS and KINDS[self.line.code].may_warn


@bp.get("/machines/rules")
@request.allowed()
def rule_book() -> ResponseReturnValue:
    """The rules by which machines are booked, for everybody"""
    session = request.session()
    found = policies.in_force(session)
    others = {machine.category for machine in fleet.machines(session)} | policies.drafts(session)
    return pages.show(
        "equipment/policies.html",
        books=[(_name(one), found[one], [*_said(found[one])]) for one in _ordered({*found})],
        without=[_name(one) for one in _ordered({*others, ""} - {*found})],
        drafts={_name(one) for one in policies.drafts(session)},
        may_change=_may_change(),
    )


@bp.get("/machines/rules/<category>")
@request.allowed()
def rules_history(category: str) -> ResponseReturnValue:
    """Every version of the rules for a category, with why and when, for everybody"""
    found = policies.versions(request.session(), category_named(category))
    makers = members_by_id(request.session(), (row.made_by for row in found))
    return pages.show(
        "equipment/policy_versions.html",
        category=category,
        versions=[(row, [*_said(row)], makers.get(row.made_by or row.id)) for row in found],
        may_change=_may_change(),
    )


@bp.get("/machines/rules/<category>/draft")
@request.allowed(*OFFICE)
def rules_draft(category: str) -> ResponseReturnValue:
    """The draft of rules, and which bookings it would not have let through"""
    kind = request.asked("kind")
    return _draft(category, {"code": kind} if kind in KINDS else {})


@bp.post("/machines/rules/<category>/draft")
@request.allowed(*OFFICE)
def keep_rule(category: str) -> ResponseReturnValue:
    """Add a line to the draft, or put it in place of another"""
    form = request.form()
    place = whole(form.get("place", ""), 999)
    try:
        actions.put_line(
            request.session(), category_named(category), _sent(form), place=place, **_edit()
        )
    except Invalid as refusal:
        said = {refusal.field or "code": words.say(refusal.sentence)}
        return _draft(category, form, said), problems.status_of(refusal)
    return pages.done(LINE_KEPT(), "equipment.rules_draft", category=category)


@bp.post("/machines/rules/<category>/take-out")
@request.allowed(*OFFICE)
def take_rule_out(category: str) -> ResponseReturnValue:
    """Take a line out of the draft"""
    place = whole(request.form().get("place", ""), 999) or 0
    actions.take_line(request.session(), category_named(category), place, **_edit())
    return pages.done(LINE_KEPT(), "equipment.rules_draft", category=category)


@bp.post("/machines/rules/<category>/drop")
@request.allowed(*OFFICE)
def drop_rules(category: str) -> ResponseReturnValue:
    """Do away with a draft"""
    actions.drop(request.session(), category_named(category), **_edit())
    return pages.done(DROPPED(), "equipment.rule_book")


@bp.post("/machines/rules/<category>/in-force")
@request.allowed(*OFFICE)
def put_rules_in_force(category: str) -> ResponseReturnValue:
    """Have the draft hold from now on, with a reason"""
    reason = request.form().get("reason", "")
    try:
        row = actions.put_in_force(request.session(), category_named(category), reason, **_edit())
    except actions.RulesReasonMissing as refusal:
        return _draft(category, {}, {"reason": words.say(refusal.sentence)}), 422
    return pages.done(IN_FORCE(version=row.version), "equipment.rules_history", category=category)


@bp.post("/machines/rules/versions/<uuid:policy_id>/bring-back")
@request.allowed(*OFFICE)
def bring_rules_back(policy_id: UUID) -> ResponseReturnValue:
    """Put an old version in force again, as a new one"""
    row = actions.bring_back(request.session(), policy_id, _reason(), **_who())
    category = _name(row.category)
    return pages.done(IN_FORCE(version=row.version), "equipment.rules_history", category=category)


@bp.post("/machines/rules/versions/<uuid:policy_id>/end")
@request.allowed(*OFFICE)
def end_rules(policy_id: UUID) -> ResponseReturnValue:
    """Have a category follow the rules for all machines again"""
    actions.end(request.session(), policy_id, _reason(), **_who())
    return pages.done(ENDED(), "equipment.rule_book")


def _draft(category: str, sent: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    session, of = request.session(), category_named(category)
    row, present = policies.draft(session, of), policies.in_force(session).get(of)
    shown = row or present
    said = [*_said(shown)] if shown else []
    changed = whole(request.asked("line"), 999)
    line = next((one for one in said if one.place == changed), None)
    policy = policy_of(row.version, of, row.lines) if row else None
    now, zone = request.now(), request.zone()
    return pages.show(
        "equipment/policy_draft.html",
        category=category,
        row=row,
        present=present,
        said=said,
        edition=row.edition if row else 0,
        sent=_shown(line) if line and not errors else sent,
        kind=KINDS.get(line.line.code if line and not errors else sent.get("code", "")),
        kinds=[(code, words.say(kind.name())) for code, kind in KINDS.items()],
        errors=errors or {},
        effects=policies.effects(session, policy, now=now, zone=zone) if policy else [],
        roles=[("", "")] + [(role, words.shown("role", role)) for role in ROLES],
        weekdays=[*_week()],
        months=[*_months()],
    )


def _said(row: MachinePolicy) -> Iterator[Said]:
    for place, line in enumerate(policies.lines_of(row), start=1):
        yield Said(place, line, " ".join(words.say(one) for one in in_words(line)))


def _sent(form: Mapping[str, str]) -> dict[str, Any]:
    """The form of a line, as it is checked. Raises a refusal that names the field."""
    kind = KINDS.get(form.get("code", ""))
    sent: dict[str, Any] = {
        "code": form.get("code", ""),
        "is_hard": form.get("is_hard", "hard") != "warn",
        "role": form.get("role", ""),
    }
    for name in kind.needs if kind else ():
        sent[name] = _READ[name](form, name)
    return sent


def _number(form: Mapping[str, str], name: str) -> float:
    return written.number(form.get(name, ""), field=name)


def _moment(form: Mapping[str, str], name: str) -> str:
    if form.get("code") == "hours":
        return f"{written.hour(form.get(name, ''), field=name):%H:%M}"
    day = written.number(form.get(f"{name}_day", ""), field=name)
    return f"{form.get(f'{name}_month', '')[:2]}-{int(min(day, 99)):02}"


def _days(_form: Mapping[str, str], _name: str) -> list[int | None]:
    return [whole(day, 99) for day in request.form().getlist("weekdays")]


_READ = {
    "value": _number,
    "days": _number,
    "opens": _moment,
    "closes": _moment,
    "weekdays": _days,
}


def _shown(said: Said) -> dict[str, Any]:
    """A line that is there, as its form shows it."""
    line = said.line
    shown: dict[str, Any] = {
        "place": said.place,
        "code": line.code,
        "value": tongue.number(line.value),
        "days": line.days or "",
        "opens": line.opens,
        "closes": line.closes,
        "weekdays": line.weekdays,
        "role": line.role,
        "is_hard": "hard" if line.is_hard else "warn",
    }
    for name, text in (("opens", line.opens), ("closes", line.closes)):
        if line.code == "season":
            shown[f"{name}_month"], shown[f"{name}_day"] = text.split("-")
    return shown


def _week() -> Iterator[tuple[int, str]]:
    """The days as they follow each other in the reader's week."""
    first = Locale.parse(tongue.locale()).first_week_day
    for ahead in range(7):
        day = (first + ahead) % 7
        yield day, words.say(WEEKDAYS[day]())


def _months() -> Iterator[tuple[str, str]]:
    for month in range(1, 13):
        name = dates.format_date(date(2024, month, 1), "LLLL", locale=tongue.locale())
        yield f"{month:02}", str(name)


def _edit() -> dict[str, Any]:
    """Which edition of the draft the person saw, and who they are."""
    return {"edition": whole(request.form().get("edition", ""), 10**6) or 0, **_who()}


def _who() -> dict[str, Any]:
    return {"actor_id": request.me().member_id, "now": request.now()}


def _reason() -> str:
    return request.form().get("reason", "")


def _name(category: str) -> str:
    return category or ALL_NAME


def _ordered(some: set[str]) -> list[str]:
    """The rules for all machines first, then the categories as they are listed everywhere."""
    return [one for one in ("", *CATEGORIES) if one in some]


def _may_change() -> bool:
    return bool(request.me().roles & set(OFFICE))
