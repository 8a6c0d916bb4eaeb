"""A work party and one's place in it, on the wire."""

from marshmallow import Schema, fields, validate


class JoinSchema(Schema):
    """Nothing is needed to join or to leave."""


class HereSchema(Schema):
    """What the leader shows: six digits, or what is in the square."""

    code = fields.String(required=True, validate=validate.Length(1, 60))


class PlaceSchema(Schema):
    """My place in a party; `why` in the reader's language."""

    id = fields.UUID(required=True)
    role = fields.String(required=True)
    skill = fields.String(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    why = fields.List(fields.String(), required=True)


class WorkPartySchema(Schema):
    """A work party as its members read it, and the place of whoever asks."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    task = fields.String(required=True)
    title = fields.String(required=True)
    words = fields.String(required=True)
    meeting_place = fields.String(required=True)
    tools = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    cut_off_at = fields.AwareDateTime(required=True)
    places = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    credit_minutes = fields.Integer(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    edition = fields.Integer(required=True)
    mine = fields.Nested(PlaceSchema, required=True, allow_none=True)


class WorkPartiesSchema(Schema):
    parties = fields.List(fields.Nested(WorkPartySchema), required=True)
