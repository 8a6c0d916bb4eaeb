"""Decisions over facts: work parties, duty, rotas, asks and offers."""
