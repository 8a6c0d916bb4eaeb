"""Decisions about pests over facts: no database, no clock, no request."""
