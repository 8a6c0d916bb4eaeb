"""What the officer's map is asked for: whose land, which layers, which day, where."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from flask import request as http

from coopfarm.maps.queries import layers, risk, sightings, sprays  # noqa: F401 (they add theirs)
from coopfarm.maps.queries.areas import Area, areas
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules import days
from coopfarm.maps.rules.tiles import Box
from coopfarm.pests.rules import catalogue
from coopfarm.web import request, tongue, written

# So far from today a day can be asked for: a season behind, a season ahead.
FARTHEST: Final = timedelta(days=400)


def mine() -> Sequence[Area]:
    """Where whoever asks may look: here first."""
    me = request.me()
    here = Area(me.cooperative_id, me.cooperative_name, me.timezone, me.member_id, me.roles)
    return areas(request.session(), here, me.account_id)


def today() -> date:
    return request.now().astimezone(request.zone()).date()


def day() -> date:
    """The day asked for, no farther off than is shown; today where none is. Raises NotADay."""
    said = request.asked("day")
    if not said:
        return today()
    now = today()
    return min(max(written.day(said, field="day"), now - FARTHEST), now + FARTHEST)


def names() -> Sequence[str]:
    """The layers asked for, in the order they lie in; all of them where none is named.

    Raises NoSuchLayer.
    """
    said = [name for name in http.args.get("layers", "").split(",") if name]
    for name in said:
        layers.layer(name)
    return [name for name in layers.known() if not said or name in said]


def name() -> str:
    """The one layer asked for; the first where none is. Raises NoSuchLayer."""
    said = request.asked("layer")
    return layers.layer(said).name if said else next(iter(layers.known()))


def pest() -> str:
    """The one pest asked for; empty where all are. Raises NoSuchPest."""
    said = request.asked("pest")
    return catalogue.check(said) if said else ""


def of(area: Area, on: date, box: Box | None = None) -> Asked:
    during, latin = days.span(on, area.timezone), tongue.reads_latin()
    return Asked(area, during, box, latin=latin, pest=pest())
