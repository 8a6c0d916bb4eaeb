"""The blueprint of the land pages, who may come in, and how forms are read."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.rules.areas import M2_A_HECTARE
from coopfarm.members.models import Member
from coopfarm.members.rules import sight
from coopfarm.planning.need.crops import CROPS, find
from coopfarm.web import request, tongue, written

bp = Blueprint("land", __name__, url_prefix="/land")
EDITORS: Final = ("manager", "water_master")
OFFICE: Final = (*EDITORS, "officer")


class NotOneOfThese(Invalid):
    """A choice that the page did not offer."""

    code = "not-one-of-these"
    words = N_("%(field)s: choose one of those on the page.")


def may_edit() -> bool:
    return bool(request.me().roles & set(EDITORS))


def called(member: Member) -> str:
    """A member as whoever asks may call them: by name, or by number."""
    name = member.called(latin=tongue.reads_latin())
    return sight.called(name, member.number, request.me().roles)


@bp.app_template_filter("crop")
def crop_in_words(code: str | None) -> str:
    known = find(code) if code else None
    return gettext(known.name) if known else (code or "")


@bp.app_template_filter("hectares")
def in_hectares(area_m2: float) -> str:
    """An area in m² as hectares, to the square metre."""
    return tongue.number(area_m2 / M2_A_HECTARE, 4)


def crops() -> list[tuple[str, str]]:
    """Every crop of the table by its name on this page, for a form."""
    named = sorted((gettext(crop.name), code) for code, crop in CROPS.items())
    return [("", "–"), *((code, name) for name, code in named)]


def exact(value: float | None) -> str:
    """A number for a form: up to four decimals, no grouping; nothing for None."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def number_or_none(text: str, field: str) -> float | None:
    return written.number(text, field=field) if text.strip() else None


def day_or_none(text: str, field: str) -> date | None:
    return written.day(text, field=field) if text.strip() else None


def word_or_none(text: str, _field: str) -> str | None:
    return text.strip() or None


def word(text: str, _field: str) -> str:
    return text.strip()


def id_or_none(text: str, field: str) -> UUID | None:
    """The id behind a choice. Raises NotOneOfThese."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotOneOfThese(field=field) from error


def square_metres(text: str, field: str) -> float:
    return written.number(text, field=field) * M2_A_HECTARE


Reader = Callable[[str, str], Any]


def changed(
    readers: Mapping[str, Reader], shown: Mapping[str, str], sent: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """The fields of a form that say something else than the page did, read as values.

    Comparing the words keeps a rounded number on the page from rounding what is stored.
    """
    for name, read in readers.items():
        if name in sent and sent[name].strip() != shown[name]:
            yield name, read(sent[name], name)


def edition() -> int:
    """The edition that the form was made of."""
    return int(written.number(request.form().get("edition", ""), field="edition"))
