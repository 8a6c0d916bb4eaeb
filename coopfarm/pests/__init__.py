"""Pests met together: sightings, traps, campaigns, sprays."""
