"""Sharing scarce water: by claims, by turns, and along a tree of canals."""
