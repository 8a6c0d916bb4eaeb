"""Short messages for the manager, and on the handset of the demo."""

from coopfarm.sms.views import handset, office
from coopfarm.sms.views.door import bp

__all__ = ["bp", "handset", "office"]
