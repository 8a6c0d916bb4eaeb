"""The rules of the machines."""
