"""The shapes of members on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.kernel.calendar import KINDS
from coopfarm.members import rules
from coopfarm.members.rules.membership import LONGEST_NUMBER, LONGEST_REASON, STEPS


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


class MembersAskedSchema(Schema):
    """Which members: by words in name or number, where the membership stands, and which page."""

    words = fields.String(load_default="", validate=validate.Length(max=80))
    state = fields.String(load_default="", validate=validate.OneOf(["", *rules.STATES]))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 9999))


class MemberSchema(Schema):
    """A member as the reader may see them: phones masked, names left out."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    name_latin = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": [*rules.STATES]})
    state_since = fields.AwareDateTime(required=True, allow_none=True)
    joined_on = fields.Date(required=True)
    leaves_on = fields.Date(required=True, allow_none=True)
    left_on = fields.Date(required=True, allow_none=True)
    roles = fields.List(fields.String(metadata={"enum": [*rules.ROLES]}), required=True)
    phone = fields.String(required=True, allow_none=True)
    household = fields.String(required=True, allow_none=True)
    steps = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What can follow where the membership stands."},
    )


class MembersSchema(Schema):
    """One page of members, by number."""

    members = fields.List(fields.Nested(MemberSchema), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)


class StepSchema(Schema):
    """A step of a membership; `reason`, `on` and `number` where the step asks for them."""

    step = fields.String(required=True, validate=validate.OneOf([*STEPS]))
    reason = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))
    on = fields.Date(load_default=None, allow_none=True)
    number = fields.String(load_default="", validate=validate.Length(max=LONGEST_NUMBER))


class RolesSchema(Schema):
    """Exactly the roles a member is to hold."""

    roles = fields.List(
        fields.String(validate=validate.OneOf([*rules.ROLES])),
        required=True,
        validate=validate.Length(min=1, max=len(rules.ROLES)),
    )
