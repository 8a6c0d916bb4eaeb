"""Which column of a file means what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

# A Shapefile cuts the names of its columns at ten letters.
SHORT = 10

# What other programs and people call our fields, the likeliest first.
_COMMON = {
    "code": ("code", "id", "name"),
    "name": ("name", "title", "label"),
    "wkt": ("wkt", "geometry", "geom", "the_geom"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
    "lat": ("lat", "latitude", "y"),
}

FIELDS: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "plots": {
            **_COMMON,
            "code": ("plot_code", "code", "plot_id", "plot_no", "plot", "parcel_id", "id", "name"),
            "name": ("plot_name", "name", "title", "label"),
            "outlet": ("outlet", "outlet_code", "watercourse", "mogha", "block", "chak"),
            "place": ("turn_order", "place_from_head", "place", "order", "position"),
            "holder": ("holder", "member", "member_number", "farmer", "owner", "holder_name"),
            "crop": ("crop", "crop_code", "crop_name"),
            "sown_on": ("sown_on", "sowing_date", "sown", "planted_on", "planting_date"),
            "soil": ("soil", "soil_type"),
            "area_ha": ("area_ha", "gross_area_ha", "hectares", "area", "ha"),
            "area_m2": ("area_m2", "gross_area_m2", "area_sqm"),
            "net_area_ha": ("net_area_ha", "net_area", "net_ha"),
            "net_area_m2": ("net_area_m2", "net_sqm"),
            "shares": ("shares", "share"),
            "filling_minutes": ("filling_minutes", "bharai", "filling"),
            "draining_minutes": ("draining_minutes", "jharai", "draining"),
        },
        "outlets": {
            **_COMMON,
            "code": ("outlet_code", "outlet", "code", "outlet_id", "mogha", "id", "name"),
            "name": ("outlet_name", "name", "title", "label"),
            "canal": ("canal", "canal_id", "canal_code", "minor", "distributary"),
            "metres_from_head": ("metres_from_head", "meters_from_head", "chainage_m", "chainage"),
            "capacity_l_s": ("capacity_l_s", "capacity", "discharge_l_s", "discharge"),
        },
        "canals": {
            **_COMMON,
            "code": ("canal_id", "canal_code", "code", "canal", "id", "name"),
            "name": ("canal_name", "name", "title", "label"),
            "feeds_from": ("feeds_from", "fed_by", "parent", "parent_id", "parent_canal"),
            "capacity_l_s": ("capacity_l_s", "capacity", "discharge_l_s", "discharge"),
            "efficiency": ("efficiency", "conveyance_efficiency", "eff"),
            "length_m": ("length_m", "length", "metres", "meters"),
            "flow": ("flow", "flow_direction", "direction"),
        },
    }
)

KINDS = tuple(FIELDS)


class NoSuchField(Invalid):
    """A column was to be read as something that this kind of file does not have."""

    code = "import-no-such-field"
    words = N_("There is no field %(what)s to read a column as. There are: %(fields_known)s.")


class NoSuchColumn(Invalid):
    """A column was named that the file lacks."""

    code = "import-no-such-column"
    words = N_("The file has no column %(column)s. It has: %(columns)s.")


class NoSuchKind(Invalid):
    """Only plots, outlets and canals come by file."""

    code = "import-no-such-kind"
    words = N_("%(kind)s cannot be imported; plots, outlets and canals can.")


@dataclass(frozen=True, slots=True)
class Matched:
    """Which column holds each field, and the columns that nothing was made of."""

    column_of: Mapping[str, str]
    ignored: tuple[str, ...]


def check_kind(kind: str) -> None:
    if kind not in FIELDS:
        raise NoSuchKind(field="kind", kind=kind)


def match(kind: str, columns: Sequence[str], chosen: Mapping[str, str]) -> Matched:
    """Find the fields of `kind` among the columns of a file, however they are spelt.

    `chosen` is what a person said: field → column, "" for a field the file does not have.
    Raises NoSuchField and NoSuchColumn.
    """
    _check(kind, columns, chosen)
    column_of = {field: column for field, column in chosen.items() if column}
    taken = set(column_of.values())
    free = {_plain(column): column for column in reversed(columns) if column not in taken}
    for field, spellings in FIELDS[kind].items():
        found = next((c for s in spellings if (c := _spelt(s, free)) is not None), None)
        if field not in chosen and found is not None:
            column_of[field] = free.pop(found)
    used = set(column_of.values())
    return Matched(column_of, tuple(column for column in columns if column not in used))


def _check(kind: str, columns: Sequence[str], chosen: Mapping[str, str]) -> None:
    for field, column in chosen.items():
        if field not in FIELDS[kind]:
            known = ", ".join(FIELDS[kind])
            raise NoSuchField(field="chosen", what=field, fields_known=known)
        if column and column not in columns:
            raise NoSuchColumn(field="chosen", column=column, columns=", ".join(columns))


def _plain(column: str) -> str:
    return re.sub(r"[\W_]+", "_", column.strip().lower()).strip("_")


def _spelt(spelling: str, free: Mapping[str, str]) -> str | None:
    if spelling in free:
        return spelling
    return spelling[:SHORT] if len(spelling) > SHORT and spelling[:SHORT] in free else None
