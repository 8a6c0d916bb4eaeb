"""Nobody can be in two places at once."""

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_


class PersonTaken(Conflict):
    """Somebody is expected elsewhere in those hours."""

    code = "person-taken"
    words = N_("%(name)s is expected elsewhere in those hours. Choose others, or ask them first.")
