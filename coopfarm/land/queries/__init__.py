"""What is known about the land."""
