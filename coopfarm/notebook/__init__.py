"""What was written on paper, entered later by whole pages."""
