"""Sharing out the water: weather and need, rotations, turns, and the reasons."""
