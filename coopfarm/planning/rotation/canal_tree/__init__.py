"""Volumes on canals that feed each other, with capacities and losses, max-min fair."""
