"""What there is to say about where drawn things went."""

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land.rules import snapping
from coopfarm.land.rules.snapping import Course, Snap
from coopfarm.land.rules.strokes import Vertex

HEAD_MOVED = Phrase(
    "drawn-head-moved",
    N_(
        "The head goes onto canal %(canal)s: it moves by %(moved_m)s m, to %(metres)s m from the"
        " head of that canal."
    ),
)
HEAD_THERE = Phrase(
    "drawn-head-there",
    N_("The head lies on canal %(canal)s, %(metres)s m from the head of that canal."),
)
HEAD_FREE = Phrase(
    "drawn-head-free",
    N_("No canal is within %(tolerance_m)s m of the head, so its water comes from outside."),
)
HEAD_OUTSIDE = Phrase("drawn-head-outside", N_("Its water comes from outside, as you chose."))
HEAD_FAR = Phrase(
    "drawn-head-far",
    N_(
        "The head stays where it was drawn, %(away_m)s m from canal %(canal)s, which feeds it: it"
        " snaps within %(tolerance_m)s m."
    ),
)
TAIL_MOVED = Phrase(
    "drawn-tail-moved",
    N_("The tail goes to a corner of canal %(canal)s: it moves by %(moved_m)s m."),
)
TAIL_THERE = Phrase("drawn-tail-there", N_("The tail lies on a corner of canal %(canal)s."))
GATE_MOVED = Phrase(
    "drawn-gate-moved",
    N_(
        "Outlet %(outlet)s goes onto this canal: it moves by %(moved_m)s m, to %(metres)s m from"
        " the head."
    ),
)
GATE_THERE = Phrase(
    "drawn-gate-there", N_("Outlet %(outlet)s is %(metres)s m from the head of this canal.")
)
GATE_FAR = Phrase(
    "drawn-gate-far",
    N_("Outlet %(outlet)s is on this canal and %(away_m)s m beside the line. Draw it anew."),
)
BRANCH_FAR = Phrase(
    "drawn-branch-far",
    N_(
        "Canal %(canal)s is fed by this one, and its head is %(away_m)s m beside the line. Draw it"
        " anew."
    ),
)
PLACE_MOVED = Phrase(
    "drawn-place-moved",
    N_(
        "The outlet goes onto canal %(canal)s: it moves by %(moved_m)s m, to %(metres)s m from the"
        " head."
    ),
)
PLACE_THERE = Phrase(
    "drawn-place-there", N_("The outlet lies on canal %(canal)s, %(metres)s m from the head.")
)
PLACE_FREE = Phrase(
    "drawn-place-free",
    N_("No canal is within %(tolerance_m)s m, so the outlet is on none."),
)
PLACE_APART = Phrase("drawn-place-apart", N_("The outlet is on no canal, as you chose."))
PLACE_FAR = Phrase(
    "drawn-place-far",
    N_(
        "The outlet stays where it was drawn, %(away_m)s m from canal %(canal)s: it snaps within"
        " %(tolerance_m)s m."
    ),
)
NAKKA_MOVED = Phrase(
    "drawn-nakka-moved",
    N_(
        "The nakka goes onto the watercourse of outlet %(outlet)s: it moves by %(moved_m)s m, to"
        " %(metres)s m from the outlet."
    ),
)
NAKKA_THERE = Phrase(
    "drawn-nakka-there",
    N_("The nakka lies on the watercourse of outlet %(outlet)s, %(metres)s m from the outlet."),
)
NAKKA_FAR = Phrase(
    "drawn-nakka-far",
    N_(
        "The nakka stays where it was drawn, %(away_m)s m from the watercourse of outlet"
        " %(outlet)s: it snaps within %(tolerance_m)s m."
    ),
)
NAKKA_FREE = Phrase(
    "drawn-nakka-free",
    N_("Outlet %(outlet)s has no watercourse drawn, so the nakka stays where it was drawn."),
)


def of_head(snap: Snap | None, feeder: Course | None, at: Vertex, tolerance_m: float) -> Sentence:
    """`feeder` is the canal that was named, None where the nearest was looked for."""
    if snap is not None:
        return (HEAD_MOVED if _is_moved(snap) else HEAD_THERE)(canal=snap.onto.code, **_moved(snap))
    if feeder is None:
        return HEAD_FREE(tolerance_m=tolerance_m)
    return HEAD_FAR(canal=feeder.code, away_m=_away(feeder, at), tolerance_m=tolerance_m)


def of_tail(snap: Snap) -> Sentence:
    if not _is_moved(snap):
        return TAIL_THERE(canal=snap.onto.code)
    return TAIL_MOVED(canal=snap.onto.code, moved_m=round(snap.moved_m, 1))


def of_gate(outlet: str, snap: Snap) -> Sentence:
    return (GATE_MOVED if _is_moved(snap) else GATE_THERE)(outlet=outlet, **_moved(snap))


def of_place(snap: Snap | None, canal: Course | None, at: Vertex, tolerance_m: float) -> Sentence:
    if snap is not None:
        return (PLACE_MOVED if _is_moved(snap) else PLACE_THERE)(
            canal=snap.onto.code, **_moved(snap)
        )
    if canal is None:
        return PLACE_FREE(tolerance_m=tolerance_m)
    return PLACE_FAR(canal=canal.code, away_m=_away(canal, at), tolerance_m=tolerance_m)


def of_nakka(
    snap: Snap | None, course: Course | None, outlet: str, at: Vertex, tolerance_m: float
) -> Sentence:
    if course is None:
        return NAKKA_FREE(outlet=outlet)
    if snap is not None:
        return (NAKKA_MOVED if _is_moved(snap) else NAKKA_THERE)(outlet=outlet, **_moved(snap))
    return NAKKA_FAR(outlet=outlet, away_m=_away(course, at), tolerance_m=tolerance_m)


def _is_moved(snap: Snap) -> bool:
    """Whether it is worth telling: by 5 cm at least."""
    return round(snap.moved_m, 1) > 0


def _moved(snap: Snap) -> dict[str, float]:
    metres = {"metres": round(snap.metres_from_head, 1)}
    return {**metres, "moved_m": round(snap.moved_m, 1)} if _is_moved(snap) else metres


def _away(course: Course, at: Vertex) -> float:
    return round(snapping.foot(course, at).away_m, 1)
