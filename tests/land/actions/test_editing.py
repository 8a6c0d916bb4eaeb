from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from coopfarm.kernel.refusal import Missing
from coopfarm.land.actions import editing as actions
from coopfarm.land.queries import plots
from coopfarm.land.rules import canals, editing
from coopfarm.store.audit import AuditEvent
from tests.factories.members import make_member
from tests.land.making import line, make_canal, make_outlet, make_plot, point, square


@pytest.fixture
def change(clock):
    def make(act, row, session, **values):
        return act(session, row.id, values, edition=row.edition, actor_id=None, now=clock.now)

    return make


def test_a_plot_keeps_what_is_written_and_who_wrote_it(session, change):
    amina = make_member(session)
    plot = make_plot(session, "P1")

    change(
        actions.change_plot,
        plot,
        session,
        crop="rice",
        sown_on=date(2026, 6, 1),
        holder_id=amina.id,
        net_area_m2=9_000.0,
    )

    session.flush()
    event = session.scalars(select(AuditEvent)).one()
    assert (plot.crop, plot.net_area_m2, plot.edition) == ("rice", 9_000.0, 2)
    assert event.verb == "plot.change"
    assert event.before["net_area_m2"] == 10_000.0
    assert event.after["sown_on"] == "2026-06-01"


def test_writing_what_is_there_already_is_no_act(session, change):
    plot = make_plot(session, "P1", crop="rice")

    change(actions.change_plot, plot, session, crop="rice")

    assert plot.edition == 1
    assert session.scalars(select(AuditEvent)).all() == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"net_area_m2": 10_000.5}, editing.NetAreaTooLarge),
        ({"net_area_m2": 0.0}, editing.OutOfRange),
        ({"net_area_m2": float("nan")}, editing.OutOfRange),
        ({"shares": -1.0}, editing.OutOfRange),
        ({"filling_minutes": -5.0}, editing.OutOfRange),
        ({"draining_minutes": float("inf")}, editing.OutOfRange),
        ({"crop": "teff"}, editing.CropNotInTable),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(session, change, values, refusal):
    plot = make_plot(session, "P1")

    with pytest.raises(refusal):
        change(actions.change_plot, plot, session, **values)

    assert plot.edition == 1


def test_a_crop_is_kept_by_its_code_however_it_was_written(session, change):
    plot = make_plot(session, "P1")

    change(actions.change_plot, plot, session, crop="Winter-Wheat")

    assert plot.crop == "winter_wheat"


def test_a_crop_that_is_not_in_the_table_is_answered_with_those_like_it(session, change):
    plot = make_plot(session, "P1")

    with pytest.raises(editing.CropNotInTable) as refused:
        change(actions.change_plot, plot, session, crop="coton")

    assert refused.value.alternatives[0] == {"crop": "cotton", "title": "cotton"}


def test_an_edit_of_an_old_page_is_refused(session, clock):
    plot = make_plot(session, "P1")

    with pytest.raises(editing.ChangedMeanwhile, match="P1"):
        actions.change_plot(
            session, plot.id, {"name": "x"}, edition=0, actor_id=None, now=clock.now
        )


def test_a_holder_and_an_outlet_must_be_of_the_cooperative(session, change):
    plot = make_plot(session, "P1")

    with pytest.raises(Missing):
        change(actions.change_plot, plot, session, holder_id=uuid4())
    with pytest.raises(Missing):
        change(actions.change_plot, plot, session, outlet_id=uuid4())


def test_a_plot_that_goes_to_another_outlet_gets_its_place_there(session, change):
    old = make_outlet(session, "W1")
    new = make_outlet(session, "W2", place=point(0), watercourse=line((0, 0), (900, 0)))
    near = make_plot(session, "near", new, boundary=square(0), place_from_head=1)
    plot = make_plot(
        session, "far", old, boundary=square(500), place_from_head=9, placed_by_hand=True
    )

    change(actions.change_plot, plot, session, outlet_id=new.id)

    assert [p.code for p in plots.from_head(session, new.id)] == [near.code, plot.code]
    assert not plot.placed_by_hand


def test_a_canal_cannot_be_made_to_feed_itself(session, change):
    canal = make_canal(session, "C1")

    with pytest.raises(canals.CanalFeedsItself, match="C1"):
        change(actions.change_canal, canal, session, feeds_from_id=canal.id)


def test_a_canal_cannot_be_fed_from_below(session, change):
    main = make_canal(session, "main")
    minor = make_canal(session, "minor", feeds_from_id=main.id)

    with pytest.raises(canals.CanalsInACircle, match="main ← minor ← main"):
        change(actions.change_canal, main, session, feeds_from_id=minor.id)


@pytest.mark.parametrize(
    "values", [{"efficiency": 0.0}, {"efficiency": 1.2}, {"capacity_l_s": -1.0}, {"length_m": -1.0}]
)
def test_a_canal_has_no_impossible_numbers(session, change, values):
    canal = make_canal(session, "C1")

    with pytest.raises(editing.OutOfRange):
        change(actions.change_canal, canal, session, **values)


def test_turning_the_flow_of_a_canal_turns_the_order_below_it(session, change):
    canal = make_canal(session, "C1", line=line((0, 0), (1000, 0)))
    outlet = make_outlet(session, canal_id=canal.id, metres_from_head=0)
    for code, east in (("A", 0), ("B", 800)):
        make_plot(session, code, outlet, boundary=square(east))

    change(actions.change_canal, canal, session, flows_against_line=True)

    assert [p.code for p in plots.from_head(session, outlet.id)] == ["B", "A"]


def test_an_outlet_can_be_put_on_a_canal(session, change):
    canal = make_canal(session, "C1")
    outlet = make_outlet(session, "W1")

    change(actions.change_outlet, outlet, session, canal_id=canal.id, capacity_l_s=28.0)

    assert (outlet.canal_id, outlet.capacity_l_s, outlet.edition) == (canal.id, 28.0, 2)
