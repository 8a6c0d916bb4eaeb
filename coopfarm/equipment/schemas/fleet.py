"""Machines, sets, faults and pictures on the wire."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from coopfarm.equipment.rules.care import FAULT_STATES, LONGEST_WORDS
from coopfarm.equipment.rules.fleet import KINDS, LONGEST, METERS, STANDINGS
from coopfarm.equipment.rules.jobs import CATEGORIES, JOBS

_LONGEST_NOTE: Final = 300


class SpotSchema(Schema):
    """A place, degrees of WGS 84."""

    longitude_deg = fields.Float(required=True, validate=validate.Range(-180, 180))
    latitude_deg = fields.Float(required=True, validate=validate.Range(-90, 90))


class MachineChangeSchema(Schema):
    """What is said of a machine; what is left out stays. Widths in m, speeds in km/h."""

    code = fields.String(validate=validate.Length(1, LONGEST["code"]))
    name = fields.String(validate=validate.Length(1, LONGEST["name"]))
    name_latin = fields.String(validate=validate.Length(max=LONGEST["name_latin"]))
    kind = fields.String(validate=validate.OneOf([*KINDS]))
    category = fields.String(validate=validate.OneOf([*CATEGORIES]))
    jobs = fields.List(fields.String(validate=validate.OneOf([*JOBS])))
    base = fields.Nested(SpotSchema, allow_none=True)
    work_width_m = fields.Float(allow_none=True)
    work_km_h = fields.Float(allow_none=True)
    efficiency = fields.Float()
    road_km_h = fields.Float()
    cleaning_minutes = fields.Integer()
    meter = fields.String(validate=validate.OneOf([*METERS]))
    meter_reading = fields.Float()
    price_an_hour = fields.Float()
    price_a_hectare = fields.Float()
    hours_an_hour = fields.Float()
    caretaker_id = fields.UUID(allow_none=True)


class MachineEnterSchema(MachineChangeSchema):
    """A machine to be entered."""

    code = fields.String(required=True, validate=validate.Length(1, LONGEST["code"]))
    name = fields.String(required=True, validate=validate.Length(1, LONGEST["name"]))
    category = fields.String(required=True, validate=validate.OneOf([*CATEGORIES]))
    jobs = fields.List(fields.String(validate=validate.OneOf([*JOBS])), required=True)


class MachineSchema(MachineEnterSchema):
    """A machine with how it stands now; the secret of its sticker is on no wire."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    standing = fields.String(required=True, validate=validate.OneOf([*STANDINGS]))
    standing_in_words = fields.String(required=True)
    standing_until = fields.AwareDateTime(required=True, allow_none=True)
    work_rate_ha_h = fields.Float(required=True, allow_none=True)
    open_faults = fields.Integer(required=True)
    picture = fields.String(required=True, allow_none=True)
    edition = fields.Integer(required=True)


class MachinesSchema(Schema):
    machines = fields.List(fields.Nested(MachineSchema), required=True)


class KitSchema(Schema):
    """Machines that are booked together."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    job = fields.String(required=True)
    machine_ids = fields.List(fields.UUID(), required=True)


class KitsSchema(Schema):
    kits = fields.List(fields.Nested(KitSchema), required=True)


class FaultTellSchema(Schema):
    """What is wrong with a machine; the photo follows on its own."""

    words = fields.String(required=True, validate=validate.Length(1, LONGEST_WORDS))
    can_work = fields.Boolean(load_default=True)


class FaultStepSchema(Schema):
    """The next state of a fault."""

    state = fields.String(required=True, validate=validate.OneOf([*FAULT_STATES]))
    can_work = fields.Boolean(load_default=True)
    note = fields.String(load_default="", validate=validate.Length(max=_LONGEST_NOTE))


class FaultSchema(Schema):
    id = fields.UUID(required=True)
    machine_id = fields.UUID(required=True)
    words = fields.String(required=True)
    state = fields.String(required=True)
    state_in_words = fields.String(required=True)
    can_work = fields.Boolean(required=True)
    made_at = fields.AwareDateTime(required=True)
    picture = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)


class FaultsSchema(Schema):
    faults = fields.List(fields.Nested(FaultSchema), required=True)


class File(fields.Raw):
    """A file among what was sent, not a text under its name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not hasattr(value, "read"):
            raise self.make_error("validator_failed")
        return super()._deserialize(value, attr, data, **kwargs)


class PictureFileSchema(Schema):
    """A photo: JPEG, PNG or WebP."""

    picture = File(required=True, metadata={"type": "string", "format": "binary"})


class PictureSchema(Schema):
    """Where a kept photo is read."""

    id = fields.UUID(required=True)
    url = fields.String(required=True)
