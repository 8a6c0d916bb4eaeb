"""What is done about the land. No function here commits."""
