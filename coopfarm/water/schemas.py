"""The shapes of plans, runs and turns on the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from coopfarm.kernel.words import N_
from coopfarm.water import rules

_KINDS = ("percent", "flow", "volume")
_ERA = (datetime(1950, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_MOST_CROPS = 200
_LONGEST_NOTE = 1000


def _check_not_too_many(crops: Mapping[str, float]) -> None:
    if len(crops) > _MOST_CROPS:
        raise ValidationError(N_("These are too many crops."))


class Number(fields.Float):
    """A finite JSON number: no text, no true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        read: float | None = super()._deserialize(value, attr, data, **kwargs)
        return 0.0 if read is None else read


class WholeNumber(fields.Integer):
    """A JSON number without a fraction."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
            raise self.make_error("invalid", input=value)
        return int(value)


class YesOrNo(fields.Boolean):
    """true or false, and nothing that only means them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class WishSchema(Schema):
    """What is asked of a plan. What of it cannot be is for `rules.check_wish` to say."""

    starts_at = fields.AwareDateTime(
        required=True,
        validate=validate.Range(*_ERA, error=N_("This is not a time of ours.")),
        metadata={"description": "With its time zone.", "example": "2026-07-04T06:00:00+03:00"},
    )
    cycle_minutes = WholeNumber(
        required=True,
        metadata={"minimum": 1, "maximum": rules.LONGEST_CYCLE_MINUTES, "example": 10080},
    )
    supply = Number(
        required=True,
        metadata={
            "exclusiveMinimum": 0,
            "description": "Percent of the need, l/s at the head, or m³ at the head.",
            "example": 60,
        },
    )
    supply_kind = fields.String(load_default="percent", metadata={"enum": [*_KINDS]})
    rule = fields.String(load_default="cea", metadata={"enum": [*rules.RULES]})
    basis = fields.String(
        load_default="",
        metadata={
            "enum": ["", *rules.BASES],
            "description": "What turns are shared out by; empty for each outlet's own.",
        },
    )
    least_percent = Number(load_default=0.0, metadata={"minimum": 0, "maximum": 100})
    count_rain = YesOrNo(load_default=False)
    earlier_years = YesOrNo(load_default=False)
    coefficients = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60, error=N_("This is no crop."))),
        values=Number(),
        load_default=None,
        validate=_check_not_too_many,
        metadata={
            "description": "Crop coefficients that stand in for the table's.",
            "maxProperties": _MOST_CROPS,
        },
    )


class NoteSchema(Schema):
    """What the members are told with a proposal."""

    note = fields.String(
        required=True,
        validate=validate.Length(max=_LONGEST_NOTE, error=N_("This is too long.")),
    )


class PageSchema(Schema):
    """How much of a list is wanted."""

    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 100, error=N_("Ask for 1 to 100."))
    )


class SaidSchema(Schema):
    """A sentence: its code, its facts, and the words in the reader's language."""

    code = fields.String(required=True)
    words = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class RunSchema(Schema):
    """A plan being worked out."""

    id = fields.UUID(required=True)
    state = fields.String(
        required=True,
        metadata={"enum": ["queued", "running", "feasible", "done", "stopped", "refused"]},
    )
    progress = fields.Float(required=True, metadata={"minimum": 0, "maximum": 1})
    doing = fields.Nested(SaidSchema, required=True, allow_none=True)
    refusal = fields.Nested(SaidSchema, required=True, allow_none=True)
    plan_id = fields.UUID(required=True, allow_none=True, attribute="rotation_id")
    asked_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class PlanLineSchema(Schema):
    """A plan as the list shows it; amounts in m³ at the head."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": [*rules.STATES]})
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    rule = fields.String(required=True, metadata={"enum": [*rules.RULES]})
    need_m3 = fields.Float(required=True)
    supply_m3 = fields.Float(required=True)
    is_certified = fields.Boolean(required=True)
    note = fields.String(required=True)


class PlansSchema(Schema):
    plans = fields.List(fields.Nested(PlanLineSchema), required=True)


class StretchSchema(Schema):
    """When the whole flow is one plot's; the exact minutes before they were made whole."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True)
    exact_minutes = fields.Float(required=True)


class AwardSchema(Schema):
    """What one plot needs and gets, m³ at the field, and what holds it there."""

    plot = fields.String(required=True)
    outlet = fields.String(required=True)
    member = fields.String(required=True, allow_none=True)
    need_m3 = fields.Float(required=True)
    award_m3 = fields.Float(required=True)
    satisfaction = fields.Float(required=True, allow_none=True)
    held_by = fields.String(required=True)
    turn = fields.Nested(StretchSchema, required=True, allow_none=True)


class CertificateSchema(Schema):
    """Whether the plan holds, and what stands against it."""

    holds = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(SaidSchema), required=True)


class EvennessSchema(Schema):
    """How evenly satisfaction lies: Gini, Jain, the least, head third over tail third."""

    gini = fields.Float(required=True)
    jain = fields.Float(required=True)
    least = fields.Float(required=True)
    head_tail = fields.Float(required=True, allow_none=True)


class OutcomeSchema(Schema):
    """What one rule would give, m³ at the field by plot, and how evenly."""

    awards_m3 = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    evenness = fields.Nested(EvennessSchema, required=True)
    findings = fields.Integer(required=True)


class PlanSchema(PlanLineSchema):
    """A plan with its awards, its certificate and the other rules beside it."""

    edition = fields.Integer(required=True)
    basis = fields.String(required=True)
    level = fields.Float(required=True, allow_none=True)
    certificate = fields.Nested(CertificateSchema, required=True)
    awards = fields.List(fields.Nested(AwardSchema), required=True)
    comparison = fields.Dict(
        keys=fields.String(), values=fields.Nested(OutcomeSchema), required=True
    )
    notes = fields.List(fields.Nested(SaidSchema), required=True)
    inputs_hash = fields.String(required=True)
    outcome_hash = fields.String(required=True)


class NeighbourSchema(Schema):
    """Whose turn touches mine; a phone only of who agreed to be called."""

    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    plot = fields.String(required=True, attribute="plot_code")
    nakka = fields.String(required=True, allow_none=True)


class TurnSchema(Schema):
    """A turn with all that its farmer needs at the gate, and why it is so."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": ["in_force", "notice"]})
    plot = fields.String(required=True)
    plot_name = fields.String(required=True)
    outlet = fields.String(required=True)
    outlet_name = fields.String(required=True)
    nakka = fields.String(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True)
    need_m3 = fields.Float(required=True)
    award_m3 = fields.Float(required=True)
    water_from = fields.Nested(NeighbourSchema, required=True, allow_none=True)
    water_to = fields.Nested(NeighbourSchema, required=True, allow_none=True)
    reasons = fields.List(fields.Nested(SaidSchema), required=True)


class TurnsSchema(Schema):
    turns = fields.List(fields.Nested(TurnSchema), required=True)
