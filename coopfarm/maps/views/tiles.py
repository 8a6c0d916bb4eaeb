"""Vector tiles of the land, for the officer's map."""

import hashlib
from collections.abc import Sequence
from functools import partial

import numpy as np
from flask import Response, current_app
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.maps.queries import layers, tiles
from coopfarm.maps.queries.areas import Area, at, version
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules.layers import CELLS, PLOTS, Drawn, Layer, number_of
from coopfarm.maps.rules.tiles import Tile, tile
from coopfarm.maps.schemas import mvt
from coopfarm.maps.schemas.mvt import Property
from coopfarm.maps.schemas.tiles import SHELF, Made, Shelf
from coopfarm.maps.views import asking
from coopfarm.maps.views.door import bp
from coopfarm.maps.views.water import OFFICE
from coopfarm.web import request


@bp.get("/map/tiles/<int:z>/<int:x>/<int:y>.mvt")
@request.allowed(*OFFICE)
def vector_tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """A tile of the land of every cooperative one serves, a layer for each kind and cooperative.

    A layer is called by its kind and the number of its cooperative: `plots:3`.
    """
    square, on, names = tile(z, x, y), asking.day(), asking.names()
    what = (square, on, asking.pest(), tuple(names))
    session, parts = request.session(), []
    for area in asking.mine():
        with at(session, area.cooperative_id):
            key = (current_app.extensions["coopfarm_database"].engine.url, version(session), area)
            parts.append((area, (*key, *what)))
    etag = hashlib.sha256(repr([key for _, key in parts]).encode()).hexdigest()[:32]
    response = Response(content_type=mvt.MEDIA_TYPE)
    response.cache_control.private = response.cache_control.no_cache = True
    response.set_etag(etag)
    response.vary.add("Accept-Encoding")
    if http.if_none_match.contains(etag):
        response.status_code = 304
        return response
    shelf: Shelf = current_app.extensions.setdefault(SHELF, Shelf())
    made = [
        shelf.get(key, partial(_made, area, square, asking.of(area, on, square.box), names))
        for area, key in parts
    ]
    _fill(response, made)
    return response


def _fill(response: Response, made: Sequence[Made]) -> None:
    """Tiles one after the other are one tile; packed one after the other too (RFC 1952, 2.2)."""
    if http.accept_encodings.best_match(["gzip"]):
        response.content_encoding = "gzip"
        response.data = b"".join(one.packed for one in made)
    else:
        response.data = b"".join(one.plain for one in made)


def _made(area: Area, square: Tile, asked: Asked, names: Sequence[str]) -> bytes:
    with at(request.session(), area.cooperative_id):
        return b"".join(_layer(name, square, asked) for name in names)


def _layer(name: str, square: Tile, asked: Asked) -> bytes:
    session, called = request.session(), f"{name}:{asked.area.cooperative_id}"
    if name == PLOTS.name and asked.sees_boundaries:
        if session.get_bind().dialect.name == "postgresql":
            return tiles.made_by_postgis(session, square, asked, called)
        return mvt.layer(called, square, *tiles.plots(session, square, asked))
    body = _written(called, square, layers.layer(name), layers.drawn(session, name, asked))
    if name == PLOTS.name:
        about = f"cells:{asked.area.cooperative_id}"
        body += _written(about, square, CELLS, layers.cells(session, asked))
    return body


def _written(called: str, square: Tile, layer: Layer, things: Sequence[Drawn]) -> bytes:
    drawn = [one for one in things if one.shape is not None]
    names = [field.name for field in layer.fields if field.is_drawn]
    said = [_said(one, names) for one in drawn]
    shapes = np.array([one.shape for one in drawn], dtype=object)
    return mvt.layer(called, square, [number_of(one.id) for one in drawn], shapes, said)


def _said(one: Drawn, names: Sequence[str]) -> dict[str, Property]:
    told = {name: one.facts.get(name) for name in names}
    return {k: v for k, v in told.items() if isinstance(v, str | int | float) and v != ""}
