"""What somebody wants drawn, what it meets on the ground, and what is decided about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from shapely import LineString

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules.snapping import TOLERANCE_M, Course
from coopfarm.land.rules.strokes import Vertex

Kind = Literal["canals", "outlets", "nakkas"]


@dataclass(frozen=True, slots=True)
class CanalWish:
    """A canal as somebody wants it; without points its line stays as it is.

    With `follows_head` it is fed by the canal its head snaps to, else by `feeds_from_id`.
    """

    code: str
    name: str = ""
    points: tuple[Vertex, ...] | None = None
    flows_against_line: bool = False
    capacity_l_s: float | None = None
    loss_percent_km: float | None = None
    efficiency: float | None = None
    follows_head: bool = True
    feeds_from_id: UUID | None = None
    tolerance_m: float = TOLERANCE_M
    length_m: float | None = None


@dataclass(frozen=True, slots=True)
class OutletWish:
    """An outlet as somebody wants it: its first point is the gate, the others its watercourse.

    With `follows_place` it is on the canal nearest to it, else on `canal_id`.
    """

    code: str
    name: str = ""
    points: tuple[Vertex, ...] | None = None
    capacity_l_s: float | None = None
    follows_place: bool = True
    canal_id: UUID | None = None
    tolerance_m: float = TOLERANCE_M


@dataclass(frozen=True, slots=True)
class NakkaWish:
    """A nakka of an outlet as somebody wants it."""

    label: str
    outlet_id: UUID
    point: Vertex
    tolerance_m: float = TOLERANCE_M


@dataclass(frozen=True, slots=True)
class Named:
    """A canal that somebody named, whether or not its line is known."""

    id: UUID
    code: str
    course: Course | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """An outlet or a nakka that stands somewhere along a course."""

    id: UUID
    code: str
    place: Vertex | None
    metres: float | None
    watercourse: LineString | None = None


@dataclass(frozen=True, slots=True)
class AroundCanal:
    """What a drawn canal meets: canals near its ends, outlets on it or beside it, its branches.

    `was` is the canal before; `feeds_from` has every canal's code with that of its feeder.
    """

    near: Sequence[Course] = ()
    feeder: Named | None = None
    on_it: Sequence[Spot] = ()
    beside: Sequence[Spot] = ()
    branches: Sequence[Course] = ()
    was: Course | None = None
    feeds_from: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AroundOutlet:
    """What a drawn outlet meets: canals near its gate, and the nakkas of its watercourse."""

    near: Sequence[Course] = ()
    canal: Named | None = None
    nakkas: Sequence[Spot] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A point that is not kept where it was drawn."""

    drawn: Vertex
    kept: Vertex
    metres: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The values of the drawn row, those of other rows that follow from it, and what to say."""

    kind: Kind
    values: Mapping[str, Any]
    carried: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    says: Sequence[Sentence] = ()
    moves: Sequence[Move] = ()
