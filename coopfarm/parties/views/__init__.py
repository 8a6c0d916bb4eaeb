"""Work parties, duty, rotas, asks and offers on pages."""

from coopfarm.parties.views import asking, asks, duty, feed, leading, office, plans, rotas
from coopfarm.parties.views.door import bp

__all__ = ["asking", "asks", "bp", "duty", "feed", "leading", "office", "plans", "rotas"]
