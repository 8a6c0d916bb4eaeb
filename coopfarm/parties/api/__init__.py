"""Work parties for programs, the farmer's phone among them."""

from coopfarm.parties.api import parties
from coopfarm.parties.api.door import api

__all__ = ["api", "parties"]
