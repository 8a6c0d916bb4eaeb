"""The shapes of pages and lines of a notebook on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.notebook.rules.lines import KINDS, LONGEST_WORDS, MOST_LINES

_LONGEST_CELL = 120


def _cell(example: str, **more: object) -> fields.String:
    length = validate.Length(max=_LONGEST_CELL)
    return fields.String(load_default="", validate=length, metadata={"example": example, **more})


class NotebookLineSchema(Schema):
    """One line as it is written; whatever cannot be read is refused by `lines.‹place›.‹cell›`."""

    kind = _cell("water_taken", description=f"One of {', '.join(KINDS)}, or a word for it.")
    member = _cell("M-0017", description="Number or name of a member.")
    plot = _cell("W3-12", description="May be left out where the member farms one plot.")
    day = _cell("2026-07-03", description="In any digits; day first or year first.")
    starts = _cell("01:50", description="By the cooperative’s clock, in any digits.")
    ends = _cell("02:55", description="Up to the start or before it: on the next day.")
    words = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_WORDS), metadata={"example": ""}
    )


class NewNotebookPageSchema(Schema):
    """A page to enter: all of it or nothing."""

    notebook = fields.String(required=True, metadata={"example": "3"})
    page = fields.String(required=True, metadata={"example": "14"})
    told_by = _cell("M-0002", description="Number or name of the member who wrote or told it.")
    lines = fields.List(
        fields.Nested(NotebookLineSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_LINES),
    )


class PlannedStretchSchema(Schema):
    """From when, up to when."""

    starts_at = fields.AwareDateTime(attribute="start", dump_only=True)
    ends_at = fields.AwareDateTime(attribute="end", dump_only=True)


class NotebookEntrySchema(Schema):
    """A line that is kept."""

    id = fields.UUID(dump_only=True)
    kind = fields.String(dump_only=True, metadata={"enum": [*KINDS]})
    member = fields.String(dump_only=True, metadata={"description": "The member’s number."})
    member_name = fields.String(dump_only=True)
    plot = fields.String(dump_only=True, allow_none=True)
    starts_at = fields.AwareDateTime(dump_only=True)
    ends_at = fields.AwareDateTime(dump_only=True)
    is_whole_day = fields.Boolean(dump_only=True)
    words = fields.String(dump_only=True)
    planned = fields.Nested(PlannedStretchSchema, dump_only=True, allow_none=True)
    notebook = fields.String(dump_only=True)
    page = fields.String(dump_only=True)
    told_by = fields.String(dump_only=True, allow_none=True)
    entered_by = fields.String(dump_only=True)
    entered_for = fields.String(dump_only=True, allow_none=True)
    entered_at = fields.AwareDateTime(dump_only=True)


class NotebookEntriesSchema(Schema):
    """Lines, the latest first."""

    entries = fields.List(fields.Nested(NotebookEntrySchema), dump_only=True)
    has_more = fields.Boolean(dump_only=True)


class NotebookPageSchema(Schema):
    """A page with its lines; none when it was undone."""

    id = fields.UUID(dump_only=True)
    notebook = fields.String(dump_only=True)
    page = fields.String(dump_only=True)
    entered_at = fields.AwareDateTime(dump_only=True)
    undone_at = fields.AwareDateTime(dump_only=True, allow_none=True)
    entries = fields.List(fields.Nested(NotebookEntrySchema), dump_only=True)


class NotebookAskedSchema(Schema):
    """Which lines: of whom, of which kind, and which hundred."""

    member = _cell("M-0017", description="Number or name of a member.")
    kind = fields.String(load_default="", validate=validate.OneOf(["", *KINDS]))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 9999))
