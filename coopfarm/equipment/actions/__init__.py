"""What is done with machines. No function here commits."""
