"""What would be accepted instead: the same machine later, or another one like it."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Final, overload

from sqlalchemy.orm import Session

from coopfarm.equipment.queries import cases, fleet, times, upkeep
from coopfarm.equipment.queries.cases import AHEAD, AROUND, Case
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import slots
from coopfarm.equipment.rules.work import Rig
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase

OFFERED: Final = 3
_TRIED: Final = 400
_SOON: Final = timedelta(days=3)
OFFER = Phrase("booking-offer", N_("%(machine)s, %(starts)s"))
Offer = dict[str, object]


class Instead(Sequence[Offer]):
    """What `instead` offers, looked for when it is first asked for.

    It takes far longer than the refusal: whoever is refused gives up what they hold before.
    """

    def __init__(self, session: Session, case: Case) -> None:
        self._session, self._case = session, case
        self._found: tuple[Offer, ...] | None = None

    @overload
    def __getitem__(self, at: int) -> Offer: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Offer]: ...
    def __getitem__(self, at: int | slice) -> Offer | Sequence[Offer]:
        return self._offers[at]

    def __len__(self) -> int:
        return len(self._offers)

    @property
    def _offers(self) -> tuple[Offer, ...]:
        if self._found is None:
            # Most find enough so soon that the weeks after it need not be read.
            self._found = self._within(_SOON)
            if len(self._found) < OFFERED:
                self._found = self._within(AHEAD)
        return self._found

    def _within(self, ahead: timedelta) -> tuple[Offer, ...]:
        if _is_in_vain(self._case):
            return ()
        return instead(self._session, cases.far(self._session, self._case, ahead), ahead)


def instead(session: Session, case: Case, ahead: timedelta = AHEAD) -> tuple[Offer, ...]:
    """Up to `OFFERED` slots that would be accepted, the soonest first.

    Of one machine alone those of its like count too; machines that are booked together are
    kept together.
    """
    if _is_in_vain(case):
        return ()
    found: list[Iterator[tuple[Interval, Rig]]] = [_of(case, case.rigs, ahead)]
    if len(case.rigs) == 1:
        found += [_of(other, other.rigs, ahead) for other in _others(session, case, ahead)]
    soonest = heapq.merge(*found, key=lambda slot: (slot[0].start, slot[1].name))
    return tuple(_as_offer(case, slot, rig) for slot, rig in islice(soonest, OFFERED))


def _is_in_vain(case: Case) -> bool:
    """Whether it is not the hours that are refused: whoever has too much open gets no others."""
    refused = case.policy.check(case.asked(case.wanted.during)).refused
    return any(isinstance(one, no.TooManyOpen) for one in refused)


def _others(session: Session, case: Case, ahead: timedelta) -> Iterator[Case]:
    rig = case.rigs[0]
    rows = [row for row in fleet.alike(session, rig.category, case.wanted.job) if row.id != rig.id]
    if not rows:
        return
    start = case.whose.now
    span = Interval(start - AROUND, max(start, case.wanted.during.end) + ahead + AROUND)
    taken = times.taken(session, [row.id for row in rows], span, latin=case.whose.latin)
    needs = upkeep.needs(session, [row.id for row in rows])
    for row in rows:
        yield replace(case, rigs=(fleet.rig(row),), taken=taken, needs=needs)


def _of(case: Case, rigs: tuple[Rig, ...], ahead: timedelta) -> Iterator[tuple[Interval, Rig]]:
    """Slots of the length that was asked for, or of the nearest that the rules allow."""
    during, roles = case.wanted.during, case.asked(case.wanted.during).roles
    frame = slots.Frame(
        earliest=max(case.whose.now, during.start - timedelta(hours=12)),
        latest=max(case.whose.now, during.end) + ahead,
        zone=case.whose.zone,
        hours=case.policy.hours(roles),
    )
    length = case.policy.nearest_length(during.length, roles)
    for slot in fitting(case, rigs, length, frame):
        yield slot, rigs[0]


def fitting(
    case: Case, rigs: tuple[Rig, ...], length: timedelta, frame: slots.Frame
) -> Iterator[Interval]:
    """Slots at which all of these machines can come, and that the plot and the rules allow."""
    if any(rig.state != "in_service" for rig in rigs):
        return
    first, *rest = rigs
    tried = slots.free(first, length, case.spot, case.taken[first.id], frame)
    for slot in islice(tried, _TRIED):
        if any(slots.clash(rig, slot, case.spot, case.taken[rig.id]) for rig in rest):
            continue
        if any(Interval(t.starts_at, t.ends_at).overlaps(slot) for t in case.plot_times):
            continue
        if any(case.past_due(rig, slot) for rig in rigs):
            continue
        if not case.policy.check(case.asked(slot)).refused:
            yield slot


def _as_offer(case: Case, slot: Interval, rig: Rig) -> Offer:
    ids = [rig.id] if len(case.rigs) == 1 else [one.id for one in case.rigs]
    return {
        "machine_ids": [str(one) for one in ids],
        "machine": rig.name,
        "starts_at": slot.start.isoformat(),
        "ends_at": slot.end.isoformat(),
        "words": OFFER(machine=rig.name, starts=slot.start),
    }
