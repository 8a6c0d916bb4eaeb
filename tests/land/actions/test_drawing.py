from uuid import uuid4

import pytest
from sqlalchemy import select

from coopfarm.kernel.refusal import Missing
from coopfarm.land.actions import drawing as actions
from coopfarm.land.actions import drawing_back as back
from coopfarm.land.actions.drawn_rows import Act
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.land.queries import plots
from coopfarm.land.rules import canals, editing, strokes
from coopfarm.land.rules.wishes import CanalWish, NakkaWish, OutletWish
from coopfarm.store.audit import AuditEvent
from tests.land.making import METRE, line, make_canal, make_outlet, make_plot, point, square


def at(east_m, north_m=0):
    return (72 + east_m * METRE, north_m * METRE)


@pytest.fixture
def act(clock):
    return Act(None, clock.now)


@pytest.fixture
def main(session):
    return make_canal(session, "C1", line=line((0, 0), (1000, 0)), length_m=1000)


def east(**more):
    """A canal that leaves C1 at 400 m, drawn 6 m beside it."""
    wish = {"code": "C2", "points": (at(400, 6), at(400, 700)), "capacity_l_s": 60.0}
    return CanalWish(**(wish | more))


def the(session, table, code):
    session.expire_all()
    return session.scalars(select(table).where(table.code == code)).one()


def verbs(session):
    session.flush()
    return {event.verb: event for event in session.scalars(select(AuditEvent))}


def test_the_head_of_a_canal_goes_onto_the_one_that_feeds_it(session, main, act):
    done = actions.draw_canal(session, east(loss_percent_km=5.0), act)

    canal = the(session, Canal, "C2")
    assert canal.feeds_from_id == main.id
    assert canal.line.coords[0] == pytest.approx(at(400), abs=1e-7)
    assert canal.length_m == pytest.approx(696, abs=6)
    assert canal.efficiency == pytest.approx(0.95 ** (canal.length_m / 1000))
    [said] = done.says
    assert (said["code"], said["facts"]["canal"]) == ("drawn-head-moved", "C1")
    assert said["facts"]["moved_m"] == pytest.approx(6, abs=0.1)
    assert said["facts"]["metres"] == pytest.approx(400, abs=3)


def test_outlets_on_no_canal_beside_the_line_go_onto_it(session, main, act):
    near = make_outlet(
        session, "W1", place=point(408, 300), watercourse=line((408, 300), (900, 300))
    )
    make_outlet(session, "W2", place=point(440, 300))
    taken = make_outlet(session, "W3", place=point(403, 500), canal_id=main.id)

    actions.draw_canal(session, east(), act)

    session.expire_all()
    assert near.canal_id == the(session, Canal, "C2").id
    assert near.metres_from_head == pytest.approx(300, abs=3)
    assert near.place.x == pytest.approx(72 + 400 * METRE, abs=1e-7)
    assert near.watercourse.coords[0] == near.place.coords[0]
    assert the(session, Outlet, "W2").canal_id is None
    assert taken.canal_id == main.id


def test_looking_first_writes_nothing(session, main):
    make_outlet(session, "W1", place=point(408, 300))

    decision = actions.preview_canal(session, east())

    assert [said.code for said in decision.says] == ["drawn-head-moved", "drawn-gate-moved"]
    assert session.scalars(select(Canal.code)).all() == ["C1"]
    assert not session.dirty


def test_switching_the_direction_reverses_the_order(session, main, act):
    upper = make_outlet(session, "W1", canal_id=main.id, place=point(100), metres_from_head=100)
    lower = make_outlet(session, "W2", canal_id=main.id, place=point(800), metres_from_head=800)
    strip = make_outlet(session, "W3", canal_id=main.id)
    for code, metres in (("A", 0), ("B", 800)):
        make_plot(session, code, strip, boundary=square(metres))

    wish = CanalWish(
        "C1",
        points=(at(0), at(1000)),
        flows_against_line=True,
        follows_head=False,
    )
    actions.redraw_canal(session, main.id, wish, act, edition=1)

    session.expire_all()
    assert upper.metres_from_head > lower.metres_from_head
    assert upper.metres_from_head == pytest.approx(900, abs=8)
    assert [p.code for p in plots.from_head(session, strip.id)] == ["B", "A"]


def test_a_drawn_canal_taken_back_is_gone_and_its_outlets_are_as_before(session, main, act):
    outlet = make_outlet(session, "W1", place=point(408, 300))
    was = outlet.place
    done = actions.draw_canal(session, east(), act)

    back.take_back(session, done.id, act)

    session.expire_all()
    assert session.scalars(select(Canal.code)).all() == ["C1"]
    assert (outlet.canal_id, outlet.metres_from_head, outlet.place) == (None, None, was)
    assert "canal.draw-undo" in verbs(session)


def test_a_redrawn_canal_taken_back_has_its_line_and_numbers_again(session, main, act):
    was = main.line
    wish = CanalWish("C1", points=(at(0, 9), at(900, 50)), name="new", capacity_l_s=9.0)
    done = actions.redraw_canal(session, main.id, wish, act, edition=1)
    assert main.line != was

    back.take_back(session, done.id, act)

    session.expire_all()
    assert (main.line, main.name, main.capacity_l_s) == (was, "", None)
    assert (main.length_m, main.efficiency, main.edition) == (1000, 1.0, 3)


def test_what_changed_since_is_named_and_kept(session, main, act):
    done = actions.draw_canal(session, east(), act)
    canal = the(session, Canal, "C2")
    again = CanalWish("C2", points=canal.line.coords[:], name="later", follows_head=True)
    actions.redraw_canal(session, canal.id, again, act, edition=1)

    with pytest.raises(strokes.ChangedSinceDrawn, match="C2"):
        back.take_back(session, done.id, act)


def test_a_drawing_is_taken_back_once(session, main, act):
    done = actions.draw_canal(session, east(), act)
    back.take_back(session, done.id, act)

    with pytest.raises(strokes.AlreadyTakenBack):
        back.take_back(session, done.id, act)


def test_a_canal_is_deleted_only_when_nothing_hangs_on_it(session, main, act):
    make_outlet(session, "W1", canal_id=main.id)
    actions.draw_canal(session, east(), act)

    with pytest.raises(strokes.HangsOnIt, match="C2, W1"):
        back.remove(session, "canals", main.id, act, edition=1)


def test_a_deleted_canal_comes_back_as_it_was(session, main, act):
    done = back.remove(session, "canals", main.id, act, edition=1)
    assert session.scalars(select(Canal)).all() == []

    back.take_back(session, done.id, act)

    canal = the(session, Canal, "C1")
    assert canal.line.equals(line((0, 0), (1000, 0)))
    assert (canal.length_m, canal.edition) == (1000, 2)


def test_a_code_taken_meanwhile_keeps_a_deleted_canal_from_coming_back(session, main, act):
    done = back.remove(session, "canals", main.id, act, edition=1)
    make_canal(session, "C1")

    with pytest.raises(strokes.ChangedSinceDrawn, match="C1"):
        back.take_back(session, done.id, act)


def test_an_outlet_with_plots_stays(session, act):
    outlet = make_outlet(session, "W1")
    make_plot(session, "P1", outlet)

    with pytest.raises(strokes.HangsOnIt, match="P1"):
        back.remove(session, "outlets", outlet.id, act, edition=1)


def test_a_circle_is_refused_and_named(session, main, act):
    actions.draw_canal(session, east(), act)
    branch = the(session, Canal, "C2")
    wish = CanalWish("C1", points=(at(0), at(1000)), follows_head=False, feeds_from_id=branch.id)

    with pytest.raises(canals.CanalsInACircle, match="C1 ← C2 ← C1"):
        actions.redraw_canal(session, main.id, wish, act, edition=1)


def test_the_same_code_is_refused(session, main, act):
    with pytest.raises(strokes.CodeTaken, match="C1"):
        actions.draw_canal(session, east(code="C1"), act)


def test_an_old_page_is_refused(session, main, act):
    with pytest.raises(editing.ChangedMeanwhile, match="C1"):
        actions.redraw_canal(session, main.id, east(code="C1"), act, edition=0)


def test_a_named_feeder_too_far_away_is_kept_and_told(session, main, act):
    wish = east(points=(at(400, 60), at(400, 700)), follows_head=False, feeds_from_id=main.id)

    done = actions.draw_canal(session, wish, act)

    assert the(session, Canal, "C2").feeds_from_id == main.id
    [said] = done.says
    assert (said["code"], said["facts"]["away_m"]) == ("drawn-head-far", pytest.approx(60, abs=1))


def test_a_feeder_must_be_of_the_cooperative(session, act):
    with pytest.raises(Missing):
        actions.draw_canal(session, east(follows_head=False, feeds_from_id=uuid4()), act)


def test_branches_and_outlets_left_beside_a_moved_canal_are_named(session, main, act):
    actions.draw_canal(session, east(), act)
    make_outlet(session, "W1", canal_id=main.id, place=point(700))

    wish = CanalWish("C1", points=(at(0, 50), at(1000, 50)))
    done = actions.redraw_canal(session, main.id, wish, act, edition=1)

    told = {said["code"]: said["facts"] for said in done.says}
    assert told["drawn-gate-far"]["outlet"] == "W1"
    assert told["drawn-branch-far"]["away_m"] == pytest.approx(50, abs=1)


def test_an_outlet_goes_onto_the_nearest_canal(session, main, act):
    wish = OutletWish("W1", points=(at(300, 4), at(300, 400)), capacity_l_s=30.0)

    done = actions.draw_outlet(session, wish, act)

    outlet = the(session, Outlet, "W1")
    assert outlet.canal_id == main.id
    assert outlet.metres_from_head == pytest.approx(300, abs=3)
    assert outlet.watercourse.coords[0] == outlet.place.coords[0]
    assert done.says[0]["code"] == "drawn-place-moved"


def test_a_moved_watercourse_takes_its_nakkas_along(session, main, act):
    actions.draw_outlet(session, OutletWish("W1", points=(at(300), at(300, 400))), act)
    outlet = the(session, Outlet, "W1")
    actions.draw_nakka(session, NakkaWish("7", outlet.id, at(305, 200)), act)
    nakka = session.scalars(select(Nakka)).one()
    assert nakka.metres_from_outlet == pytest.approx(200, abs=2)

    wish = OutletWish("W1", points=(at(300), at(300, 100), at(310, 400)))
    done = actions.redraw_outlet(session, outlet.id, wish, act, edition=1)

    session.expire_all()
    assert nakka.place.x == pytest.approx(72 + 303.3 * METRE, abs=1 * METRE)
    back.take_back(session, done.id, act)
    session.expire_all()
    assert nakka.place.x == pytest.approx(72 + 300 * METRE, abs=1e-7)


def test_nakkas_set_the_order_of_plots(session, main, act):
    actions.draw_outlet(session, OutletWish("W1", points=(at(300), at(300, 400))), act)
    outlet = the(session, Outlet, "W1")
    actions.draw_nakka(session, NakkaWish("1", outlet.id, at(300, 300)), act)
    nakka = session.scalars(select(Nakka)).one()
    make_plot(session, "A", outlet, nakka_id=nakka.id)
    make_plot(session, "B", outlet, boundary=square(250, 120))

    wish = NakkaWish("1", outlet.id, at(300, 50))
    actions.redraw_nakka(session, nakka.id, wish, act, edition=1)

    assert [p.code for p in plots.from_head(session, outlet.id)] == ["A", "B"]


def test_every_act_is_written_down_with_before_and_after(session, main, act):
    outlet = make_outlet(session, "W1", place=point(408, 300))

    actions.draw_canal(session, east(), act)
    wish = OutletWish("W1", points=(at(700, 3),), capacity_l_s=12.0)
    session.refresh(outlet)
    actions.redraw_outlet(session, outlet.id, wish, act, edition=outlet.edition)

    told = verbs(session)
    assert told["canal.draw"].after["line"].startswith("LINESTRING")
    assert told["outlet.carry"].before["canal_id"] is None
    assert told["outlet.redraw"].before["capacity_l_s"] is None
    assert told["outlet.redraw"].after["capacity_l_s"] == 12.0
    assert session.scalars(select(Drawing)).all()
