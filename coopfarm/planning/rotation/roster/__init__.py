"""Warabandi and its kin: a cycle of whole minutes shared out by title, head to tail."""
