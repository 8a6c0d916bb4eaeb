"""The officer's map."""

from flask.typing import ResponseReturnValue

from coopfarm.maps.views.door import bp
from coopfarm.maps.views.water import OFFICE
from coopfarm.web import request


@bp.get("/map/land")
@request.allowed(*OFFICE)
def officer() -> ResponseReturnValue:
    """The land of every cooperative one serves, layer by layer, and the same as a list"""
    return ""
