"""Sharing machines: days of a season, and the routes of a campaign."""
