"""Decisions of the maps: who has the water, which tile, whose cells are too small to show."""
