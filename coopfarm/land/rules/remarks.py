"""What there is to say about a file that can be imported all the same."""

from coopfarm.kernel.words import N_, Phrase

DECLARED_LARGER = Phrase(
    "declared-area-larger",
    N_(
        "Plot %(plot)s is declared as %(declared_ha)s ha and drawn as %(drawn_ha)s ha. The drawn"
        " area is used."
    ),
)
DECLARED_SMALLER = Phrase(
    "declared-area-smaller",
    N_(
        "Plot %(plot)s is declared as %(declared_ha)s ha and drawn as %(drawn_ha)s ha. The"
        " declared area earns the water."
    ),
)
HEIGHTS_DROPPED = Phrase(
    "heights-dropped",
    N_("%(features)s features carry heights. They are left out; the map is flat."),
)
MAKES_OUTLETS = Phrase(
    "import-makes-outlets", N_("%(outlets)s new outlets are made for these plots: %(codes)s.")
)
OTHER_SYSTEM = Phrase(
    "other-coordinate-system",
    N_("The file says it is in %(said)s; it is read as %(chosen)s, as you chose."),
)
OVERLAP = Phrase(
    "plots-overlap",
    N_("Plots %(plot)s and %(other)s overlap by %(area_m2)s m². Both are taken as drawn."),
)
READ_AS_PERCENT = Phrase(
    "efficiency-read-as-percent",
    N_("Canal %(canal)s: an efficiency of %(said)s is read as %(said)s %%."),
)
UNKNOWN_CROP = Phrase(
    "import-unknown-crop",
    N_(
        "%(plots)s plots grow “%(word)s”, which is not in the table of crops. They are imported,"
        " and their need cannot be worked out until they have a crop of the table."
    ),
)
