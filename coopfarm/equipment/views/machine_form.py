"""The form of a machine: shown, and read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext
from shapely import Point

from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import places
from coopfarm.equipment.rules import fleet as rules
from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members import queries as members
from coopfarm.web import pages, request, tongue, words, written


class NoSuchPlace(Invalid):
    """Half a coordinate, one that is not on earth, or no such plot."""

    code = "machine-base-unknown"
    words = N_("%(field)s: give both degrees, or the code of a plot that is drawn on the map.")


def problem(refusal: Invalid | Conflict) -> dict[str, str]:
    return {refusal.field or "name": words.say(refusal.sentence)}


def page(
    found: Machine | None,
    sent: Mapping[str, str],
    jobs: Sequence[str],
    errors: Mapping[str, str],
) -> str:
    latin = tongue.reads_latin()
    people = [one.member for one in members.people(request.session())]
    named = [(str(one.id), one.listed(latin=latin)) for one in people]
    return pages.show(
        "equipment/machine_form.html",
        machine=found,
        sent=sent,
        jobs=set(jobs),
        all_jobs=_in_words(JOBS),
        categories=_in_words(CATEGORIES),
        kinds=_in_words(rules.KINDS),
        meters=_in_words(rules.METERS),
        people=[("", gettext("nobody")), *named],
        errors=errors,
    )


def _in_words(phrases: Mapping[str, Phrase]) -> list[tuple[str, str]]:
    return [(code, words.say(phrase())) for code, phrase in phrases.items()]


Reader = Callable[[str, str], Any]


def _number(text: str, field: str) -> float | None:
    return written.number(text, field=field) if text.strip() else None


def _percent(text: str, field: str) -> float:
    return written.number(text, field=field) / 100


def _minutes(text: str, field: str) -> int:
    return round(written.number(text, field=field)) if text.strip() else 0


def _amount(text: str, field: str) -> float:
    return written.number(text, field=field) if text.strip() else 0.0


def _word(text: str, _field: str) -> str:
    return " ".join(text.split())


def _id_or_none(text: str, field: str) -> UUID | None:
    return identity(text, field) if text else None


def identity(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise rules.MachineChoice(field=field) from error


_READERS: Final[Mapping[str, Reader]] = {
    "code": _word,
    "name": _word,
    "name_latin": _word,
    "kind": _word,
    "category": _word,
    "meter": _word,
    "work_width_m": _number,
    "work_km_h": _number,
    "efficiency": _percent,
    "road_km_h": lambda text, field: written.number(text, field=field),
    "cleaning_minutes": _minutes,
    "meter_reading": _amount,
    "price_an_hour": _amount,
    "price_a_hectare": _amount,
    "hours_an_hour": _amount,
    "caretaker_id": _id_or_none,
}


def read(form: Any, before: Mapping[str, str]) -> dict[str, Any]:
    """What the form says otherwise than the page did, as values. Raises by the field's name."""
    values = {
        name: as_value(form[name], name)
        for name, as_value in _READERS.items()
        if name in form and form[name].strip() != before.get(name, "")
    }
    if "jobs" in form or not before:
        values["jobs"] = form.getlist("jobs")
    places = ("lat", "lon", "at_plot")
    if any(form.get(name, "").strip() != before.get(name, "") for name in places):
        values["base"] = _base(form)
    return values


def _base(form: Mapping[str, str]) -> Point | None:
    """Where the machine stands: at a plot, else at the degrees. Raises NoSuchPlace."""
    code = form.get("at_plot", "").strip()
    if code:
        found = places.plot_coded(request.session(), code)
        if found is None or found.boundary is None:
            raise NoSuchPlace(field="at_plot")
        return found.boundary.representative_point()
    texts = [form.get(name, "").strip() for name in ("lon", "lat")]
    if not any(texts):
        return None
    if not all(texts):
        raise NoSuchPlace(field="lat")
    lon, lat = (written.number(text, field="lat") for text in texts)
    if abs(lon) > 180 or abs(lat) > 90:
        raise NoSuchPlace(field="lat")
    return Point(lon, lat)


def shown(found: Machine) -> dict[str, str]:
    """A machine as its form shows it."""
    numbers = {name: _exact(getattr(found, name)) for name in rules.RANGES}
    return {
        **{name: getattr(found, name) for name in ("code", "name", "name_latin")},
        **{name: getattr(found, name) for name in ("kind", "category", "meter")},
        **numbers,
        "efficiency": _exact(found.efficiency * 100),
        "caretaker_id": str(found.caretaker_id or ""),
        "lat": f"{found.base.y:.6f}" if found.base is not None else "",
        "lon": f"{found.base.x:.6f}" if found.base is not None else "",
        "at_plot": "",
    }


def _exact(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
