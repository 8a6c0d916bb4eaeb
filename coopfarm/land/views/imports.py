"""A file on its way in: sent, looked at, imported, and taken back."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land.actions import importing as actions
from coopfarm.land.actions import remembering, undoing
from coopfarm.land.models import Upload
from coopfarm.land.queries import remembering as remembered
from coopfarm.land.queries import uploads
from coopfarm.land.rules import columns, kept
from coopfarm.land.rules.importing import FileHasProblems, NothingToImport, Report
from coopfarm.land.schemas import glance
from coopfarm.land.views import import_pages, import_reading
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, tongue

IMPORTED = Phrase(
    "done-imported",
    N_("%(file)s is imported: %(new)s new, %(changed)s changed, %(unchanged)s as they were."),
)
UNDONE = Phrase("done-import-undone", N_("The import of %(file)s is taken back."))
READ_ANEW = Phrase(
    "done-read-anew",
    N_("%(file)s was read anew meanwhile. Look at it once more, then import it."),
)
FORGOTTEN = Phrase(
    "done-reading-forgotten",
    N_("Files like %(file)s are asked about from the beginning again."),
)


@bp.get("/import")
@request.allowed(*EDITORS)
def imports() -> ResponseReturnValue:
    return _imports_page(request.asked("kind", "plots"))


def _imports_page(kind: str, refusal: Invalid | None = None) -> str:
    session = request.session()
    found, before = uploads.imports(session), remembered.remembered(session)
    return pages.show(
        "land/imports.html",
        imports=found,
        before=before,
        waiting=uploads.waiting(session, request.me().member_id),
        names=_names([*(row.made_by for row in found), *(row.made_by for row in before)]),
        kind=kind,
        refusal=refusal,
    )


@bp.post("/import")
@request.allowed(*EDITORS)
def send() -> ResponseReturnValue:
    """Keep the file and go on to what it asks; nothing of it is stored as land yet."""
    kind = request.form().get("kind", "")
    columns.check_kind(kind)
    sent = request.upload("file")
    content = sent.stream.read()
    try:
        glance.check(content)
    except Invalid as refusal:
        return _imports_page(kind, refusal), 422
    upload = actions.keep_upload(
        request.session(),
        kind,
        sent.filename or "",
        content,
        options={},
        made_by=request.me().member_id,
        now=request.now(),
    )
    import_reading.have_it_read(upload)
    return redirect(url_for("land.dry_run", upload_id=upload.id), 303)


@bp.get("/import/<uuid:upload_id>")
@request.allowed(*EDITORS)
def dry_run(upload_id: UUID) -> ResponseReturnValue:
    """The next thing the file asks, then what would happen; once imported, what did."""
    upload = uploads.upload(request.session(), upload_id)
    if upload.imported_at is None:
        return import_pages.waiting(upload, request.asked("step"))
    by = _names([upload.made_by]).get(upload.made_by)
    return pages.show("land/imported.html", upload=upload, by=by)


@bp.post("/import/<uuid:upload_id>")
@request.allowed(*EDITORS)
def import_(upload_id: UUID) -> ResponseReturnValue:
    """Import what the page that was sent had shown."""
    upload = uploads.upload(request.session(), upload_id, for_update=True)
    kept.check_waiting(upload.filename, upload.imported_at)
    found = import_reading.kept(upload)
    seen = request.form().get("seen", "")
    if found is None or (seen and seen != found.choices.digest):
        # Read here, everybody who writes would wait for it.
        import_reading.have_it_read(upload)
        return pages.done(READ_ANEW(file=upload.filename), "land.dry_run", upload_id=upload.id)
    if found.reading is None:
        return import_pages.waiting(upload, "", status=422)
    try:
        report = actions.import_(
            request.session(),
            upload,
            found.reading,
            make_outlets=found.choices.make_outlets,
            actor_id=request.me().member_id,
            now=request.now(),
        )
    except (FileHasProblems, NothingToImport):
        return import_pages.waiting(upload, "", status=422)
    remembering.let_go(upload)
    return pages.done(_imported(upload, report), "land.dry_run", upload_id=upload.id)


@bp.post("/import/<uuid:upload_id>/undo")
@request.allowed(*EDITORS)
def undo(upload_id: UUID) -> ResponseReturnValue:
    who, now = request.me().member_id, request.now()
    upload = undoing.undo_import(request.session(), upload_id, actor_id=who, now=now)
    return pages.done(UNDONE(file=upload.filename), "land.imports")


@bp.post("/import/read-before/<uuid:row_id>/forget")
@request.allowed(*EDITORS)
def forget_reading(row_id: UUID) -> ResponseReturnValue:
    who, now = request.me().member_id, request.now()
    row = remembering.forget(request.session(), row_id, actor_id=who, now=now)
    return pages.done(FORGOTTEN(file=row.filename), "land.imports")


def _names(ids: list[UUID | None]) -> dict[UUID | None, str]:
    makers = members_by_id(request.session(), ids)
    latin = tongue.reads_latin()
    return {row_id: member.called(latin=latin) for row_id, member in makers.items()}


def _imported(upload: Upload, report: Report) -> Sentence:
    return IMPORTED(
        file=upload.filename,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
    )
