"""Sightings on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.pests.rules.catalogue import CODES, PESTS
from coopfarm.pests.rules.sightings import (
    DECISIONS,
    FACES,
    LONGEST_DECISION,
    LONGEST_NOTE,
    MOST_AT_A_STOP,
    MOST_STOPS,
    STATES,
)


class SightingTellSchema(Schema):
    """What was seen: a face or counts, on a plot or at a position; the photo follows on its own."""

    pest = fields.String(required=True, validate=validate.OneOf([*CODES]))
    severity = fields.Integer(load_default=None, validate=validate.OneOf([*FACES]))
    counts = fields.List(
        fields.Integer(validate=validate.Range(0, MOST_AT_A_STOP)),
        load_default=list,
        validate=validate.Length(max=MOST_STOPS),
    )
    plot_id = fields.UUID(load_default=None)
    longitude_deg = fields.Float(load_default=None)
    latitude_deg = fields.Float(load_default=None)
    accuracy_m = fields.Float(load_default=None)
    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))
    seen_at = fields.AwareDateTime(load_default=None)


class SightingDecideSchema(Schema):
    """What is made of a sighting; `pest` where it is corrected, `note` where it is rejected."""

    state = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    pest = fields.String(load_default="", validate=validate.OneOf(["", *PESTS]))
    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_DECISION))


class SightingSchema(Schema):
    """A sighting as this reader may see it: with `is_exact` false its place is a square km."""

    id = fields.UUID(required=True)
    pest = fields.String(required=True)
    pest_in_words = fields.String(required=True)
    told_pest = fields.String(required=True)
    severity = fields.Integer(required=True, allow_none=True)
    mean_count = fields.Float(required=True, allow_none=True)
    counts = fields.List(fields.Integer(), required=True)
    crop = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*STATES]))
    state_in_words = fields.String(required=True)
    seen_at = fields.AwareDateTime(required=True)
    made_at = fields.AwareDateTime(required=True)
    longitude_deg = fields.Float(required=True)
    latitude_deg = fields.Float(required=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    is_exact = fields.Boolean(required=True)
    plot_id = fields.UUID(required=True, allow_none=True)
    note = fields.String(required=True)
    decision = fields.String(required=True)
    picture = fields.String(required=True, allow_none=True)


class SightingsSchema(Schema):
    sightings = fields.List(fields.Nested(SightingSchema), required=True)
