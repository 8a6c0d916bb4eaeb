"""The channels of Al-Nur, from the branch canal down to three watercourses."""

from typing import NamedTuple

from village_ground import Curve, Side, Spot

BRANCH = Curve(
    [(1620, -400), (1250, -265), (760, -95), (320, -20), (0, 0)],
)
BRANCH_BEYOND = Curve([(0, 0), (-450, 15), (-900, -60), (-1350, -160), (-1640, -190)])
MINOR = Curve([(0, 0), (-30, 150), (-25, 330), (10, 520), (5, 700), (-60, 830), (-165, 900)])
FIRST_GATE_M, SECOND_GATE_M = 285.0, 500.0
SIDRA = Curve([MINOR.at(SECOND_GATE_M), (90, 535), (200, 540)])


class Reach(NamedTuple):
    """A canal between two gates; what it loses is by its length and the soil under it."""

    code: str
    name: str
    name_latin: str
    feeds_from: str | None
    capacity_l_s: float
    efficiency: float
    line: list[Spot]


class Gate(NamedTuple):
    """An outlet with its watercourse, the land on both sides, and how its turns are shared."""

    code: str
    name: str
    name_latin: str
    canal: str
    metres_from_head: float
    capacity_l_s: float
    basis: str
    course: Curve
    sides: list[Side]
    starts_m: float


REACHES = [
    Reach("FJR-1", "ترعة الفجر", "Fajr branch", None, 420, 0.97, BRANCH.spots),
    Reach(
        "FJR-2", "ترعة الفجر، الأدنى", "Fajr branch, below", "FJR-1", 240, 0.97, BRANCH_BEYOND.spots
    ),
    Reach(
        "NKH-1",
        "ترعة النخيل، الأعلى",
        "Nakhil minor, head",
        "FJR-1",
        220,
        0.96,
        MINOR.part(0.0, FIRST_GATE_M),
    ),
    Reach(
        "NKH-2",
        "ترعة النخيل، الأوسط",
        "Nakhil minor, middle",
        "NKH-1",
        150,
        0.95,
        MINOR.part(FIRST_GATE_M, SECOND_GATE_M),
    ),
    Reach(
        "NKH-3",
        "ترعة النخيل، الأدنى",
        "Nakhil minor, tail",
        "NKH-2",
        50,
        0.94,
        MINOR.part(SECOND_GATE_M, MINOR.length_m),
    ),
    Reach("SDR", "جنابية السدرة", "Sidra sub-branch", "NKH-2", 85, 0.96, SIDRA.spots),
]

GATES = [
    Gate(
        "W1",
        "مسقى الجميزة",
        "Gimmeiza watercourse",
        "NKH-1",
        FIRST_GATE_M,
        75,
        "award",
        Curve([MINOR.at(FIRST_GATE_M), (-300, 290), (-620, 245), (-950, 160), (-1290, 90)]),
        [Side(1, 205, 165), Side(-1, 245, 205)],
        28.0,
    ),
    Gate(
        "W2",
        "مسقى السدرة",
        "Sidra watercourse",
        "SDR",
        SIDRA.length_m,
        80,
        "shares",
        Curve([(200, 540), (480, 520), (780, 430), (1060, 310), (1310, 190), (1530, 110)]),
        [Side(1, 230, 190), Side(-1, 225, 190)],
        28.0,
    ),
    Gate(
        "W3",
        "مسقى الطاحونة",
        "Tahuna watercourse",
        "NKH-3",
        MINOR.length_m - SECOND_GATE_M,
        75,
        "award",
        Curve(
            [
                MINOR.at(MINOR.length_m),
                (-330, 915),
                (-590, 870),
                (-880, 760),
                (-1170, 650),
                (-1470, 580),
            ]
        ),
        [Side(1, 250, 205), Side(-1, 185, 135)],
        28.0,
    ),
]
