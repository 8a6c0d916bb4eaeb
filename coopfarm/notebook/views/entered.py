"""What was entered: the pages, their lines, and one's own."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.notebook import actions, queries
from coopfarm.notebook.rules import ENTERERS, READERS
from coopfarm.notebook.rules.lines import KINDS
from coopfarm.notebook.views.door import bp
from coopfarm.notebook.views.giving import OFFICE as GIVING_OFFICE
from coopfarm.web import pages, request, times, words, written

UNDONE = Phrase(
    "done-notebook-undone",
    N_("Notebook %(notebook)s, page %(page)s is taken back; nothing of it is kept as entered."),
)


@bp.get("")
@request.allowed(*READERS)
def entered() -> ResponseReturnValue:
    """The pages entered last, and every line by day."""
    session, whom, kind = request.session(), request.asked("member")[:60], request.asked("kind")
    kind = kind if kind in KINDS else ""
    member_id, error, found = None, "", list[queries.Shown]()
    try:
        member_id = queries.roll(session).person(whom).id if whom else None
    except Invalid as refusal:
        error = words.say(refusal.sentence)
    asked = queries.Asked(member_id, kind, written.page())
    if not error:
        found = [*queries.entries(session, asked)]
    return pages.show(
        "notebook/entered.html",
        sheets=queries.pages(session),
        days=_by_day(found[: queries.ENTRIES_A_PAGE]),
        has_more=len(found) > queries.ENTRIES_A_PAGE,
        asked=asked,
        whom=whom,
        error=error,
        kinds=[*KINDS],
        most_sheets=queries.PAGES_SHOWN,
        may_enter=bool(request.me().roles & set(ENTERERS)),
        may_enter_giving=bool(request.me().roles & set(GIVING_OFFICE)),
    )


@bp.get("/mine")
@request.allowed()
def mine() -> ResponseReturnValue:
    """What was written down for me."""
    asked = queries.Asked(request.me().member_id, page=written.page())
    found = queries.entries(request.session(), asked)
    shown = found[: queries.ENTRIES_A_PAGE]
    has_more = len(found) > len(shown)
    return pages.show("notebook/mine.html", days=_by_day(shown), asked=asked, has_more=has_more)


@bp.post("/pages/<uuid:page_id>/undo")
@request.allowed(*ENTERERS)
def undo(page_id: UUID) -> ResponseReturnValue:
    me, now = request.me(), request.now()
    page = actions.undo(request.session(), page_id, actor_id=me.member_id, now=now)
    return pages.done(UNDONE(notebook=page.notebook, page=page.page), "notebook.entered")


def _by_day(found: Sequence[queries.Shown]) -> list[tuple[object, list[queries.Shown]]]:
    """Lines under the day they begin on, in the cooperative's time."""
    grouped = groupby(found, key=lambda one: times.local(one.entry.starts_at).date())
    return [(day, [*lines]) for day, lines in grouped]
