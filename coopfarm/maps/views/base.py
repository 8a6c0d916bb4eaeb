"""The operator's base map below ours, from our own server."""

from pathlib import Path
from typing import cast

from flask import Response, current_app, send_file

from coopfarm.config import Settings
from coopfarm.kernel.refusal import Missing
from coopfarm.maps.queries import base_map as queries
from coopfarm.maps.queries.base_map import BaseMap
from coopfarm.maps.views.door import bp
from coopfarm.web import request

MEDIA_TYPE = "application/vnd.pmtiles"


@bp.app_context_processor
def _for_maps() -> dict[str, object]:
    return {"base_map": base_map}


def base_map() -> BaseMap | None:
    """What lies below the maps, if the operator gave one that is still there."""
    path = _path()
    return queries.base_map(path) if path is not None and path.is_file() else None


@bp.get("/map/base.pmtiles")
@request.allowed()
def base() -> Response:
    """The base map of the operator, whole or in the parts that are asked for"""
    path = _path()
    if path is None or not path.is_file():
        raise Missing
    response = send_file(path, MEDIA_TYPE, conditional=True, etag=queries.base_map(path).mark)
    response.cache_control.private = response.cache_control.no_cache = True
    return response


def _path() -> Path | None:
    said = cast(Settings, current_app.extensions["coopfarm_settings"]).base_map
    return Path(said).absolute() if said else None
