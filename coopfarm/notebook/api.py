"""Notebooks for programs: what the pages do, in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.notebook import actions, queries, schemas
from coopfarm.notebook.models import NotebookPage
from coopfarm.notebook.rules import ENTERERS, READERS
from coopfarm.notebook.rules.heading import Heading
from coopfarm.notebook.rules.lines import Typed
from coopfarm.web import request, tongue
from coopfarm.web.openapi import Door, answer

api = Door("notebook_api", __name__, "What was written on paper, entered later")


@api.get("/notebook")
@request.allowed(*READERS)
@api.takes(schemas.NotebookAskedSchema, location="query")
@api.gives(200, schemas.NotebookEntriesSchema, "ETag")
def list_notebook(asked: Mapping[str, Any]) -> Response:
    """Everything that was entered from notebooks, the latest first."""
    session, whom = request.session(), asked["member"].strip()
    member_id = queries.roll(session).person(whom).id if whom else None
    return _entries(queries.Asked(member_id, asked["kind"], asked["page"]))


@api.get("/notebook/mine")
@request.allowed()
@api.gives(200, schemas.NotebookEntriesSchema, "ETag")
def my_notebook() -> Response:
    """What was written down for me."""
    return _entries(queries.Asked(request.me().member_id))


@api.post("/notebook")
@request.allowed(*ENTERERS)
@api.takes(schemas.NewNotebookPageSchema)
@api.gives(201, schemas.NotebookPageSchema, "ETag")
def enter_page(sent: Mapping[str, Any]) -> Response:
    """Enter a page: every line, or none and what is wrong with each."""
    session, now = request.session(), request.now()
    heading = Heading(*(sent[name].strip() for name in ("notebook", "page", "told_by")))
    typed = [Typed(**line) for line in sent["lines"]]
    understood = actions.look(session, heading, typed, now=now, latin=tongue.reads_latin())
    if understood.problems:
        raise Several([*understood.amiss, *_placed(understood)])
    page = actions.enter(session, understood, actor_id=request.me().member_id, now=now)
    return _page_answer(page, 201)


@api.post("/notebook/pages/<uuid:page_id>/undo")
@request.allowed(*ENTERERS)
@api.gives(200, schemas.NotebookPageSchema, "ETag")
def undo_page(page_id: UUID) -> Response:
    """Take a whole page back."""
    me, now = request.me(), request.now()
    return _page_answer(actions.undo(request.session(), page_id, actor_id=me.member_id, now=now))


def _placed(understood: actions.Understood) -> Sequence[Refusal]:
    """The problems of lines, each by the place of its line, from 0 as in what was sent."""
    found = []
    for row in understood.rows:
        for problem in row.problems:
            problem.field = f"lines.{row.place - 1}.{problem.field}"
            problem.facts["field"] = problem.field
            found.append(problem)
    return found


def _entries(asked: queries.Asked) -> Response:
    found = queries.entries(request.session(), asked)
    shown = [_entry(one) for one in found[: queries.ENTRIES_A_PAGE]]
    return answer(
        schemas.NotebookEntriesSchema(), {"entries": shown, "has_more": len(found) > len(shown)}
    )


def _page_answer(page: NotebookPage, status: int = 200) -> Response:
    names = ("id", "notebook", "page", "entered_at", "undone_at")
    lines = queries.on_page(request.session(), page.id)
    said = {name: getattr(page, name) for name in names} | {"entries": [_entry(o) for o in lines]}
    return answer(schemas.NotebookPageSchema(), said, status)


def _entry(one: queries.Shown) -> dict[str, Any]:
    latin = tongue.reads_latin()
    names = ("id", "kind", "starts_at", "ends_at", "is_whole_day", "words", "entered_at")
    people = {name: getattr(one, name) for name in ("told_by", "entered_by", "entered_for")}
    return {
        **{name: getattr(one.entry, name) for name in names},
        **{name: who.called(latin=latin) if who else None for name, who in people.items()},
        "member": one.member.number,
        "member_name": one.member.called(latin=latin),
        "plot": one.plot_code,
        "planned": one.planned,
        "notebook": one.page.notebook,
        "page": one.page.page,
    }
