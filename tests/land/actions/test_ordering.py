import pytest
from sqlalchemy import select

from coopfarm.kernel.refusal import Missing
from coopfarm.land.actions import ordering
from coopfarm.land.models import Nakka
from coopfarm.land.queries import plots
from coopfarm.land.rules import editing
from coopfarm.store.audit import AuditEvent
from tests.land.making import line, make_canal, make_outlet, make_plot, point, square


@pytest.fixture
def outlet(session):
    """W1 at the start of a watercourse with four plots, stored from tail to head."""
    outlet = make_outlet(session, place=point(0), watercourse=line((0, 0), (1000, 0)))
    for place, code in enumerate("DCBA"):
        make_plot(session, code, outlet, boundary=square(600 - 200 * place))
    ordering.compute_places(session, [outlet.id])
    return outlet


def from_head(session, outlet):
    return "".join(plot.code for plot in plots.from_head(session, outlet.id))


def ids(session, outlet):
    return {plot.code: plot.id for plot in plots.from_head(session, outlet.id)}


def test_places_run_from_the_head_to_the_tail_of_the_watercourse(session, outlet):
    assert from_head(session, outlet) == "ABCD"
    assert [plot.place_from_head for plot in plots.from_head(session, outlet.id)] == [1, 2, 3, 4]


def test_nothing_changes_when_the_order_is_computed_again(session, outlet):
    assert ordering.compute_places(session, [outlet.id]) == 0


def test_a_nakka_tells_where_a_plot_takes_its_water(session, outlet):
    nakka = Nakka(outlet_id=outlet.id, label="9", metres_from_outlet=950.0)
    session.add(nakka)
    session.flush()
    plots.from_head(session, outlet.id)[0].nakka_id = nakka.id

    ordering.compute_places(session, [outlet.id])

    assert from_head(session, outlet) == "BCDA"


def test_the_direction_of_the_canal_decides_where_the_head_is(session):
    canal = make_canal(session, "C1", line=line((0, 0), (1000, 0)), flows_against_line=True)
    outlet = make_outlet(session, canal_id=canal.id, metres_from_head=50)
    for place, code in enumerate("AB"):
        make_plot(session, code, outlet, boundary=square(300 * place))

    ordering.compute_places(session, [outlet.id])

    assert from_head(session, outlet) == "BA"


def test_a_place_set_by_hand_stays_when_the_order_is_computed_again(session, outlet, clock):
    plot_id = ids(session, outlet)["D"]
    moved = ordering.place_by_hand(
        session, outlet.id, {plot_id: 2}, edition=1, actor_id=None, now=clock.now
    )

    ordering.compute_places(session, [outlet.id])

    assert moved == 1
    assert from_head(session, outlet) == "ADBC"


def test_saving_every_place_as_shown_moves_only_what_was_changed(session, outlet, clock):
    shown = {id_: place for place, id_ in enumerate(ids(session, outlet).values(), start=1)}
    shown[ids(session, outlet)["A"]] = 3

    ordering.place_by_hand(session, outlet.id, shown, edition=1, actor_id=None, now=clock.now)

    assert from_head(session, outlet) == "BCAD"
    by_hand = [plot.code for plot in plots.from_head(session, outlet.id) if plot.placed_by_hand]
    assert by_hand == ["A"]


def test_saving_without_a_change_is_no_act(session, outlet, clock):
    shown = {id_: place for place, id_ in enumerate(ids(session, outlet).values(), start=1)}

    moved = ordering.place_by_hand(
        session, outlet.id, shown, edition=1, actor_id=None, now=clock.now
    )

    assert (moved, outlet.edition) == (0, 1)
    assert session.scalars(select(AuditEvent)).all() == []


def test_the_order_by_hand_can_be_forgotten(session, outlet, clock):
    plot_id = ids(session, outlet)["D"]
    ordering.place_by_hand(
        session, outlet.id, {plot_id: 1}, edition=1, actor_id=None, now=clock.now
    )

    changed = ordering.place_by_network(session, outlet.id, actor_id=None, now=clock.now)

    assert changed == 4
    assert from_head(session, outlet) == "ABCD"


def test_both_ways_of_ordering_are_written_down(session, outlet, clock):
    plot_id = ids(session, outlet)["D"]
    ordering.place_by_hand(
        session, outlet.id, {plot_id: 1}, edition=1, actor_id=None, now=clock.now
    )
    ordering.place_by_network(session, outlet.id, actor_id=None, now=clock.now)
    session.flush()

    events = {event.verb: event for event in session.scalars(select(AuditEvent))}

    assert events["outlet.order"].before == {"head_to_tail": ["A", "B", "C", "D"]}
    assert events["outlet.order"].after == {"head_to_tail": ["D", "A", "B", "C"]}
    assert events["outlet.compute-order"].after == {"head_to_tail": ["A", "B", "C", "D"]}


def test_who_orders_from_an_old_page_is_refused(session, outlet, clock):
    plot_id = ids(session, outlet)["D"]

    with pytest.raises(editing.ChangedMeanwhile, match="W1"):
        ordering.place_by_hand(
            session, outlet.id, {plot_id: 1}, edition=7, actor_id=None, now=clock.now
        )


def test_an_outlet_of_another_cooperative_is_not_there(session, outlet, clock):
    session.flush()
    session.cooperative_id += 1
    session.expunge_all()

    with pytest.raises(Missing):
        ordering.place_by_network(session, outlet.id, actor_id=None, now=clock.now)
