"""The shapes of members on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.kernel.calendar import KINDS
from coopfarm.members import rules


class MeSchema(Schema):
    """Who asks, for which cooperative, and what they are trusted with."""

    member_id = fields.UUID(required=True)
    name = fields.String(required=True)
    cooperative_id = fields.Integer(required=True)
    cooperative = fields.String(required=True, attribute="cooperative_name")
    roles = fields.List(fields.String(metadata={"enum": [*rules.ROLES]}), required=True)
    locale = fields.String(required=True)
    timezone = fields.String(required=True)


class PlannedSchema(Schema):
    """A stretch of time that a capability has written down, of a plot or a member."""

    kind = fields.String(required=True, metadata={"enum": [*KINDS]})
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    is_hard = fields.Boolean(
        required=True, metadata={"description": "Nothing else that is hard may share a moment."}
    )


class CalendarSchema(Schema):
    """What is to happen in the next four weeks, the earliest first."""

    times = fields.List(fields.Nested(PlannedSchema), required=True)


class SignInSchema(Schema):
    """What a program signs in with; `code` where the role needs a second factor."""

    name = fields.String(required=True, validate=validate.Length(1, 120))
    secret = fields.String(required=True, validate=validate.Length(1, rules.LONGEST_SECRET))
    code = fields.String(load_default="", validate=validate.Length(max=40))
