"""A machine is booked for a plot that is sprayed: whoever comes second knows of the first."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.pests.actions import sprays
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.queries import sprays as queries
from coopfarm.pests.rules.sprays import Label, Wish
from tests.land.making import make_plot, square
from tests.races.phones import Answer, Phone, crowd
from tests.races.races import Result
from tests.races.server import Group
from tests.races.village import NOW, Village, wish

_ENDED = NOW - timedelta(minutes=5)
# Two days: the hour that every phone asks for is within.
_LABEL = Label(48.0, 0.0, "Label of Safi, Delta Works", 2025)
_AT_ONCE = 4


def sprayed(village: Village, group: Group, people: int, rounds: int) -> Result:
    """Everybody books a machine for a plot of theirs while it is written down as sprayed.

    A booking that came first is what the spraying finds on the plot and has to move; one that
    came second is refused.
    """
    machine_ids = village.machines(people, "sprayer")
    result = Result()
    for number in range(rounds):
        plots = _plots(village, people, number)
        with ThreadPoolExecutor(max_workers=1) as hands:
            sending = hands.submit(asyncio.run, _book(village, group, machine_ids, plots, number))
            found = _spray(village, plots)
            answers = sending.result()
        result.count(answers)
        lost = sum(one.status == 409 for one in answers)
        won = {UUID(one.said["id"]) for one in answers if one.status == 201}
        result.expect(len(won) + lost == people, f"round {number}: another answer")
        unknown = len(won - found)
        result.expect(unknown == 0, f"round {number}: {unknown} bookings slipped in")
        result.expect(found <= won, f"round {number}: what was found was not booked")
    return result


def _plots(village: Village, people: int, number: int) -> list[UUID]:
    """A new plot for each."""
    with village.database.transaction(village.cooperative_id) as session:
        return [
            make_plot(
                session, f"{number}-{at}", boundary=square(110 * at, 110 * number), holder_id=holder
            ).id
            for at, holder in enumerate(village.members[:people])
        ]


async def _book(
    village: Village,
    group: Group,
    machine_ids: Sequence[UUID],
    plots: Sequence[UUID],
    number: int,
) -> Sequence[Answer]:
    async with crowd(group.port, village.cookies[: len(plots)]) as phones:

        def ask(at: int, phone: Phone) -> asyncio.Task[Answer]:
            hour = wish([machine_ids[at]], number) | {"plot_id": str(plots[at])}
            return asyncio.create_task(phone.book(hour))

        return await asyncio.gather(*(ask(at, phone) for at, phone in enumerate(phones)))


def _spray(village: Village, plots: Sequence[UUID]) -> set[UUID]:
    """What was found on all the plots by those who sprayed them."""

    def spray(at: int) -> set[UUID]:
        act = Act(village.members[at], frozenset({"member"}), NOW, ZoneInfo("Africa/Cairo"))
        with village.database.transaction(village.cooperative_id) as session:
            made = sprays.record(session, _wish(plots[at]), act)
            return {one.time.id for one in queries.planned(session, made)}

    with ThreadPoolExecutor(_AT_ONCE) as hands:
        return set[UUID]().union(*hands.map(spray, range(len(plots))))


def _wish(plot_id: UUID) -> Wish:
    return Wish(
        plot_id=plot_id,
        product="Safi",
        dose=1.0,
        dose_unit="l_ha",
        area_m2=None,
        wind_km_h=8.0,
        during=Interval(_ENDED - timedelta(hours=1), _ENDED),
        label=_LABEL,
    )
