"""A booking as it is asked for, and as it is told."""

from typing import Final

from marshmallow import Schema, fields, validate

from coopfarm.equipment.rules.jobs import JOBS

_LONGEST_NOTE: Final = 300


class BookSchema(Schema):
    """What is to be booked. Moments are aware, in ISO 8601."""

    machine_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 5))
    job = fields.String(required=True, validate=validate.OneOf([*JOBS]))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    plot_id = fields.UUID(load_default=None, allow_none=True)
    member_id = fields.UUID(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=_LONGEST_NOTE))
    override_reason = fields.String(load_default="", validate=validate.Length(max=_LONGEST_NOTE))


class OtherHoursSchema(Schema):
    """Other hours for a booking."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class GiveUpSchema(Schema):
    """Why a booking is given up, for whoever reads the history."""

    reason = fields.String(load_default="", validate=validate.Length(max=_LONGEST_NOTE))


class BookingSchema(Schema):
    """A booking as its member and the office read it."""

    id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    machine_ids = fields.List(fields.UUID(), required=True)
    plot_id = fields.UUID(required=True, allow_none=True)
    job = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    cost_money = fields.Float(required=True)
    cost_hours = fields.Float(required=True)
    note = fields.String(required=True)
    says = fields.List(fields.String(), required=True)
    edition = fields.Integer(required=True)


class BookingsSchema(Schema):
    bookings = fields.List(fields.Nested(BookingSchema), required=True)
