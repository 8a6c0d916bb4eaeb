"""What the maps are drawn from."""
