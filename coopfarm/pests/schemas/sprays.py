"""Sprayings on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.pests.rules.sprays import DOSE_UNITS, LONGEST_NOTE, LONGEST_PRODUCT, LONGEST_SOURCE


class SprayLabelSchema(Schema):
    """What the label says, where the cooperative has no number of its own."""

    re_entry_hours = fields.Float(required=True)
    pre_harvest_days = fields.Float(required=True)
    source = fields.String(required=True, validate=validate.Length(max=LONGEST_SOURCE))
    source_year = fields.Integer(required=True)


class SprayRecordSchema(Schema):
    """What was sprayed; without an area the whole plot, without an operator who sends it."""

    plot_id = fields.UUID(required=True)
    product = fields.String(required=True, validate=validate.Length(1, LONGEST_PRODUCT))
    dose = fields.Float(required=True)
    dose_unit = fields.String(required=True, validate=validate.OneOf([*DOSE_UNITS]))
    area_m2 = fields.Float(load_default=None, allow_none=True)
    wind_km_h = fields.Float(required=True)
    began_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True)
    operator_id = fields.UUID(load_default=None, allow_none=True)
    label = fields.Nested(SprayLabelSchema, load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))
    campaign_id = fields.UUID(load_default=None, allow_none=True)


class SprayStrikeSchema(Schema):
    """Why a record is struck out."""

    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_NOTE))


class SpraySchema(Schema):
    """A record of spraying, and until when it locks its plot."""

    id = fields.UUID(required=True)
    plot_id = fields.UUID(required=True)
    plot = fields.String(required=True)
    campaign_id = fields.UUID(required=True, allow_none=True)
    crop = fields.String(required=True)
    product = fields.String(required=True)
    dose = fields.Float(required=True)
    dose_unit = fields.String(required=True, validate=validate.OneOf([*DOSE_UNITS]))
    area_m2 = fields.Float(required=True)
    wind_km_h = fields.Float(required=True)
    operator_id = fields.UUID(required=True)
    began_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True)
    re_entry_until = fields.AwareDateTime(required=True)
    pre_harvest_until = fields.AwareDateTime(required=True)
    interval_source = fields.String(required=True)
    interval_year = fields.Integer(required=True)
    note = fields.String(required=True)
    struck_at = fields.AwareDateTime(required=True, allow_none=True)
    strike_reason = fields.String(required=True)


class SpraysSchema(Schema):
    sprays = fields.List(fields.Nested(SpraySchema), required=True)
