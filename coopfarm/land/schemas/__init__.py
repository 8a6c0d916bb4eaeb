"""The shapes land comes in: files of plots, canals and outlets, and JSON."""
