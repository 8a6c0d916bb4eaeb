"""The maps on the wire: GeoJSON, vector tiles, tables, packages, the OGC API."""
