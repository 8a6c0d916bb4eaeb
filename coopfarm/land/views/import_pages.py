"""The pages of a file that waits: one question each, and at the end what would happen."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.actions import importing as actions
from coopfarm.land.actions import remembering
from coopfarm.land.models import Upload
from coopfarm.land.queries import drawn, uploads
from coopfarm.land.rules import choices as steps
from coopfarm.land.rules import columns, kept, landings
from coopfarm.land.rules.choices import Choices
from coopfarm.land.rules.importing import NothingToImport, Reading, Report
from coopfarm.land.schemas.ask import ENCODINGS
from coopfarm.land.schemas.kept_readings import KeptReading
from coopfarm.land.schemas.previews import Preview
from coopfarm.land.views import import_answers, import_reading, import_report
from coopfarm.land.views.door import EDITORS, bp
from coopfarm.members.queries import members_by_id
from coopfarm.web import pages, request, tongue

SAMPLES: Final = 3
SAMPLE_LETTERS: Final = 40
_WITHOUT_CODES: Final = frozenset({"import-feature-without-code", "import-without-code-column"})

_PAGES: Final = {
    steps.LAYER: "land/import_layer.html",
    steps.LETTERS: "land/import_letters.html",
    steps.SYSTEM: "land/import_system.html",
    steps.COLUMNS: "land/import_columns.html",
}


@bp.post("/import/<uuid:upload_id>/read-as")
@request.allowed(*EDITORS)
def read_as(upload_id: UUID) -> ResponseReturnValue:
    """Take an answer of the person, have the file read by it, and go on."""
    upload = uploads.upload(request.session(), upload_id, for_update=True)
    kept.check_waiting(upload.filename, upload.imported_at)
    try:
        said = import_answers.taken(upload.kind, uploads.choices(upload), request.form())
    except import_answers.TwoColumnsForOne as error:
        return waiting(upload, steps.COLUMNS, error=error, status=422)
    remembering.choose(upload, said)
    import_reading.have_it_read(upload)
    return redirect(url_for("land.dry_run", upload_id=upload.id), 303)


def waiting(
    upload: Upload, wanted: str, *, error: Invalid | None = None, status: int = 200
) -> ResponseReturnValue:
    """The page of the step that is wanted, or else of the next one; 422 for a refused file."""
    found = import_reading.now_read(upload)
    code = None if found.refusal is None else found.refusal.code
    asked = steps.next_step(found.choices, code, letters_unclear=found.letters_unclear)
    if asked == steps.LETTERS and not found.previews:
        asked = steps.REPORT  # readable in none of them: there is nothing to choose
    going = steps.steps(
        layers=len(found.layers),
        letters_unclear=found.letters_unclear,
        system_missing=bool(found.systems),
    )
    can_go_back = wanted in _PAGES and _may_show(wanted, found)
    step = wanted if can_go_back else asked
    common = {
        "upload": upload,
        "step": step,
        "steps": going if step in going else [s for s in steps.STEPS if s in {*going, step}],
        "reached": asked,
        "choices": found.choices,
        "refusal": found.refusal,
        "error": error,
    }
    if step == steps.REPORT:
        return _report_page(found, common), 422 if found.refusal else status
    return pages.show(_PAGES[step], **common, **_ANSWERS[step](found)), status


def _may_show(step: str, found: KeptReading) -> bool:
    """Whether the file was read far enough for this question."""
    has = {
        steps.LAYER: bool(found.layers),
        steps.LETTERS: bool(found.previews),
        steps.COLUMNS: found.reading is not None,
    }
    return has.get(step, True)


def _about_layers(found: KeptReading) -> Mapping[str, Any]:
    return {"layers": found.layers}


def _about_letters(found: KeptReading) -> Mapping[str, Any]:
    readable = [preview.encoding for preview in found.previews if not preview.garbled]
    return {
        "previews": [_letters(preview) for preview in found.previews],
        "likely": found.choices.encoding or next(iter(readable), ENCODINGS[0]),
    }


def _letters(preview: Preview) -> Mapping[str, Any]:
    """The names and cells of a preview that its encoding makes a difference to."""
    names = dict.fromkeys(name for row in preview.rows for name in row)
    return {
        "encoding": preview.encoding,
        "columns": _differing(list(names)),
        "rows": list(filter(None, (_differing(list(row.values())) for row in preview.rows))),
        "garbled": preview.garbled,
    }


def _differing(texts: Sequence[str]) -> Sequence[str]:
    return [text[:SAMPLE_LETTERS] for text in texts if not text.isascii()][:SAMPLES]


def _about_system(found: KeptReading) -> Mapping[str, Any]:
    home = drawn.home(request.session(), request.me().timezone)
    offered = landings.landings(found.systems, home.shape)
    return {
        "landings": offered,
        "home": home,
        "said": found.reading.crs if found.reading else None,
        "is_offered": found.choices.crs in {landing.crs for landing in offered},
    }


def _about_columns(found: KeptReading) -> Mapping[str, Any]:
    reading = found.reading
    if reading is None:
        return {"columns": []}
    column_of = columns.match(reading.kind, reading.columns, reading.chosen).column_of
    means = {column: field for field, column in column_of.items()}
    return {
        "fields": list(columns.FIELDS[reading.kind]),
        "columns": reading.columns,
        "samples": {name: _samples(reading, name) for name in reading.columns},
        "means": {**means, **import_answers.meanings(request.form())},
    }


def _samples(reading: Reading, column: str) -> Sequence[str]:
    """The first different values of a column, short enough to be read at a glance."""
    found: dict[str, None] = {}
    for record in reading.records:
        value = record.values.get(column)
        if value is not None and str(value).strip():
            found[str(value).strip()[:SAMPLE_LETTERS]] = None
        if len(found) == SAMPLES:
            break
    return list(found)


_ANSWERS: Final = {
    steps.LAYER: _about_layers,
    steps.LETTERS: _about_letters,
    steps.SYSTEM: _about_system,
    steps.COLUMNS: _about_columns,
}


def report_of(found: KeptReading) -> Report | Invalid:
    """What importing the file would do, or why that cannot even be said."""
    if found.reading is None:
        return found.refusal or NothingToImport()
    try:
        return actions.dry_run(
            request.session(), found.reading, make_outlets=found.choices.make_outlets
        )
    except Invalid as refusal:
        return refusal


def _report_page(found: KeptReading, common: Mapping[str, Any]) -> str:
    report = report_of(found)
    if isinstance(report, Invalid) or found.reading is None:
        return pages.show("land/dry_run.html", **{**common, "refusal": report}, report=None)
    wanted = request.asked("sort")
    shown = import_report.sorts(report, wanted)
    numbers = import_report.mentioned(shown)
    changes = import_report.changes(report)
    return pages.show(
        "land/dry_run.html",
        **common,
        report=report,
        reading=found.reading,
        sorts=shown,
        wanted=wanted if [sort.code for sort in shown] == [wanted] else "",
        repaired=import_report.repaired(report),
        renamed=sum(change.renamed_from is not None for change in report.changes),
        listed=import_report.feature_rows(found.reading, report, numbers),
        numbers=numbers,
        changes=changes,
        people=_people(changes.rows),
        ways_out=_ways_out(found.choices, report),
        may_import=not report.problems,
    )


def _ways_out(choices: Choices, report: Report) -> Mapping[str, Any]:
    """What can be chosen on the page against the problems there are."""
    codes = {problem.code for problem in report.problems}
    # Of two features with one code, the later is the one to leave out.
    problems = [finding for finding in report.findings if finding.kind == "problem"]
    at_fault = sorted({finding.features[-1] for finding in problems if finding.features})
    return {
        "make_outlets": not choices.make_outlets and "import-no-such-outlet" in codes,
        "make_codes": not choices.make_codes and bool(codes & _WITHOUT_CODES),
        "swap_axes": not choices.swap_axes and "import-axes-swapped" in codes,
        "leave_out": at_fault
        if 0 < len(at_fault) <= import_answers.MOST_LEFT_OUT and len(at_fault) < report.total
        else [],
    }


def _people(rows: Sequence[import_report.ChangedRow]) -> Mapping[Any, str]:
    """The names of the holders that these rows speak of."""
    ids = [
        value
        for row in rows
        for difference in row.differences
        if difference.field == "holder_id"
        for value in (difference.was, difference.now)
    ]
    latin = tongue.reads_latin()
    found = members_by_id(request.session(), ids)
    return {row_id: member.called(latin=latin) for row_id, member in found.items()}
