"""The page's language: its locale, its direction, its digits."""

from collections.abc import Iterable
from functools import cache

from babel import Locale, numbers
from flask import g
from flask import request as http

from coopfarm.config import LANGUAGES
from coopfarm.web import request

# Without its territory Arabic has the wrong week and the wrong digits.
TERRITORY = {"ar": "ar_EG", "en": "en_GB"}
_ARAB = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_TOO_LARGE_TO_READ = 1e15


def locale() -> str:
    """The locale of this page: the one chosen, else the member's, else the browser's."""
    if "locale" not in g:
        g.locale = _choose()
    return str(g.locale)


def _choose() -> str:
    known = request.who()
    chosen = request.chosen_language()
    if not chosen:
        if known and known.locale.split("_")[0] in LANGUAGES:
            return known.locale
        chosen = http.accept_languages.best_match(list(LANGUAGES), "en") or "en"
    if known and known.locale.split("_")[0] == chosen:
        return known.locale
    return TERRITORY[chosen]


def text_direction() -> str:
    return _script(locale())[0]


@cache
def _script(locale: str) -> tuple[str, str]:
    """Which way a locale is written, and the name of its digits."""
    found = Locale.parse(locale)
    return str(found.text_direction), str(found.default_numbering_system)


def reads_latin() -> bool:
    """Whether this page's reader reads names in Latin letters."""
    return text_direction() == "ltr"


def digits(text: object) -> str:
    """The text with its digits as this locale writes them; marked-up text stays so."""
    words = text if isinstance(text, str) else str(text)
    _, system = _script(locale())
    if system == "arab":
        return words.translate(_ARAB)
    return words.translate(_PERSIAN) if system == "arabext" else words


def listed(names: Iterable[object]) -> str:
    """Names one after the other, with the comma of the page's script."""
    return ("، " if text_direction() == "rtl" else ", ").join(map(str, names))


def number(value: float, decimals: int | None = None) -> str:
    """A number as this locale writes it; as many decimals as say something, if none are asked."""
    if not abs(value) < _TOO_LARGE_TO_READ:
        return digits(f"{value:g}")
    places, mark = (_sensible(value), "#") if decimals is None else (decimals, "0")
    pattern = "#,##0" + (f".{mark * places}" if places else "")
    written = numbers.format_decimal(
        round(value, places), format=pattern, locale=locale(), numbering_system="default"
    )
    return digits(written)


def _sensible(value: float) -> int:
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
