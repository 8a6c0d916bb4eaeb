"""Deeds of the maps: a file taken out, a key for a map program. No function here commits."""
