"""What is known of pests and products, each with its source: read by the office, kept by it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm.kernel.refusal import Invalid, Missing
from coopfarm.kernel.words import N_, NN_, Phrase
from coopfarm.pests.actions import numbers as actions
from coopfarm.pests.models import PestNumber
from coopfarm.pests.queries import numbers, windows
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import numbers as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue, words, written

ENTERED = Phrase("done-number-entered", N_("The number is entered, with its source."))
ENDED = Phrase("done-number-ended", N_("The number is not gone by any more. It stays readable."))
PUBLISHED = Phrase(
    "done-numbers-published",
    NN_("One published number was entered.", "%(count)s published numbers were entered.", "count"),
)
_PLACEHOLDER: Final = ("", "")


@bp.app_template_filter("number_told")
def number_in_words(row: PestNumber) -> str:
    return tongue.digits(words.say(rules.told(row.kind, row.numbers)))


@bp.app_template_filter("measure")
def measure_in_words(measure: str) -> str:
    return words.say(rules.MEASURES[measure]())


@bp.app_template_filter("as_written")
def text_in_words(text: str) -> str:
    return words.say(rules.as_written(text))


@bp.get("/pests/numbers")
@request.allowed(*TRIAGE)
def all_numbers() -> ResponseReturnValue:
    """Every number that is gone by, with its source, and those that were"""
    session = request.session()
    found = numbers.all_in_force(session)
    return pages.show(
        "pests/numbers.html",
        kinds=[
            (kind, words.say(phrase()), [row for row in found if row.kind == kind])
            for kind, phrase in rules.KINDS.items()
        ],
        ended=numbers.ended(session),
    )


@bp.get("/pests/numbers/new")
@request.allowed(*TRIAGE)
def new_number() -> ResponseReturnValue:
    """The form of a number; with one that is to be replaced, filled in from it"""
    old_id = asking.identity(request.asked("instead"))
    old = numbers.number(request.session(), old_id) if old_id else None
    kind = old.kind if old else request.asked("kind") or next(iter(rules.KINDS))
    return _form(kind, _as_sent(old), {}, old_id)


@bp.post("/pests/numbers")
@request.allowed(*TRIAGE)
def enter_number() -> ResponseReturnValue:
    """Enter a number with its source; what it replaces stays readable"""
    form = request.form()
    instead = asking.identity(form.get("instead", ""))
    try:
        actions.enter(request.session(), _wish(form), asking.act(), replaces=instead)
    except Invalid as refusal:
        request.session().rollback()
        page = _form(form.get("kind", ""), form, asking.problem(refusal), instead)
        return page, problems.status_of(refusal)
    return pages.done(ENTERED(), "pests.all_numbers")


@bp.post("/pests/numbers/published")
@request.allowed(*TRIAGE)
def enter_published() -> ResponseReturnValue:
    """Enter the published numbers that come with the program"""
    count = actions.enter_published(request.session(), asking.act())
    return pages.done(PUBLISHED(count=count), "pests.all_numbers")


@bp.post("/pests/numbers/<uuid:number_id>/end")
@request.allowed(*TRIAGE)
def end_number(number_id: UUID) -> ResponseReturnValue:
    """Go by a number no longer"""
    actions.end(request.session(), number_id, asking.act())
    return pages.done(ENDED(), "pests.all_numbers")


def _form(
    kind: str, sent: Mapping[str, str], errors: Mapping[str, str], instead: UUID | None
) -> str:
    if kind not in rules.FIELDS:
        raise Missing
    crops = [(crop, words.shown("crop", crop)) for crop in windows.crops(request.session())]
    return pages.show(
        "pests/number_form.html",
        kind=kind,
        title=words.say(rules.KINDS[kind]()),
        fields=[_field(field, crops) for field in rules.FIELDS[kind]],
        pests=[(code, words.say(pest.name())) for code, pest in catalogue.PESTS.items()],
        sent=sent,
        errors=errors,
        instead=instead,
    )


def _field(field: rules.Field, crops: list[tuple[str, str]]) -> dict[str, Any]:
    choices: list[tuple[str, str]] | None = None
    if field.name == "crop":
        choices = [("", gettext("any crop")), *crops]
    elif field.choices is not None:
        told = [(code, words.say(phrase())) for code, phrase in field.choices.items()]
        choices = told if field.is_needed else [_PLACEHOLDER, *told]
    return {
        "name": field.name,
        "label": words.say(field.label()),
        "choices": choices,
        "is_number": field.is_number,
        "is_needed": field.is_needed,
        "unit": field.unit,
    }


def _as_sent(old: PestNumber | None) -> dict[str, str]:
    if old is None:
        return {}
    values = {name: "" if value is None else str(value) for name, value in old.numbers.items()}
    return {
        **values,
        "subject": old.subject,
        "source": old.source,
        "source_year": str(old.source_year),
        "place": old.place,
    }


def _wish(form: Mapping[str, str]) -> rules.Sourced:
    kind = form.get("kind", "")
    values: dict[str, Any] = {}
    for field in rules.FIELDS.get(kind, ()):
        text = form.get(field.name, "").strip()
        if field.is_number:
            needed = field.is_needed or text
            values[field.name] = written.number(text, field=field.name) if needed else None
        else:
            values[field.name] = text
    year = asking.whole(form.get("source_year", ""), field="source_year")
    return rules.Sourced(
        kind, form.get("subject", ""), values, form.get("source", ""), year, form.get("place", "")
    )
