"""The roster on the wall: a page to print, the same as PDF, large, or to be read aloud."""

from uuid import UUID

from flask import make_response
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid, Missing
from coopfarm.kernel.words import N_
from coopfarm.water import queries, rules
from coopfarm.water.models import Rotation
from coopfarm.water.rules import READERS
from coopfarm.water.views import sections
from coopfarm.water.views.door import bp
from coopfarm.water.views.sections import Section
from coopfarm.web import pages, paper, request

SIZES = ("", "large", "aloud")
MOST_TURNS_IN_PDF = 1000  # about 20 s of work


class SheetTooLong(Invalid):
    code = "sheet-too-long"
    words = N_(
        "This sheet has %(turns)s turns, and a PDF takes up to %(most)s. Choose one outlet, or "
        "open the print page and print it from the browser."
    )


@bp.get("/plans/<uuid:plan_id>/roster")
@request.allowed()
def roster(plan_id: UUID) -> ResponseReturnValue:
    plan = _shown_to_me(plan_id)
    return _sheet(plan, _sections(plan))


@bp.get("/plans/<uuid:plan_id>/roster.pdf")
@request.allowed()
def roster_pdf(plan_id: UUID) -> ResponseReturnValue:
    plan = _shown_to_me(plan_id)
    found = _sections(plan)
    turns = sum(len(section.turns) for section in found)
    if turns > MOST_TURNS_IN_PDF:
        raise SheetTooLong(turns=turns, most=MOST_TURNS_IN_PDF)
    response = make_response(paper.pdf(_sheet(plan, found)))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="roster-v{plan.version}.pdf"'
    return response


def _shown_to_me(plan_id: UUID) -> Rotation:
    """The plan; a draft is nobody's but the office's. Raises Missing."""
    plan = queries.rotation(request.session(), plan_id)
    if plan.state == "draft" and not _is_office():
        raise Missing
    return plan


def _is_office() -> bool:
    return bool(request.me().roles & set(READERS))


def _sections(plan: Rotation) -> list[Section]:
    return sections.sections(request.session(), plan, request.asked("outlet"))


def _sheet(plan: Rotation, found: list[Section]) -> str:
    session, size = request.session(), _size()
    return pages.show(
        "water/aloud.html" if size == "aloud" else "water/sheet.html",
        plan=plan,
        size=size,
        sizes=SIZES,
        outlet=request.asked("outlet"),
        sections=found,
        replaced=sections.versions_replaced(session, plan),
        holds=sections.plan_that_holds(session, plan),
        is_office=_is_office(),
    )


def _size() -> str:
    size = request.asked("size")
    if size not in SIZES:
        raise rules.ChoiceUnknown(field="size", given=size[:20], choices=", ".join(SIZES[1:]))
    return size
