"""The roster on the wall: a page to print, the same as PDF, large, or to be read aloud."""

from uuid import UUID

from flask import make_response
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Missing
from coopfarm.water import queries, rules
from coopfarm.water.models import Rotation
from coopfarm.water.views import sections
from coopfarm.water.views.door import OFFICE, bp
from coopfarm.web import pages, paper, request

SIZES = ("", "large", "aloud")


@bp.get("/plans/<uuid:plan_id>/roster")
@request.allowed()
def roster(plan_id: UUID) -> ResponseReturnValue:
    return _sheet(_shown_to_me(plan_id))


@bp.get("/plans/<uuid:plan_id>/roster.pdf")
@request.allowed()
def roster_pdf(plan_id: UUID) -> ResponseReturnValue:
    plan = _shown_to_me(plan_id)
    response = make_response(paper.pdf(_sheet(plan)))
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
    return bool(request.me().roles & set(OFFICE))


def _sheet(plan: Rotation) -> str:
    session = request.session()
    size, outlet = _size(), request.asked("outlet")
    return pages.show(
        "water/aloud.html" if size == "aloud" else "water/sheet.html",
        plan=plan,
        size=size,
        sizes=SIZES,
        outlet=outlet,
        sections=sections.sections(session, plan, outlet),
        replaced=sections.versions_replaced(session, plan),
        holds=sections.plan_that_holds(session, plan),
        is_office=_is_office(),
    )


def _size() -> str:
    size = request.asked("size")
    if size not in SIZES:
        raise rules.ChoiceUnknown(field="size", given=size[:20], choices=", ".join(SIZES[1:]))
    return size
