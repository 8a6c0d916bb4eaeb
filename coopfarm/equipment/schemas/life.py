"""What becomes of a booking, on the wire: waiting, handing over, work slips."""

from typing import Final

from marshmallow import Schema, fields, validate

from coopfarm.equipment.rules.jobs import JOBS
from coopfarm.equipment.rules.slips import MOST

_LONGEST_NOTE: Final = 300
_MOST_MINUTES: Final = 20_160
_NOTE: Final = validate.Length(max=_LONGEST_NOTE)


class GetInLineSchema(Schema):
    """A wish for a machine in a span: whichever hours in it are freed."""

    machine_id = fields.UUID(required=True)
    job = fields.String(required=True, validate=validate.OneOf([*JOBS]))
    earliest_at = fields.AwareDateTime(required=True)
    latest_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True, validate=validate.Range(15, _MOST_MINUTES))
    plot_id = fields.UUID(load_default=None, allow_none=True)
    member_id = fields.UUID(load_default=None, allow_none=True)


class WaitingSchema(Schema):
    """An entry of the waiting list; `why` says the rank in words, `rank` what it was made from."""

    id = fields.UUID(required=True)
    machine_id = fields.UUID(required=True)
    plot_id = fields.UUID(required=True, allow_none=True)
    job = fields.String(required=True)
    earliest_at = fields.AwareDateTime(required=True)
    latest_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    rank = fields.Dict(keys=fields.String(), required=True)
    why = fields.List(fields.String(), required=True)
    offer_starts_at = fields.AwareDateTime(required=True, allow_none=True)
    offer_ends_at = fields.AwareDateTime(required=True, allow_none=True)
    held_until = fields.AwareDateTime(required=True, allow_none=True)
    booking_id = fields.UUID(required=True, allow_none=True)


class WaitingListSchema(Schema):
    waiting = fields.List(fields.Nested(WaitingSchema), required=True)


class HandOverSchema(Schema):
    """A machine goes out or comes back; `at` is when, by the phone, where it is not now.

    Without `machine_id` all machines of the booking are meant.
    """

    at = fields.AwareDateTime(load_default=None, allow_none=True)
    machine_id = fields.UUID(load_default=None, allow_none=True)
    meter_reading = fields.Float(
        load_default=None, allow_none=True, validate=validate.Range(0, 10_000_000)
    )
    picture_id = fields.UUID(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=_NOTE)
    code = fields.String(load_default="", validate=validate.Length(max=6))


class ReasonSchema(Schema):
    """Why, in a few words."""

    words = fields.String(required=True, validate=validate.Length(1, _LONGEST_NOTE))


class SlipSchema(Schema):
    """A work slip: what was done, what it costs, and who has signed."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    hours = fields.Float(required=True)
    hectares = fields.Float(required=True)
    kilometres = fields.Float(required=True)
    money = fields.Float(required=True)
    hours_owed = fields.Float(required=True)
    words = fields.String(required=True)
    member_signed_at = fields.AwareDateTime(required=True, allow_none=True)
    office_signed_at = fields.AwareDateTime(required=True, allow_none=True)
    posted_at = fields.AwareDateTime(required=True, allow_none=True)
    edition = fields.Integer(required=True)


class SlipsSchema(Schema):
    slips = fields.List(fields.Nested(SlipSchema), required=True)


class SignSchema(Schema):
    """Which figures are signed: the edition that was read."""

    edition = fields.Integer(required=True)


class SlipDecisionSchema(Schema):
    """What the office found out about a slip."""

    hours = fields.Float(required=True, validate=validate.Range(0, MOST))
    hectares = fields.Float(required=True, validate=validate.Range(0, MOST))
    kilometres = fields.Float(load_default=0.0, validate=validate.Range(0, MOST))
    words = fields.String(required=True, validate=validate.Length(1, _LONGEST_NOTE))
