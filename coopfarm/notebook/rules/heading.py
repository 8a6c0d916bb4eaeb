"""The head of a page: which notebook, which page, who told it; and taking it back."""

from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_
from coopfarm.notebook.rules.lines import TooLong

LONGEST: Final = {"notebook": 40, "page": 20}


class PageUnnamed(Invalid):
    code = "notebook-page-unnamed"
    words = N_("Write which notebook and which page it is, such as notebook 3, page 14.")


class PageEmpty(Invalid):
    code = "notebook-page-empty"
    words = N_("There is no line on this page yet. Write one, or paste some.")


class UndoneAlready(Conflict):
    code = "notebook-undone-already"
    words = N_("This page was taken back already, on %(day)s.")


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a page as it was typed."""

    notebook: str = ""
    page: str = ""
    told_by: str = ""


def check_heading(heading: Heading) -> None:
    """Raises PageUnnamed and TooLong."""
    for field, most in LONGEST.items():
        given = getattr(heading, field)
        if not given:
            raise PageUnnamed(field=field)
        if len(given) > most:
            raise TooLong(field=field, most=most)
