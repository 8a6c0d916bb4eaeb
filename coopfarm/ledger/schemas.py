"""The ledger on the wire: amounts in minutes, and in hundredths of the currency."""

from marshmallow import Schema, fields, validate

from coopfarm.ledger.rules import KINDS, LONGEST_WORDS, UNITS

_WORDS = validate.Length(max=LONGEST_WORDS)
_WAYS = ("gave", "received")


class LedgerClaimSchema(Schema):
    """What I gave or received; `amount` in hours, or in money, as the form has it."""

    way = fields.String(required=True, validate=validate.OneOf(_WAYS))
    unit = fields.String(required=True, validate=validate.OneOf([*UNITS]))
    kind = fields.String(load_default="favour", validate=validate.OneOf(["favour", "water"]))
    amount = fields.String(required=True, validate=validate.Length(max=24))
    on = fields.String(required=True, validate=validate.Length(max=10))
    whom = fields.String(required=True, validate=validate.Length(max=40))
    words = fields.String(required=True, validate=_WORDS)


class LedgerAnswerSchema(Schema):
    """Nothing more to say than that it is so."""


class LedgerSaidSchema(Schema):
    """Why."""

    words = fields.String(required=True, validate=_WORDS)


class LedgerLineSchema(Schema):
    """`owner` is a member's id, or a fund; positive gave, negative received."""

    owner = fields.String(required=True)
    amount = fields.Integer(required=True)


class LedgerDeedSchema(Schema):
    """What the office enters; it counts at once."""

    unit = fields.String(required=True, validate=validate.OneOf([*UNITS]))
    kind = fields.String(required=True, validate=validate.OneOf([*KINDS]))
    on = fields.Date(required=True)
    words = fields.String(required=True, validate=_WORDS)
    lines = fields.List(
        fields.Nested(LedgerLineSchema), required=True, validate=validate.Length(min=2, max=500)
    )


class LedgerEntrySchema(Schema):
    """One transfer with its lines; `words` tells it to who asks, where they take part."""

    id = fields.UUID(required=True)
    unit = fields.String(required=True)
    kind = fields.String(required=True)
    on = fields.Date(required=True)
    state = fields.String(required=True)
    lines = fields.List(fields.Nested(LedgerLineSchema), required=True)
    words = fields.String(required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    posts_at = fields.AwareDateTime(required=True, allow_none=True)
    posted_at = fields.AwareDateTime(required=True, allow_none=True)


class LedgerTallySchema(Schema):
    unit = fields.String(required=True)
    given = fields.Integer(required=True)
    received = fields.Integer(required=True)
    balance = fields.Integer(required=True)


class LedgerAccountSchema(Schema):
    """My tallies, and the newest entries."""

    tallies = fields.List(fields.Nested(LedgerTallySchema), required=True)
    entries = fields.List(fields.Nested(LedgerEntrySchema), required=True)
