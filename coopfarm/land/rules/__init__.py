"""What the land decides: the order of its plots, and what a file may bring in."""
