"""Drawing canals, outlets and nakkas: looked at first, then written with a way back."""

from dataclasses import replace
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.land.actions.drawn_rows import Act, changed, made
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.land.queries import drawing as queries
from coopfarm.land.queries import network
from coopfarm.land.rules import drawing, editing, strokes
from coopfarm.land.rules.wishes import CanalWish, Decision, NakkaWish, OutletWish

Wish = TypeVar("Wish", CanalWish, OutletWish)


def preview_canal(session: Session, wish: CanalWish, canal: Canal | None = None) -> Decision:
    """What drawing this canal would write; writes nothing. Raises why it cannot be drawn."""
    wish = _checked(wish)
    return drawing.decide_canal(
        wish, queries.around_canal(session, wish, canal), canal.id if canal else uuid4()
    )


def preview_outlet(session: Session, wish: OutletWish, outlet: Outlet | None = None) -> Decision:
    """What drawing this outlet would write; writes nothing. Raises why it cannot be drawn."""
    wish = _checked(wish)
    return drawing.decide_outlet(
        wish, queries.around_outlet(session, wish, outlet), outlet.id if outlet else uuid4()
    )


def preview_nakka(session: Session, wish: NakkaWish) -> Decision:
    """What drawing this nakka would write; writes nothing. Raises why it cannot be drawn."""
    drawing.check_wish(wish)
    outlet = network.outlet(session, wish.outlet_id)
    return drawing.decide_nakka(wish, queries.spot_of(outlet))


def draw_canal(session: Session, wish: CanalWish, act: Act) -> Drawing:
    """Make a canal. Outlets on no canal beside its line go onto it. Raises CodeTaken and others."""
    queries.hold_canals(session)
    if queries.code_is_taken(session, Canal, wish.code):
        raise strokes.CodeTaken(field="code", kind="canal", name=wish.code)
    wish = _checked(wish)
    row = Canal(id=uuid4(), code=wish.code)
    around = queries.around_canal(session, wish, None)
    return made(session, row, drawing.decide_canal(wish, around, row.id), act)


def redraw_canal(
    session: Session, canal_id: UUID, wish: CanalWish, act: Act, *, edition: int
) -> Drawing | None:
    """Change a canal as of the edition that was seen; its code stays. None if all is as it was.

    Raises ChangedMeanwhile, CanalsInACircle, Missing and what cannot be drawn.
    """
    queries.hold_canals(session)
    canal = network.canal(session, canal_id, for_update=True)
    editing.check_edition(canal.code, canal.edition, edition)
    decision = preview_canal(session, replace(wish, code=canal.code), canal)
    return changed(session, canal, decision, act)


def draw_outlet(session: Session, wish: OutletWish, act: Act) -> Drawing:
    """Make an outlet, on the canal it snaps to or the one named. Raises CodeTaken and others."""
    if queries.code_is_taken(session, Outlet, wish.code):
        raise strokes.CodeTaken(field="code", kind="outlet", name=wish.code)
    row = Outlet(id=uuid4(), code=wish.code)
    return made(session, row, preview_outlet(session, wish), act)


def redraw_outlet(
    session: Session, outlet_id: UUID, wish: OutletWish, act: Act, *, edition: int
) -> Drawing | None:
    """Change an outlet as of the edition that was seen; its code stays. None if all is as it was.

    Raises ChangedMeanwhile, Missing and what cannot be drawn.
    """
    outlet = network.outlet(session, outlet_id, for_update=True)
    editing.check_edition(outlet.code, outlet.edition, edition)
    decision = preview_outlet(session, replace(wish, code=outlet.code), outlet)
    return changed(session, outlet, decision, act)


def draw_nakka(session: Session, wish: NakkaWish, act: Act) -> Drawing:
    """Make a nakka of an outlet. Raises CodeTaken, Missing and what cannot be drawn."""
    _check_label(session, wish)
    decision = preview_nakka(session, wish)
    return made(session, Nakka(id=uuid4(), label=wish.label), decision, act)


def redraw_nakka(
    session: Session, nakka_id: UUID, wish: NakkaWish, act: Act, *, edition: int
) -> Drawing | None:
    """Change a nakka as of the edition that was seen; it stays with its outlet.

    None where all is as it was.
    """
    nakka = queries.nakka(session, nakka_id, for_update=True)
    editing.check_edition(nakka.label, nakka.edition, edition)
    wish = replace(wish, outlet_id=nakka.outlet_id)
    if wish.label != nakka.label:
        _check_label(session, wish)
    return changed(session, nakka, preview_nakka(session, wish), act)


def _checked(wish: Wish) -> Wish:
    """The wish with points that can be, before anything is looked up by them."""
    drawing.check_wish(wish)
    if wish.points is None:
        return wish
    return replace(wish, points=strokes.path(wish.points, least=1))


def _check_label(session: Session, wish: NakkaWish) -> None:
    if queries.label_is_taken(session, wish.outlet_id, wish.label):
        raise strokes.CodeTaken(field="label", kind="nakka", name=wish.label)
