"""What is done about pests. No function here commits."""
