"""A file on its way in: sent, tried, imported, and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land.actions import importing as actions
from coopfarm.land.actions import undoing
from coopfarm.land.models import Upload
from coopfarm.land.queries import stored, uploads
from coopfarm.land.rules import columns, kept
from coopfarm.land.rules.importing import Reading, Report
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import ENCODINGS, Ask
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, tongue

SHOWN_ALIKE = 5
SHOWN_REMARKS = 50
SHOWN_ROWS = 10

IMPORTED = Phrase(
    "done-imported",
    N_("%(file)s is imported: %(new)s new, %(changed)s changed, %(unchanged)s as they were."),
)
UNDONE = Phrase("done-import-undone", N_("The import of %(file)s is taken back."))


@bp.get("/import")
@request.allowed(*EDITORS)
def imports() -> ResponseReturnValue:
    found = uploads.imports(request.session())
    makers = members_by_id(request.session(), [upload.made_by for upload in found])
    latin = tongue.reads_latin()
    names = {row_id: member.called(latin=latin) for row_id, member in makers.items()}
    kind = request.asked("kind", "plots")
    return pages.show("land/imports.html", imports=found, names=names, kind=kind)


@bp.post("/import")
@request.allowed(*EDITORS)
def send() -> ResponseReturnValue:
    """Keep the file and go to its dry run; nothing of it is stored as land yet."""
    kind = request.form().get("kind", "")
    columns.check_kind(kind)
    sent = request.upload("file")
    upload = actions.keep_upload(
        request.session(),
        kind,
        sent.filename or "",
        sent.stream.read(),
        options={},
        made_by=request.me().member_id,
        now=request.now(),
    )
    return redirect(url_for("land.dry_run", upload_id=upload.id), 303)


@bp.get("/import/<uuid:upload_id>")
@request.allowed(*EDITORS)
def dry_run(upload_id: UUID) -> ResponseReturnValue:
    upload = _waiting(upload_id)
    return _dry_run_page(upload, {name: request.asked(name) for name in _names(upload.kind)})


@bp.post("/import/<uuid:upload_id>")
@request.allowed(*EDITORS)
def import_(upload_id: UUID) -> ResponseReturnValue:
    upload = _waiting(upload_id, for_update=True)
    said = {name: request.form().get(name, "") for name in _names(upload.kind)}
    try:
        report = actions.import_(
            request.session(),
            upload,
            _read(upload, said),
            make_outlets=bool(said["make_outlets"]),
            actor_id=request.me().member_id,
            now=request.now(),
        )
    except Invalid:
        return _dry_run_page(upload, said), 422
    return pages.done(_imported(upload, report), "land.imports")


@bp.post("/import/<uuid:upload_id>/undo")
@request.allowed(*EDITORS)
def undo(upload_id: UUID) -> ResponseReturnValue:
    who, now = request.me().member_id, request.now()
    upload = undoing.undo_import(request.session(), upload_id, actor_id=who, now=now)
    return pages.done(UNDONE(file=upload.filename), "land.imports")


def _waiting(upload_id: UUID, *, for_update: bool = False) -> Upload:
    upload = uploads.upload(request.session(), upload_id, for_update=for_update)
    kept.check_waiting(upload.filename, upload.imported_at)
    return upload


def _names(kind: str) -> Sequence[str]:
    """What the form of a dry run sends, each time all of it."""
    chosen = [f"column_{field}" for field in columns.FIELDS[kind]]
    return ["crs", "layer", "encoding", "make_outlets", "chosen", *chosen]


def _read(upload: Upload, said: Mapping[str, str]) -> Reading:
    chosen = {
        field: said[f"column_{field}"] for field in columns.FIELDS[upload.kind] if said["chosen"]
    }
    ask = Ask(
        upload.kind,
        crs=said["crs"] or None,
        layer=said["layer"] or None,
        encoding=said["encoding"] or None,
        chosen=chosen,
    )
    near = stored.whereabouts(request.session(), request.me().timezone)
    return files.read(upload.content, ask, near=near)


def _dry_run_page(upload: Upload, said: Mapping[str, str]) -> str:
    """What would happen; or what the file must be asked first."""
    answers: dict[str, Any] = {"report": None, "reading": None, "refusal": None}
    try:
        reading = _read(upload, said)
        answers["reading"] = reading
        answers["report"] = actions.dry_run(
            request.session(), reading, make_outlets=bool(said["make_outlets"])
        )
    except Invalid as refusal:
        answers["refusal"] = refusal
    return pages.show(
        "land/dry_run.html",
        upload=upload,
        said=said,
        fields=list(columns.FIELDS[upload.kind]),
        encodings=[("", "–"), *((name, name) for name in ENCODINGS)],
        **answers,
        **_shown(answers["report"]),
    )


def _shown(report: Report | None) -> dict[str, Any]:
    """As much of a report as anybody reads."""
    if report is None:
        return {}
    return {
        "problems": list(_alike(report.problems)),
        "warnings": report.warnings[:SHOWN_REMARKS],
        "rows": list(islice(report.changes, SHOWN_ROWS)),
        "may_import": not report.problems,
    }


def _alike(problems: Sequence[Refusal]) -> Iterator[dict[str, Any]]:
    """The first few problems of each sort, and how many more there are of it."""
    sorts: dict[str, list[Sentence]] = {}
    for problem in problems:
        sorts.setdefault(problem.code, []).append(problem.sentence)
    for said in sorts.values():
        yield {"first": said[:SHOWN_ALIKE], "more": max(0, len(said) - SHOWN_ALIKE)}


def _imported(upload: Upload, report: Report) -> Sentence:
    return IMPORTED(
        file=upload.filename,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
    )
