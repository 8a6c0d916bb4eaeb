"""A round of the season and a wish in it, on the wire."""

from typing import Final

from marshmallow import Schema, fields, validate

from coopfarm.equipment.rules.rounds import MOST_WISHED

_LONGEST_NOTE: Final = 300
_LONGEST_WORDS: Final = 500


class StateWishSchema(Schema):
    """What a member wishes of a round; the days are of the cooperative's calendar."""

    days = fields.Integer(required=True, validate=validate.Range(1, MOST_WISHED))
    from_day = fields.Date(required=True)
    to_day = fields.Date(required=True)
    best_day = fields.Date(load_default=None, allow_none=True)
    plot_id = fields.UUID(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=_LONGEST_NOTE))


class SeasonWishSchema(StateWishSchema):
    """A wish as its member reads it."""

    id = fields.UUID(required=True)
    round_id = fields.UUID(required=True)
    edition = fields.Integer(required=True)


class SeasonShareSchema(Schema):
    """What a member got of a round; `why` in the reader's language."""

    days = fields.List(fields.Date(), required=True)
    fair_days = fields.Float(required=True)
    carried_in = fields.Float(required=True)
    carried_out = fields.Float(required=True)
    why = fields.List(fields.String(), required=True)
    appeal = fields.String(required=True)
    appeal_answer = fields.String(required=True)


class SeasonRoundSchema(Schema):
    """A round: what is shared out, my wish in it, and what I got once it is published."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    category = fields.String(required=True)
    job = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    deadline_at = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    places = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    seed = fields.String(required=True)
    outcome_hash = fields.String(required=True)
    wish = fields.Nested(SeasonWishSchema, required=True, allow_none=True)
    share = fields.Nested(SeasonShareSchema, required=True, allow_none=True)


class SeasonRoundsSchema(Schema):
    rounds = fields.List(fields.Nested(SeasonRoundSchema), required=True)


class AppealSchema(Schema):
    """What is not right with one's share."""

    appeal = fields.String(required=True, validate=validate.Length(1, _LONGEST_WORDS))
