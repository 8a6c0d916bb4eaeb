"""The shapes of members on the wire."""

from marshmallow import Schema, fields

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
