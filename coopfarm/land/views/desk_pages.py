"""The page of one desk: its form, what its buttons do, and what they would do."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land.actions.drawn_rows import Act, label_of
from coopfarm.land.models import Drawing
from coopfarm.land.queries import drawing as queries
from coopfarm.land.rules import snapping, strokes
from coopfarm.land.rules.editing import ChangedMeanwhile
from coopfarm.land.rules.wishes import Decision
from coopfarm.land.views import desks, drawn_points
from coopfarm.land.views.desks import Desk
from coopfarm.land.views.drawn_points import Row
from coopfarm.web import pages, problems, request, words

KEPT = Phrase("done-drawing-kept", N_("%(label)s is kept as you drew it."))
AS_IT_WAS = Phrase("done-drawing-as-it-was", N_("%(label)s is as it was. Nothing was written."))
LENGTH = Phrase(
    "drawn-length",
    N_("It is %(length_m)s m long, and %(arrives)s %% of the water arrives at its end."),
)


def show(desk: Desk) -> ResponseReturnValue:
    """The desk as it is stored."""
    return _page(desk, desk.shown(), drawn_points.as_rows(desk.points()))


def answer(desk: Desk) -> ResponseReturnValue:
    """Do what one of the desk's buttons says."""
    form = request.form()
    do = form.get("do", "keep")
    rows = drawn_points.rows_sent(form)
    try:
        if do == "look":
            return _looked(desk, rows)
        if do != "keep":
            rows = drawn_points.after(do, rows, form)
            request.keep_nothing()
            return _page(desk, form, rows, is_kept=False)
        note = desk.keep(desk.wish(form, drawn_points.points_of(rows)), act())
    except ChangedMeanwhile:
        request.keep_nothing()
        return _conflict(desk, rows), 409
    except Invalid as refusal:
        request.keep_nothing()
        if problems.wants_json():
            return jsonify(says=[words.say(refusal.sentence)], moves=[])
        return _page(desk, form, rows, errors=_errors(refusal)), 422
    return _kept(desk, note)


def _kept(desk: Desk, note: Drawing | None) -> ResponseReturnValue:
    """What was kept; where nothing was drawn anew, that it was not."""
    if note is not None:
        return pages.done(KEPT(label=note.label), "land.drawn", drawing_id=note.id)
    label = label_of(desk.row) if desk.row else ""
    return pages.done(AS_IT_WAS(label=label), "land.drawing")


def _looked(desk: Desk, rows: Sequence[Row]) -> ResponseReturnValue:
    """What keeping this would do; nothing of it is stored."""
    form = request.form()
    # What is not named yet can be looked at all the same.
    named = MultiDict({**form.to_dict(), **{n: form.get(n) or "?" for n in ("code", "label")}})
    decision = desk.preview(desk.wish(named, drawn_points.points_of(rows)))
    request.keep_nothing()
    if problems.wants_json():
        return jsonify(_told(decision))
    return _page(desk, form, rows, decision=decision, is_kept=False)


def _told(decision: Decision) -> dict[str, Any]:
    """A decision as draw.js shows it: in words, and the points that are moved."""
    moves = [
        {"drawn": m.drawn, "kept": m.kept, "metres": round(m.metres, 2)} for m in decision.moves
    ]
    return {
        "says": [words.say(said) for said in (*decision.says, *_measured(decision))],
        "moves": moves,
    }


def _measured(decision: Decision) -> list[Sentence]:
    length_m = decision.values.get("length_m")
    if decision.kind != "canals" or length_m is None:
        return []
    return [
        LENGTH(length_m=round(length_m, 1), arrives=round(100 * decision.values["efficiency"], 1))
    ]


def _conflict(desk: Desk, rows: Sequence[Row]) -> str:
    """Both versions: what was sent, and what somebody else kept meanwhile."""
    theirs = {**desk.shown(), "points": len(desk.points())}
    return _page(desk, request.form(), rows, theirs=theirs, is_kept=False)


def _page(
    desk: Desk,
    sent: Mapping[str, Any],
    rows: Sequence[Row],
    **more: Any,
) -> str:
    row = desk.row
    return pages.show(
        "land/draw_form.html",
        desk=desk,
        row=row,
        label=label_of(row) if row else "",
        sent=sent,
        rows=rows,
        most=strokes.MOST_POINTS,
        largest_m=snapping.MOST_TOLERANCE_M,
        canals=desks.canals_to_choose(row.id if row and desk.kind == "canals" else None),
        hanging=queries.hanging_on(request.session(), desk.kind, row.id) if row else (),
        stored=desk.points(),
        bearings=drawn_points.BEARINGS,
        measured=_measured(more["decision"]) if more.get("decision") else (),
        **{"errors": {}, "decision": None, "theirs": None, "is_kept": True, **more},
    )


def _errors(refusal: Invalid) -> dict[str, str]:
    return {(refusal.field or "points"): words.say(refusal.sentence)}


def act() -> Act:
    """Who draws now."""
    return Act(request.me().member_id, request.now())
