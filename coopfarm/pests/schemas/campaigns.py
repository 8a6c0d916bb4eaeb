"""Campaigns against pests on the wire."""

from marshmallow import Schema, fields, validate

from coopfarm.pests.rules.campaigns import ANSWERS, STATES


class CampaignAnswerSchema(Schema):
    """Whether a plot takes part."""

    answer = fields.String(required=True, validate=validate.OneOf(("joined", "declined")))


class PestCampaignPlotSchema(Schema):
    """A plot of a campaign that this reader may see; `id` is what is answered for."""

    id = fields.UUID(required=True)
    plot_id = fields.UUID(required=True)
    plot = fields.String(required=True)
    inside_m2 = fields.Float(required=True)
    answer = fields.String(required=True, validate=validate.OneOf([*ANSWERS]))


class PestCampaignEffectSchema(Schema):
    """What it did on the plots that were counted twice, in percent of plants; households count."""

    plots = fields.Integer(required=True)
    households = fields.Integer(required=True)
    before_percent = fields.Float(required=True)
    after_percent = fields.Float(required=True)
    fall_percent = fields.Float(required=True, allow_none=True)
    corrected_percent = fields.Float(required=True, allow_none=True)


class PestCampaignSchema(Schema):
    """A campaign against a pest."""

    id = fields.UUID(required=True)
    pest = fields.String(required=True)
    pest_in_words = fields.String(required=True)
    crop = fields.String(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*STATES]))
    state_in_words = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True, allow_none=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)


class PestCampaignShownSchema(PestCampaignSchema):
    """A campaign with the reader's own plots, all of them for the office, and its effect."""

    covered_percent = fields.Float(required=True)
    plots = fields.List(fields.Nested(PestCampaignPlotSchema), required=True)
    effect = fields.Nested(PestCampaignEffectSchema, required=True, allow_none=True)


class PestCampaignsSchema(Schema):
    campaigns = fields.List(fields.Nested(PestCampaignSchema), required=True)
