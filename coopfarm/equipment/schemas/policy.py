"""The rules of booking, requests that wait, and rules set aside, as they are told."""

from marshmallow import Schema, fields, validate

from coopfarm.equipment.schemas.booking import BookingSchema

_LONGEST = 300


class RuleLineSchema(Schema):
    """One line; what its code does not need is empty."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    value = fields.Float(required=True)
    days = fields.Integer(required=True)
    opens = fields.String(required=True)
    closes = fields.String(required=True)
    weekdays = fields.List(fields.Integer(), required=True)
    role = fields.String(required=True)
    is_hard = fields.Boolean(required=True)
    says = fields.String(required=True)


class RulesSchema(Schema):
    """A version of the rules for a category of machines, or for `all`."""

    id = fields.UUID(required=True)
    category = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    in_force_at = fields.AwareDateTime(required=True, allow_none=True)
    old_at = fields.AwareDateTime(required=True, allow_none=True)
    lines = fields.List(fields.Nested(RuleLineSchema), required=True)


class RuleBookSchema(Schema):
    rules = fields.List(fields.Nested(RulesSchema), required=True)


class RequestSchema(Schema):
    """A request that waits; `rivals` are those that its approval refuses."""

    booking = fields.Nested(BookingSchema, required=True)
    rivals = fields.List(fields.UUID(), required=True)
    in_the_way = fields.String(required=True, allow_none=True)


class RequestsSchema(Schema):
    requests = fields.List(fields.Nested(RequestSchema), required=True)


class ApprovalSchema(Schema):
    """Which rivals the office saw, and why a rule is set aside where one says no."""

    rivals = fields.List(fields.UUID(), required=True)
    override_reason = fields.String(load_default="", validate=validate.Length(max=_LONGEST))


class DeclineSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(1, _LONGEST))


class DecidedSchema(Schema):
    """What was decided, and which rivals were declined with it."""

    booking = fields.Nested(BookingSchema, required=True)
    declined = fields.List(fields.UUID(), required=True)


class AlternativeSchema(Schema):
    """A slot that would be accepted."""

    machine_ids = fields.List(fields.UUID(), required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    says = fields.String(required=True)


class AlternativesSchema(Schema):
    alternatives = fields.List(fields.Nested(AlternativeSchema), required=True)


class RuleSetAsideSchema(Schema):
    """A booking that a rule refused and the office let through."""

    booking_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    by_id = fields.UUID(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    says = fields.List(fields.String(), required=True)


class RulesSetAsideSchema(Schema):
    exceptions = fields.List(fields.Nested(RuleSetAsideSchema), required=True)
