"""Machines and implements: who has them when, by which rule, and what became of it."""
