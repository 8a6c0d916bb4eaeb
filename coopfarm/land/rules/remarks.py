"""What there is to say about a file that can be imported all the same."""

from coopfarm.kernel.words import N_, NN_, Phrase

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
    NN_(
        "%(features)s feature carries heights or measures. They are left out; the map is flat.",
        "%(features)s features carry heights or measures. They are left out; the map is flat.",
        "features",
    ),
)
LINES_CLOSED = Phrase(
    "import-lines-closed",
    NN_(
        "%(features)s feature is drawn as a closed line. It is read as the plot inside it.",
        "%(features)s features are drawn as closed lines. Each is read as the plot inside it.",
        "features",
    ),
)
ENDS_JOINED = Phrase(
    "import-ends-joined",
    NN_(
        "%(features)s line ends up to a metre from where it begins. It is closed.",
        "%(features)s lines end up to a metre from where they begin. They are closed.",
        "features",
    ),
)
HOLES_FROM_LINES = Phrase(
    "import-holes-from-lines",
    NN_(
        "%(features)s feature has a closed line inside another. It is read as a hole.",
        "%(features)s features have a closed line inside another. It is read as a hole.",
        "features",
    ),
)
LINES_SPLIT = Phrase(
    "import-lines-split",
    N_(
        "%(features)s features are several closed lines. Each line is a plot of its own, and the"
        " further ones are numbered after the last feature of the file."
    ),
)
CUT_OUT = Phrase(
    "import-cut-out",
    N_("%(features)s closed lines go round others. The plots inside are cut out of them."),
)
PART_OF_COLLECTION = Phrase(
    "import-part-of-collection",
    NN_(
        "%(features)s feature mixes several kinds of shapes. Only what can be used is taken.",
        "%(features)s features mix several kinds of shapes. Only what can be used is taken.",
        "features",
    ),
)
IN_PARTS = Phrase(
    "import-in-parts",
    NN_(
        "%(features)s feature is drawn in several parts. It stays one plot.",
        "%(features)s features are drawn in several parts. Each stays one plot.",
        "features",
    ),
)
SHAPE_REPAIRED = Phrase(
    "import-shape-repaired",
    N_(
        "Feature %(feature)s (%(name)s) is not drawn soundly near longitude %(lon)s, latitude"
        " %(lat)s. It is put right: %(before_ha)s ha before, %(after_ha)s ha after."
    ),
)
PIECES_JOINED = Phrase(
    "import-pieces-joined",
    N_("%(features)s lines in pieces are joined, each into one."),
)
SAME_CODE_JOINED = Phrase(
    "import-same-code-joined",
    N_("%(features)s features are pieces of %(canals)s canals by their codes, and are joined."),
)
DASHES_JOINED = Phrase(
    "import-dashes-joined",
    N_("%(dashes)s short lines are dashes of a drawing. They are joined into %(features)s canals."),
)
STUBS_LEFT_OUT = Phrase(
    "import-stubs-left-out",
    N_("%(stubs)s of the joined lines are under %(metres)s m long. They are left out."),
)
SAID_TWICE = Phrase(
    "import-said-twice",
    NN_(
        "%(features)s feature says the same as an earlier one, cell by cell. It is left out.",
        "%(features)s features say the same as earlier ones, cell by cell. They are left out.",
        "features",
    ),
)
LEFT_OUT = Phrase(
    "import-left-out",
    NN_(
        "%(features)s feature is left out, as you chose.",
        "%(features)s features are left out, as you chose.",
        "features",
    ),
)
CODES_MADE = Phrase(
    "import-codes-made",
    N_(
        "%(features)s features have no code of their own. They are numbered from %(first)s to"
        " %(last)s."
    ),
)
CODES_FOUND = Phrase(
    "import-codes-found",
    NN_(
        "%(features)s feature without a code is drawn like a stored one. It keeps that code.",
        "%(features)s features without a code are drawn like stored ones. They keep those codes.",
        "features",
    ),
)
CODES_PARTED = Phrase(
    "import-codes-parted",
    NN_(
        "%(features)s feature shares a code with an earlier one. A number is added to its code.",
        "%(features)s features share a code with earlier ones. A number is added to their codes.",
        "features",
    ),
)
RENAMED = Phrase(
    "import-renamed",
    NN_(
        "%(features)s feature is known by its id and has a new code. It is renamed.",
        "%(features)s features are known by their ids and have new codes. They are renamed.",
        "features",
    ),
)
AXES_SWAPPED = Phrase("axes-swapped", N_("x and y are read the other way round, as you chose."))
FAR_AWAY = Phrase(
    "import-far-away",
    N_(
        "%(features)s features lie %(km)s km or more from the land of the cooperative. Look whether"
        " the coordinate system is right."
    ),
)
GARBLED = Phrase(
    "import-garbled",
    N_(
        "%(features)s features have letters that read like “%(sample)s”. Choose how the letters of"
        " the file are to be read."
    ),
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
OVERLAP_STORED = Phrase(
    "plot-overlaps-stored",
    N_(
        "Plot %(plot)s overlaps plot %(other)s, which is stored already, by %(area_m2)s m². Both"
        " stay as drawn."
    ),
)
OVERLAPS_EVERYWHERE = Phrase(
    "plots-overlap-everywhere",
    N_(
        "%(pairs)s pairs of plots overlap: this looks like one map laid over another. They are not"
        " named one by one."
    ),
)
SAME_LAND = Phrase(
    "plots-same-land",
    N_(
        "Features %(feature)s (%(plot)s) and %(second)s (%(other)s) are drawn alike: the same land"
        " would be two plots. Leave one of them out."
    ),
)
SAME_LAND_STORED = Phrase(
    "plot-same-land-stored",
    N_(
        "Feature %(feature)s (%(plot)s) is drawn like plot %(other)s, which is stored already: the"
        " same land would be two plots. Leave it out, or give it that code."
    ),
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
