"""SpatiaLite for any Python: its functions, BLOBs, tables and indexes on the plain sqlite3."""

from coopfarm.store.spatialite.install import install
from coopfarm.store.spatialite.metadata import create_metadata

__all__ = ["create_metadata", "install"]
