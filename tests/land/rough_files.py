"""Files as offices have them: odd letters, no coordinate system, lines for areas, axes swapped."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import Transformer
from shapely import box
from shapely.geometry.base import BaseGeometry

STEP = 0.001
NAMES = ("حقل النخيل", "قطعة 2", "Été")


def grid(lon: float, lat: float, plots: int) -> list[BaseGeometry]:
    """Square plots of a thousandth of a degree, side by side in rows of a hundred."""
    places = [(lon + n % 100 * STEP, lat + n // 100 * STEP) for n in range(plots)]
    return [box(east, north, east + STEP, north + STEP) for east, north in places]


def projected(shapes: Sequence[BaseGeometry], crs: str) -> list[BaseGeometry]:
    turn = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    return [shapely.transform(shape, turn, interleaved=False) for shape in shapes]


def turned_round(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    return [shapely.transform(shape, lambda places: places[:, ::-1]) for shape in shapes]


def features(shapes: Sequence[BaseGeometry | None], **cells: Sequence[object]) -> list[dict]:
    """GeoJSON features with codes from P1 on."""
    return [
        {
            "type": "Feature",
            "properties": {"code": f"P{n + 1}", **{name: said[n] for name, said in cells.items()}},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes)
    ]


def geojson(shapes: Sequence[BaseGeometry | None], **cells: Sequence[object]) -> bytes:
    whole = {"type": "FeatureCollection", "features": features(shapes, **cells)}
    return json.dumps(whole).encode()


def geojson_sequence(shapes: Sequence[BaseGeometry], *, separated: bool) -> bytes:
    """One feature a line; after a record separator each (RFC 8142), or without."""
    before = "\x1e" if separated else ""
    return "".join(f"{before}{json.dumps(one)}\n" for one in features(shapes)).encode()


def written(
    path: Path, driver: str, shapes: Sequence[BaseGeometry], crs: str, **options: object
) -> None:
    names = [NAMES[n % len(NAMES)] for n in range(len(shapes))]
    codes = [f"P{n + 1}" for n in range(len(shapes))]
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb(list(shapes)), dtype=object),
        [np.array(codes, dtype=object), np.array(names, dtype=object)],
        ["code", "الاسم"],
        geometry_type=shapes[0].geom_type,
        crs=crs,
        driver=driver,
        **options,
    )


def shapefile(
    folder: Path,
    shapes: Sequence[BaseGeometry],
    crs: str = "EPSG:4326",
    *,
    encoding: str = "utf-8",
    without: Sequence[str] = (),
) -> bytes:
    """A zipped Shapefile, in a folder within the zip, without the parts named."""
    written(folder / "plots.shp", "ESRI Shapefile", shapes, crs, encoding=encoding)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("plots.*")):
            if part.suffix not in without:
                archive.write(part, f"export/{part.name}")
    return packed.getvalue()


def geopackage(folder: Path, shapes: Sequence[BaseGeometry], crs: str = "EPSG:4326") -> bytes:
    written(folder / "plots.gpkg", "GPKG", shapes, crs)
    return (folder / "plots.gpkg").read_bytes()


def kml(shapes: Sequence[BaseGeometry]) -> bytes:
    """As a phone's map program writes it: heights of 0, extended data, a style for each."""
    marks = "".join(
        f"<Placemark><name>P{n}</name><styleUrl>#s</styleUrl><ExtendedData>"
        f'<Data name="crop"><value>rice</value></Data>'
        f'<SchemaData schemaUrl="#f"><SimpleData name="soil">clay</SimpleData></SchemaData>'
        f"</ExtendedData><Polygon><tessellate>1</tessellate><outerBoundaryIs><LinearRing>"
        f"<coordinates>{_places(shape)}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark>"
        for n, shape in enumerate(shapes, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        '<Document><name>fields</name><Style id="s"/><Schema id="f" name="f">'
        f'<SimpleField name="soil" type="string"/></Schema><Folder><name>W1</name>{marks}</Folder>'
        "</Document></kml>"
    ).encode()


def kmz(shapes: Sequence[BaseGeometry]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml(shapes))
    return packed.getvalue()


def _places(shape: BaseGeometry) -> str:
    return "\n".join(f"{lon!r},{lat!r},0" for lon, lat in shape.exterior.coords)
