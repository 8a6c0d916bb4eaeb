"""Pests on the wire."""
