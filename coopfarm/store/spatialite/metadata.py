"""The tables by which SpatiaLite, QGIS and GDAL recognise the geometry columns of a file.

Names and columns are those of SpatiaLite 5; its library lists no layer when one is missing.
"""

import sqlite3
import warnings
from collections.abc import Iterator
from functools import lru_cache

from pyproj import CRS

from coopfarm.store.spatialite.geodesy import WGS84

_TABLES = {
    "spatial_ref_sys": """
        srid INTEGER NOT NULL PRIMARY KEY,
        auth_name TEXT NOT NULL,
        auth_srid INTEGER NOT NULL,
        ref_sys_name TEXT NOT NULL DEFAULT 'Unknown',
        proj4text TEXT NOT NULL,
        srtext TEXT NOT NULL DEFAULT 'Undefined'""",
    "geometry_columns": """
        f_table_name TEXT NOT NULL,
        f_geometry_column TEXT NOT NULL,
        geometry_type INTEGER NOT NULL,
        coord_dimension INTEGER NOT NULL CHECK (coord_dimension IN (2, 3, 4)),
        srid INTEGER NOT NULL REFERENCES spatial_ref_sys (srid),
        spatial_index_enabled INTEGER NOT NULL CHECK (spatial_index_enabled IN (0, 1, 2)),
        PRIMARY KEY (f_table_name, f_geometry_column)""",
    "geometry_columns_time": """
        f_table_name TEXT NOT NULL,
        f_geometry_column TEXT NOT NULL,
        last_insert TIMESTAMP NOT NULL DEFAULT '0000-01-01T00:00:00.000Z',
        last_update TIMESTAMP NOT NULL DEFAULT '0000-01-01T00:00:00.000Z',
        last_delete TIMESTAMP NOT NULL DEFAULT '0000-01-01T00:00:00.000Z',
        PRIMARY KEY (f_table_name, f_geometry_column),
        FOREIGN KEY (f_table_name, f_geometry_column)
          REFERENCES geometry_columns (f_table_name, f_geometry_column) ON DELETE CASCADE""",
    "views_geometry_columns": """
        view_name TEXT NOT NULL,
        view_geometry TEXT NOT NULL,
        view_rowid TEXT NOT NULL,
        f_table_name TEXT NOT NULL,
        f_geometry_column TEXT NOT NULL,
        read_only INTEGER NOT NULL,
        PRIMARY KEY (view_name, view_geometry),
        FOREIGN KEY (f_table_name, f_geometry_column)
          REFERENCES geometry_columns (f_table_name, f_geometry_column) ON DELETE CASCADE""",
    "virts_geometry_columns": """
        virt_name TEXT NOT NULL,
        virt_geometry TEXT NOT NULL,
        geometry_type INTEGER NOT NULL,
        coord_dimension INTEGER NOT NULL,
        srid INTEGER NOT NULL REFERENCES spatial_ref_sys (srid),
        PRIMARY KEY (virt_name, virt_geometry)""",
}

# Each kind of layer: what SpatiaLite calls it, and the two columns that name it.
_LAYERS = {
    "geometry_columns": ("SpatialTable", "f_table_name", "f_geometry_column"),
    "views_geometry_columns": ("SpatialView", "view_name", "view_geometry"),
    "virts_geometry_columns": ("VirtualShape", "virt_name", "virt_geometry"),
}

# Beside every kind of layer SpatiaLite keeps three tables of the same shape.
_MORE_OF_KEY = {"field_infos": ", ordinal, column_name"}
_BESIDE = {
    "statistics": """
        last_verified TIMESTAMP, row_count INTEGER, extent_min_x DOUBLE, extent_min_y DOUBLE,
        extent_max_x DOUBLE, extent_max_y DOUBLE""",
    "field_infos": """
        ordinal INTEGER NOT NULL, column_name TEXT NOT NULL, null_values INTEGER NOT NULL,
        integer_values INTEGER NOT NULL, double_values INTEGER NOT NULL,
        text_values INTEGER NOT NULL, blob_values INTEGER NOT NULL, max_size INTEGER,
        integer_min INTEGER, integer_max INTEGER, double_min DOUBLE, double_max DOUBLE""",
    "auth": "read_only INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 0",
}

_VECTOR_LAYERS = """
    SELECT 'SpatialTable' AS layer_type, f_table_name AS table_name,
      f_geometry_column AS geometry_column, geometry_type, coord_dimension, srid,
      spatial_index_enabled
    FROM geometry_columns
    UNION ALL SELECT 'SpatialView', view_name, view_geometry, geometry_type, coord_dimension, srid,
      spatial_index_enabled
    FROM views_geometry_columns JOIN geometry_columns USING (f_table_name, f_geometry_column)
    UNION ALL SELECT 'VirtualShape', virt_name, virt_geometry, geometry_type, coord_dimension,
      srid, 0
    FROM virts_geometry_columns"""

_LAYER_BESIDE = """
    SELECT '{kind}' AS layer_type, {table} AS table_name, {column} AS geometry_column, {names}
    FROM {beside}"""

_UNDEFINED = (
    (-1, "NONE", -1, "Undefined - Cartesian", "", "Undefined"),
    (0, "NONE", 0, "Undefined - Geographic Long/Lat", "", "Undefined"),
)


def _definitions() -> Iterator[tuple[str, str]]:
    """The name of every table and view, and how it is made."""
    for name, columns in _TABLES.items():
        yield name, f"CREATE TABLE IF NOT EXISTS {name} ({columns})"
    yield "vector_layers", f"CREATE VIEW IF NOT EXISTS vector_layers AS {_VECTOR_LAYERS}"
    for topic, columns in _BESIDE.items():
        for owner, (_, table, column) in _LAYERS.items():
            yield (
                f"{owner}_{topic}",
                (
                    f"CREATE TABLE IF NOT EXISTS {owner}_{topic} ({table} TEXT NOT NULL,"
                    f" {column} TEXT NOT NULL, {columns},"
                    f" PRIMARY KEY ({table}, {column}{_MORE_OF_KEY.get(topic, '')}),"
                    f" FOREIGN KEY ({table}, {column}) REFERENCES {owner} ({table}, {column})"
                    " ON DELETE CASCADE)"
                ),
            )
        yield f"vector_layers_{topic}", _view_beside(topic, columns)


def _view_beside(topic: str, columns: str) -> str:
    names = ", ".join(column.split()[0] for column in columns.split(","))
    named = {f"{owner}_{topic}": layer for owner, layer in _LAYERS.items()}
    kinds = " UNION ALL ".join(
        _LAYER_BESIDE.format(kind=kind, table=table, column=column, names=names, beside=beside)
        for beside, (kind, table, column) in named.items()
    )
    return f"CREATE VIEW IF NOT EXISTS vector_layers_{topic} AS {kinds}"


_DEFINITIONS = dict(_definitions())
NAMES = frozenset(_DEFINITIONS)


def create_metadata(connection: sqlite3.Connection) -> None:
    """Make the metadata tables where they are missing; a file that has them is left alone."""
    if has_metadata(connection):
        return
    for definition in _DEFINITIONS.values():
        connection.execute(definition)
    for row in _UNDEFINED:
        _insert(connection, row)
    know_srid(connection, WGS84)


def has_metadata(connection: sqlite3.Connection) -> bool:
    """Whether this file already says which columns are geometry."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'geometry_columns'")
    return found.fetchone() is not None


def know_srid(connection: sqlite3.Connection, srid: int) -> int:
    """Describe a coordinate system in the file, once.

    Raises pyproj.exceptions.CRSError for a number that EPSG does not know.
    """
    known = connection.execute("SELECT 1 FROM spatial_ref_sys WHERE srid = ?", (srid,))
    if known.fetchone() is None:
        _insert(connection, _described(srid))
    return 1


def _insert(connection: sqlite3.Connection, row: tuple[str | int, ...]) -> None:
    connection.execute("INSERT OR IGNORE INTO spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)


@lru_cache(maxsize=16)
def _described(srid: int) -> tuple[str | int, ...]:
    crs = CRS.from_epsg(srid)
    with warnings.catch_warnings():
        # pyproj warns that PROJ.4 text loses details; SpatiaLite's table wants it all the same.
        warnings.simplefilter("ignore", UserWarning)
        proj4 = crs.to_proj4()
    return srid, "epsg", srid, crs.name, proj4, crs.to_wkt("WKT1_GDAL")
