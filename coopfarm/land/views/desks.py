"""What a drawing page is about: a canal, an outlet or a nakka, new or there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from coopfarm.land.actions import drawing
from coopfarm.land.actions.drawn_rows import Act
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.land.queries import drawing as queries
from coopfarm.land.queries import network
from coopfarm.land.rules import editing, order, snapping, strokes
from coopfarm.land.rules.rows import CODE_LETTERS
from coopfarm.land.rules.strokes import Vertex
from coopfarm.land.rules.wishes import CanalWish, Decision, Kind, NakkaWish, OutletWish
from coopfarm.land.views import door
from coopfarm.web import request, written

LABEL_LETTERS = 30
SNAP = "snap"
_TOLERANCE = snapping.TOLERANCE_M

Form = MultiDict[str, str]


class Desk(Protocol):
    """One drawing page: what it shows, what it makes of a form, and what it does with that."""

    @property
    def kind(self) -> Kind: ...

    @property
    def row(self) -> Canal | Outlet | Nakka | None: ...

    def action(self) -> str:
        """Where its form is sent."""

    def shown(self) -> dict[str, str]:
        """Its fields as they are stored."""

    def points(self) -> Sequence[Vertex]:
        """Its points as they are stored."""

    def wish(self, form: Form, points: tuple[Vertex, ...]) -> Any:
        """What a form asks for. Raises Invalid with the field."""

    def preview(self, wish: Any) -> Decision:
        """What that would write."""

    def keep(self, wish: Any, act: Act) -> Drawing | None:
        """Write it."""


@dataclass(frozen=True)
class CanalDesk:
    """A canal being drawn."""

    row: Canal | None = None
    kind: Kind = "canals"

    def action(self) -> str:
        if self.row is None:
            return url_for("land.draw_new_canal")
        return url_for("land.redraw_canal", canal_id=self.row.id)

    def shown(self) -> dict[str, str]:
        row = self.row
        if row is None:
            return {"feeds_from": SNAP, "flows": "with", "tolerance_m": door.exact(_TOLERANCE)}
        loses = row.loss_percent_km is not None
        return {
            "code": row.code,
            "name": row.name,
            "capacity_l_s": door.exact(row.capacity_l_s),
            "loss_percent_km": door.exact(row.loss_percent_km),
            "efficiency": "" if loses else door.exact(row.efficiency * 100),
            "feeds_from": str(row.feeds_from_id or ""),
            "flows": "against" if row.flows_against_line else "with",
            "tolerance_m": door.exact(_TOLERANCE),
        }

    def points(self) -> Sequence[Vertex]:
        return snapping.vertices(self.row.line) if self.row and self.row.line else ()

    def wish(self, form: Form, points: tuple[Vertex, ...]) -> CanalWish:
        feeder = form.get("feeds_from", SNAP)
        arrives = door.number_or_none(form.get("efficiency", ""), "efficiency")
        return CanalWish(
            code=self.row.code if self.row else _code(form, "code", CODE_LETTERS),
            name=form.get("name", "").strip(),
            points=points,
            flows_against_line=form.get("flows") == "against",
            capacity_l_s=door.number_or_none(form.get("capacity_l_s", ""), "capacity_l_s"),
            loss_percent_km=door.number_or_none(form.get("loss_percent_km", ""), "loss_percent_km"),
            efficiency=None if arrives is None else arrives / 100,
            follows_head=feeder == SNAP,
            feeds_from_id=None if feeder == SNAP else door.id_or_none(feeder, "feeds_from"),
            tolerance_m=_tolerance(form),
        )

    def preview(self, wish: CanalWish) -> Decision:
        return drawing.preview_canal(request.session(), wish, self.row)

    def keep(self, wish: CanalWish, act: Act) -> Drawing | None:
        session = request.session()
        if self.row is None:
            return drawing.draw_canal(session, wish, act)
        return drawing.redraw_canal(session, self.row.id, wish, act, edition=door.edition())


@dataclass(frozen=True)
class OutletDesk:
    """An outlet being drawn: its gate, and its watercourse from the gate on."""

    row: Outlet | None = None
    kind: Kind = "outlets"

    def action(self) -> str:
        if self.row is None:
            return url_for("land.draw_new_outlet")
        return url_for("land.redraw_outlet", outlet_id=self.row.id)

    def shown(self) -> dict[str, str]:
        row = self.row
        if row is None:
            return {"canal": SNAP, "tolerance_m": door.exact(_TOLERANCE)}
        return {
            "code": row.code,
            "name": row.name,
            "capacity_l_s": door.exact(row.capacity_l_s),
            "canal": str(row.canal_id or SNAP),
            "tolerance_m": door.exact(_TOLERANCE),
        }

    def points(self) -> Sequence[Vertex]:
        return queries.gate_first(self.row) if self.row else ()

    def wish(self, form: Form, points: tuple[Vertex, ...]) -> OutletWish:
        canal = form.get("canal", SNAP)
        return OutletWish(
            code=self.row.code if self.row else _code(form, "code", CODE_LETTERS),
            name=form.get("name", "").strip(),
            points=points,
            capacity_l_s=door.number_or_none(form.get("capacity_l_s", ""), "capacity_l_s"),
            follows_place=canal == SNAP,
            canal_id=None if canal == SNAP else door.id_or_none(canal, "canal"),
            tolerance_m=_tolerance(form),
        )

    def preview(self, wish: OutletWish) -> Decision:
        return drawing.preview_outlet(request.session(), wish, self.row)

    def keep(self, wish: OutletWish, act: Act) -> Drawing | None:
        session = request.session()
        if self.row is None:
            return drawing.draw_outlet(session, wish, act)
        return drawing.redraw_outlet(session, self.row.id, wish, act, edition=door.edition())


@dataclass(frozen=True)
class NakkaDesk:
    """A nakka of an outlet being drawn."""

    outlet: Outlet
    row: Nakka | None = None
    kind: Kind = "nakkas"

    def action(self) -> str:
        if self.row is None:
            return url_for("land.draw_new_nakka", outlet_id=self.outlet.id)
        return url_for("land.redraw_nakka", nakka_id=self.row.id)

    def shown(self) -> dict[str, str]:
        label = {} if self.row is None else {"label": self.row.label}
        return {**label, "tolerance_m": door.exact(_TOLERANCE)}

    def points(self) -> Sequence[Vertex]:
        return snapping.vertices(self.row.place) if self.row and self.row.place else ()

    def wish(self, form: Form, points: tuple[Vertex, ...]) -> NakkaWish:
        if len(points) != 1:
            raise strokes.OnePointOnly(field="points", points=len(points))
        label = _code(form, "label", LABEL_LETTERS)
        return NakkaWish(label, self.outlet.id, points[0], _tolerance(form))

    def preview(self, wish: NakkaWish) -> Decision:
        return drawing.preview_nakka(request.session(), wish)

    def keep(self, wish: NakkaWish, act: Act) -> Drawing | None:
        session = request.session()
        if self.row is None:
            return drawing.draw_nakka(session, wish, act)
        return drawing.redraw_nakka(session, self.row.id, wish, act, edition=door.edition())


def canals_to_choose(but: UUID | None = None) -> list[tuple[str, str]]:
    """Every canal for a form, with the one that is snapped to and none at the top."""
    found = sorted(network.canals(request.session()), key=lambda canal: order.natural(canal.code))
    named = [
        (str(c.id), f"{c.code} · {c.name}" if c.name else c.code) for c in found if c.id != but
    ]
    return [(SNAP, gettext("the one it snaps to")), ("", gettext("none")), *named]


def _code(form: Mapping[str, str], field: str, most: int) -> str:
    text = form.get(field, "").strip()
    if not text:
        raise written.FieldMissing(field=field)
    if len(text) > most:
        raise editing.TooLong(field=field, letters=len(text), most=most)
    return text


def _tolerance(form: Form) -> float:
    text = form.get("tolerance_m", "")
    return written.number(text, field="tolerance_m") if text.strip() else _TOLERANCE
