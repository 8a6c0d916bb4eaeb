"""Rows become problems of planning.parties, and plans become rows."""
