"""The documents of OGC API Features: landing page, conformance, collections, OpenAPI 3.0."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopfarm.maps.rules.layers import Field, Layer
from coopfarm.maps.rules.ogc import ITEMS, MOST_ITEMS

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS_TO: Final = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "geojson")
)
_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole": {"type": "integer"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
}

Document = dict[str, Any]


def link(href: str, rel: str, media_type: str, title: str = "") -> Document:
    return {"href": href, "rel": rel, "type": media_type} | ({"title": title} if title else {})


def landing(base: str, title: str) -> Document:
    return {
        "title": title,
        "description": title,
        "links": [
            link(base, "self", JSON),
            link(f"{base}/api", "service-desc", OPENAPI),
            link(f"{base}/conformance", "conformance", JSON),
            link(f"{base}/collections", "data", JSON),
        ],
    }


def conformance() -> Document:
    return {"conformsTo": list(CONFORMS_TO)}


def collections(base: str, found: Sequence[Document]) -> Document:
    return {"links": [link(f"{base}/collections", "self", JSON)], "collections": list(found)}


def collection(base: str, layer: Layer, title: str, sides: Sequence[float] | None) -> Document:
    """A layer, with the box in degrees that holds it where something is drawn."""
    here = f"{base}/collections/{layer.name}"
    extent = {"spatial": {"bbox": [list(sides)], "crs": CRS84}} if sides is not None else None
    return {
        "id": layer.name,
        "title": title,
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": extent} if extent else {}),
        "links": [link(here, "self", JSON), link(f"{here}/items", "items", GEOJSON)],
    }


def items(features: Sequence[Document], now: str, here: str, onward: str | None) -> Document:
    """A page of features, with the way to the next one."""
    links = [link(here, "self", GEOJSON)]
    if onward is not None:
        links.append(link(onward, "next", GEOJSON))
    return {
        "type": "FeatureCollection",
        "timeStamp": now,
        "numberReturned": len(features),
        "features": list(features),
        "links": links,
    }


def item(feature: Document, here: str, whole: str) -> Document:
    return feature | {"links": [link(here, "self", GEOJSON), link(whole, "collection", JSON)]}


def openapi(base: str, title: str, layers: Sequence[tuple[Layer, Sequence[Field]]]) -> Document:
    """The API in OpenAPI 3.0.3: `limit.maximum` tells programs how much they may ask for."""
    paths: Document = {
        "/": _get("getLandingPage", "Landing page"),
        "/conformance": _get("getConformance", "Conformance classes"),
        "/collections": _get("getCollections", "Collections"),
    }
    for layer, fields in layers:
        paths |= _paths_of(layer, fields)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"parameters": _parameters(), "schemas": _schemas(layers)},
    }


def _paths_of(layer: Layer, _fields: Sequence[Field]) -> Document:
    path, name = f"/collections/{layer.name}", layer.name.capitalize()
    asked = [{"$ref": f"#/components/parameters/{one}"} for one in _parameters()]
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    schema = f"#/components/schemas/{layer.name}"
    return {
        path: _get(f"describe{name}", layer.name),
        f"{path}/items": _get(f"get{name}", layer.name, asked, schema=f"{schema}Items"),
        f"{path}/items/{{featureId}}": _get(f"get{name}One", layer.name, [feature], schema=schema),
    }


def _get(
    name: str, summary: str, parameters: Sequence[Document] = (), schema: str | None = None
) -> Document:
    said = {"$ref": schema} if schema else {"type": "object"}
    content = {GEOJSON if schema else JSON: {"schema": said}}
    answers = {
        "200": {"description": summary, "content": content},
        "400": {"description": "A parameter cannot be used."},
        "404": {"description": "There is nothing here under that name."},
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": list(parameters),
            "responses": answers,
        }
    }


def _parameters() -> Document:
    def asked(name: str, schema: Document) -> Document:
        style = {"style": "form", "explode": False}
        return {"name": name, "in": "query", "required": False, "schema": schema} | style

    whole = {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": ITEMS}
    sides = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    return {
        "limit": asked("limit", whole),
        "bbox": asked("bbox", sides),
        "datetime": asked("datetime", {"type": "string"}),
        "after": asked("after", {"type": "string"}),
    }


def _schemas(layers: Sequence[tuple[Layer, Sequence[Field]]]) -> Document:
    found: Document = {}
    for layer, fields in layers:
        said = {field.name: {**_TYPES[field.kind], "nullable": True} for field in fields}
        found[layer.name] = {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"type": "string", "format": "uuid"},
                "geometry": {"type": "object", "nullable": True},
                "properties": {"type": "object", "properties": said},
            },
        }
        features = {"type": "array", "items": {"$ref": f"#/components/schemas/{layer.name}"}}
        found[f"{layer.name}Items"] = {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": features,
            },
        }
    return found
