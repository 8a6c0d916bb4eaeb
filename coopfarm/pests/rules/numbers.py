"""Which numbers of pests and products are kept, what each must say, and how it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.pests.rules import catalogue
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.degree_days import Cutoff, Method
from coopfarm.planning.pests.risk import Kernel
from coopfarm.planning.pests.species import Development
from coopfarm.planning.quantities import check_amount, check_positive

Numbers = Mapping[str, Any]
LONGEST_SOURCE: Final = 400
LONGEST_SUBJECT: Final = 60
LONGEST_TEXT: Final = 120
_YEARS: Final = range(1900, 2101)


class NumberTextUnusable(Invalid):
    code = "number-text-unusable"
    words = N_("%(field)s: say it in at most %(most)s letters.")


class NumberEndedAlready(Conflict):
    """Somebody else put another one in its place."""

    code = "number-ended-already"
    words = N_("This number is not gone by any more. Load the page again and look.")


class NoSuchChoice(Invalid):
    code = "no-such-choice-of-number"
    words = N_("%(field)s: choose one from the list.")


@dataclass(frozen=True, slots=True)
class Field:
    """What a number must say: a number, a text, or one of some choices."""

    name: str
    label: Phrase
    is_number: bool = True
    is_needed: bool = True
    choices: Mapping[str, Phrase] | None = None
    unit: str = ""


def _called(name: str, words: str) -> Phrase:
    return Phrase(f"number-field:{name}", words)


MEASURES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "per_stop": Phrase("measure:per_stop", N_("counted at a stop")),
        "percent_plants": Phrase("measure:percent_plants", N_("percent of plants with the pest")),
        "per_trap_night": Phrase("measure:per_trap_night", N_("caught in a trap and night")),
    }
)
_METHODS: Final = {one.value: Phrase(f"method:{one.value}", one.value) for one in Method}
_CUTOFFS: Final = {one.value: Phrase(f"cutoff:{one.value}", one.value) for one in Cutoff}
_CROP: Final = Field("crop", _called("crop", N_("Crop")), is_number=False, is_needed=False)
FIELDS: Final[Mapping[str, tuple[Field, ...]]] = MappingProxyType(
    {
        "development": (
            Field("biofix", _called("biofix", N_("Counted from")), is_number=False),
            Field("event", _called("event", N_("Until")), is_number=False),
            Field("lower_c", _called("lower_c", N_("Lower threshold")), unit="°C"),
            Field("upper_c", _called("upper_c", N_("Upper threshold")), is_needed=False, unit="°C"),
            Field("degree_days_c", _called("degree_days_c", N_("Degree-days")), unit="°C d"),
            Field(
                "method",
                _called("method", N_("Method of the source")),
                is_number=False,
                is_needed=False,
                choices=MappingProxyType(_METHODS),
            ),
            Field(
                "cutoff",
                _called("cutoff", N_("Cut-off of the source")),
                is_number=False,
                is_needed=False,
                choices=MappingProxyType(_CUTOFFS),
            ),
        ),
        "threshold": (
            _CROP,
            Field("stage", _called("stage", N_("Stage")), is_number=False, is_needed=False),
            Field("measure", _called("measure", N_("What")), is_number=False, choices=MEASURES),
            Field("value", _called("value", N_("From how much on"))),
        ),
        "kernel": (
            Field("scale_m", _called("scale_m", N_("Scale of its spread")), unit="m"),
            Field("shape", _called("shape", N_("Shape, for a fat tail")), is_needed=False),
        ),
        "interval": (
            _CROP,
            Field("re_entry_hours", _called("re_entry_hours", N_("Nobody enters for")), unit="h"),
            Field(
                "pre_harvest_days",
                _called("pre_harvest_days", N_("Nothing is harvested for")),
                unit="d",
            ),
        ),
    }
)
KINDS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "development": Phrase("number:development", N_("How a pest develops by warmth")),
        "threshold": Phrase("number:threshold", N_("From how many on something is done")),
        "kernel": Phrase("number:kernel", N_("How far a pest spreads")),
        "interval": Phrase("number:interval", N_("How long a product keeps people out")),
    }
)
_TOLD: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "development": Phrase(
            "told:development",
            N_(
                "From %(biofix)s: %(event)s after %(degree_days_c)s degree-days above "
                "%(lower_c)s °C."
            ),
        ),
        "development-upper": Phrase(
            "told:development-upper",
            N_(
                "From %(biofix)s: %(event)s after %(degree_days_c)s degree-days between "
                "%(lower_c)s and %(upper_c)s °C."
            ),
        ),
        "threshold": Phrase(
            "told:threshold", N_("%(crop)s, %(stage)s: from %(value)s on, %(measure)s.")
        ),
        "kernel": Phrase("told:kernel", N_("It spreads by %(scale_m)s m.")),
        "kernel-shape": Phrase(
            "told:kernel-shape", N_("It spreads by %(scale_m)s m, with a tail of %(shape)s.")
        ),
        "interval": Phrase(
            "told:interval",
            N_(
                "%(crop)s: nobody enters for %(re_entry_hours)s h, and nothing is harvested for "
                "%(pre_harvest_days)s days."
            ),
        ),
    }
)
_ANY_CROP: Final = Phrase("number-any-crop", N_("any crop"))
_ANY_STAGE: Final = Phrase("number-any-stage", N_("any stage"))


@dataclass(frozen=True, slots=True)
class Sourced:
    """A number as it is to be kept, with who published it."""

    kind: str
    subject: str
    numbers: Numbers
    source: str
    source_year: int
    place: str = ""


def checked(wish: Sourced) -> Sourced:
    """The same without needless spaces.

    Raises NumberWithoutSource, NoSuchPest, NoSuchChoice, NumberTextUnusable, and what
    `Development` and `Kernel` do.
    """
    if wish.kind not in FIELDS:
        raise NoSuchChoice(field="kind")
    subject = _text(wish.subject, "subject", LONGEST_SUBJECT)
    if wish.kind != "interval":
        catalogue.check(subject, also_unknown=False)
    elif not subject:
        raise NumberTextUnusable(field="subject", most=LONGEST_SUBJECT)
    source = _text(wish.source, "source", LONGEST_SOURCE)
    if not source:
        raise no.NumberWithoutSource(field="source", pest=subject)
    if wish.source_year not in _YEARS:
        raise no.NumberWithoutSource(field="source_year", pest=subject)
    place = _text(wish.place, "place", LONGEST_TEXT)
    found = Sourced(wish.kind, subject, _plain(wish), source, wish.source_year, place)
    _check_numbers(found)
    return found


def _plain(wish: Sourced) -> Numbers:
    """What this kind says and nothing else; texts without needless spaces."""
    found: dict[str, Any] = {}
    for field in FIELDS[wish.kind]:
        value = wish.numbers.get(field.name)
        if not field.is_number:
            value = _text(str(value or ""), field.name, LONGEST_TEXT)
            if field.is_needed and not value:
                raise NumberTextUnusable(field=field.name, most=LONGEST_TEXT)
            if field.choices is not None and value and value not in field.choices:
                raise NoSuchChoice(field=field.name)
        elif field.is_needed and value is None:
            raise NumberTextUnusable(field=field.name, most=LONGEST_TEXT)
        found[field.name] = value
    return found


def _check_numbers(found: Sourced) -> None:
    numbers = found.numbers
    if found.kind == "development":
        development(found)
    elif found.kind == "kernel":
        kernel(numbers)
    elif found.kind == "threshold":
        check_positive(numbers["value"], "value")
    else:
        check_amount(numbers["re_entry_hours"], "re_entry_hours")
        check_amount(numbers["pre_harvest_days"], "pre_harvest_days")


def development(found: Sourced) -> Development:
    """The row as `planning.pests` counts by it."""
    numbers, pest = found.numbers, catalogue.PESTS[found.subject]
    return Development(
        pest=pest.scientific,
        name=pest.name().code,
        biofix=numbers["biofix"],
        event=numbers["event"],
        lower_c=numbers["lower_c"],
        upper_c=numbers["upper_c"],
        degree_days_c=numbers["degree_days_c"],
        source=found.source,
        year=found.source_year,
        place=found.place,
        method=Method(numbers["method"]) if numbers["method"] else None,
        cutoff=Cutoff(numbers["cutoff"]) if numbers["cutoff"] else None,
    )


def kernel(numbers: Numbers) -> Kernel:
    return Kernel(numbers["scale_m"], numbers["shape"])


def interval_told(numbers: Numbers) -> Sentence:
    """For how long a product keeps people out of a crop, in words."""
    return told(kind="interval", numbers=numbers)


def told(kind: str, numbers: Numbers) -> Sentence:
    """A number in words."""
    facts = {name: _fact(name, value) for name, value in numbers.items()}
    fuller = {"development": "upper_c", "kernel": "shape"}.get(kind)
    more = f"-{fuller.removesuffix('_c')}" if fuller and numbers[fuller] is not None else ""
    return _TOLD[kind + more](**facts)


def _fact(name: str, value: Any) -> Any:
    if name == "measure":
        return MEASURES[value]()
    if name == "crop":
        return value or _ANY_CROP()
    if name == "stage":
        return as_written(value) if value else _ANY_STAGE()
    # As it was published: a page would round 416.7 to 417.
    return as_written(value) if isinstance(value, str) else value if value is None else f"{value:g}"


def as_written(text: str) -> Sentence:
    """A text of ours or of somebody: said in the reader's language where it is known there."""
    return Sentence(text.replace("%", "%%"))


def _text(text: str, field: str, most: int) -> str:
    plain = " ".join(text.split())
    if len(plain) > most:
        raise NumberTextUnusable(field=field, most=most)
    return plain
