"""Pests: how warm it was for them, when to spray, whom to scout, and who has treated."""
