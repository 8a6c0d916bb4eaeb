"""Points on a form: a row each, moved and added with plain buttons."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from werkzeug.datastructures import MultiDict

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.rules import snapping, strokes
from coopfarm.land.rules.strokes import DECIMALS, MOST_POINTS, Vertex
from coopfarm.web import written

Row = tuple[str, str]

BEARINGS: Final[Mapping[str, float]] = {
    "north": 0,
    "north-east": 45,
    "east": 90,
    "south-east": 135,
    "south": 180,
    "south-west": 225,
    "west": 270,
    "north-west": 315,
}
BEARING_WORDS: Final[Mapping[str, Phrase]] = {
    "north": Phrase("bearing-north", N_("north")),
    "north-east": Phrase("bearing-north-east", N_("north-east")),
    "east": Phrase("bearing-east", N_("east")),
    "south-east": Phrase("bearing-south-east", N_("south-east")),
    "south": Phrase("bearing-south", N_("south")),
    "south-west": Phrase("bearing-south-west", N_("south-west")),
    "west": Phrase("bearing-west", N_("west")),
    "north-west": Phrase("bearing-north-west", N_("north-west")),
}


def as_rows(points: Iterable[Vertex]) -> list[Row]:
    """Each point as its row shows it."""
    return [(_degrees(lon), _degrees(lat)) for lon, lat in points]


def rows_sent(form: MultiDict[str, str]) -> list[Row]:
    """The rows as they were typed, those left blank not counted."""
    sent = zip(form.getlist("lon"), form.getlist("lat"), strict=False)
    rows = [(lon.strip(), lat.strip()) for lon, lat in sent]
    return [row for row in rows if any(row)][: MOST_POINTS + 1]


def points_of(rows: Sequence[Row]) -> tuple[Vertex, ...]:
    """The points behind the rows. Raises PointUnreadable."""
    return tuple(
        (_number(lon, place), _number(lat, place)) for place, (lon, lat) in enumerate(rows, 1)
    )


def after(do: str, rows: Sequence[Row], form: MultiDict[str, str]) -> list[Row]:
    """The rows after one of their buttons: up, down and delete carry a place from 1.

    Raises PointUnreadable and StepFromNowhere for a point to be added.
    """
    verb, _, text = do.partition(":")
    place = int(text) if text.isascii() and text.isdecimal() else 0
    changed = list(rows)
    if verb == "add":
        at = _place_to_add(form, len(rows))
        changed[at:at] = as_rows([_point_to_add(form, rows[:at])])
    elif not 1 <= place <= len(rows):
        return changed
    elif verb == "delete":
        del changed[place - 1]
    elif verb in ("up", "down"):
        other = place - 2 if verb == "up" else place
        if 0 <= other < len(rows):
            changed[place - 1], changed[other] = changed[other], changed[place - 1]
    return changed


def _place_to_add(form: MultiDict[str, str], rows: int) -> int:
    text = form.get("add_at", "")
    return min(int(text), rows) if text.isascii() and text.isdecimal() else rows


def _point_to_add(form: MultiDict[str, str], before: Sequence[Row]) -> Vertex:
    lon, lat = form.get("add_lon", "").strip(), form.get("add_lat", "").strip()
    metres = form.get("add_metres", "").strip()
    place = len(before) + 1
    if lon or lat or not metres:
        return _number(lon, place), _number(lat, place)
    if not before:
        raise strokes.StepFromNowhere(field="add_metres")
    [start] = points_of(before[-1:])
    bearing = BEARINGS.get(form.get("add_bearing", ""), 0)
    return snapping.stepped(start, written.number(metres, field="add_metres"), bearing)


def _number(text: str, place: int) -> float:
    try:
        return written.number(text, field="points")
    except (written.NotANumber, written.FieldMissing) as error:
        raise strokes.PointUnreadable(field="points", place=place, given=text[:40]) from error


def _degrees(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
