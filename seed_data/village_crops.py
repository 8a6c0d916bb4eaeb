"""What grows on each plot of Al-Nur in winter and in summer, and since when."""

from datetime import date, timedelta

from village_lot import Lot

# Each rotation is a winter and a summer crop with the month and day of sowing; days vary by plot.
WHEAT_MAIZE = ("wheat", "11-14", "maize", "05-20")
WHEAT_FALLOW = ("wheat", "11-14", "fallow", "05-15")
CLOVER_COTTON = ("berseem", "10-12", "cotton", "03-28")
CLOVER_MAIZE = ("berseem", "10-12", "maize", "05-12")
BEANS_SUNFLOWER = ("faba_bean", "10-25", "sunflower", "05-05")
BEET_MAIZE = ("sugar_beet", "10-15", "maize", "05-25")
GARDEN = ("onion", "11-10", "tomato", "04-18")
ALFALFA = ("alfalfa", "10-01", "alfalfa", "10-01")
CITRUS = ("citrus", "02-15", "citrus", "02-15")
PALMS = ("dates", "02-15", "dates", "02-15")
VINES = ("table_grapes", "02-15", "table_grapes", "02-15")

LASTING = (ALFALFA, CITRUS, PALMS, VINES)

Rotation = tuple[str, str, str, str]

# Old gardens lie at the head of the first watercourse; cotton and maize, the thirsty crops, at
# the tail of the third.
GROWN: dict[str, dict[Rotation, float]] = {
    "W1": {
        WHEAT_MAIZE: 26,
        CLOVER_MAIZE: 12,
        CLOVER_COTTON: 8,
        BEANS_SUNFLOWER: 8,
        GARDEN: 16,
        ALFALFA: 8,
        CITRUS: 20,
        PALMS: 4,
        VINES: 5,
        WHEAT_FALLOW: 4,
    },
    "W2": {
        WHEAT_MAIZE: 30,
        CLOVER_COTTON: 16,
        BEANS_SUNFLOWER: 12,
        BEET_MAIZE: 10,
        GARDEN: 8,
        ALFALFA: 10,
        VINES: 8,
        WHEAT_FALLOW: 6,
    },
    "W3": {
        WHEAT_MAIZE: 30,
        CLOVER_COTTON: 34,
        CLOVER_MAIZE: 10,
        BEET_MAIZE: 8,
        GARDEN: 4,
        ALFALFA: 10,
        PALMS: 4,
        WHEAT_FALLOW: 4,
    },
}


def grown(lot: Lot, outlet: str) -> Rotation:
    """A rotation of the outlet, sown by this holder some days before or after the others."""
    winter, winter_sown, summer, summer_sown = rotation = lot.by_weight(GROWN[outlet])
    if rotation in LASTING:
        return rotation
    return winter, _about(lot, winter_sown), summer, _about(lot, summer_sown)


def _about(lot: Lot, month_day: str) -> str:
    day = date.fromisoformat(f"2026-{month_day}") + timedelta(days=int(lot.between(-8, 9)))
    return day.isoformat()[5:]
