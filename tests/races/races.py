"""The races for machines: each gives what came of it, and says what is wrong with that."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

from tests.races.phones import Answer, Phone, crowd
from tests.races.server import Group
from tests.races.village import Village, wish

ENOUGH = 3
# From and to which hour. All meet the last; the second and the third only touch.
SHAPES = ((3.0, 5.0), (2.0, 4.0), (4.0, 6.0), (3.5, 4.5), (2.0, 6.0))
_ONE_DAY = 24
Asked = Any


@dataclass
class Result:
    """What came of a race: how each was answered, how long each waited, and what is wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)
    workers: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    kills: int = 0

    def count(self, answers: Sequence[Answer]) -> None:
        self.statuses.update(one.status for one in answers)
        self.took_s += [one.took_s for one in answers]
        self.workers |= {one.worker for one in answers}
        bad = [one.status for one in answers if one.status >= 500]
        self.expect(not bad, f"{len(bad)} answers of 500 or more")

    def expect(self, is_so: bool, else_wrong: str) -> None:
        if not is_so:
            self.wrong.append(else_wrong)

    @property
    def p99_s(self) -> float:
        return sorted(self.took_s)[int(len(self.took_s) * 0.99)]


def _run(race: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: a browser that was opened before keeps the loop of this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, race).result()


def one_slot(village: Village, group: Group, people: int, rounds: int) -> Result:
    """All want the same hour: one gets it, the others learn of it and are offered others."""
    machine_ids = village.machines(1, "tractor")

    async def race() -> Result:
        result = Result()
        async with crowd(group.port, village.cookies[:people]) as phones:
            for number in range(rounds):
                hour = wish(machine_ids, number * _ONE_DAY)
                answers = await asyncio.gather(*(phone.book(hour) for phone in phones))
                result.count(answers)
                won = sum(one.status == 201 for one in answers)
                lost = [one for one in answers if one.status == 409]
                result.expect(won == 1, f"round {number}: {won} winners")
                result.expect(won + len(lost) == people, f"round {number}: another answer")
                offered = min((len(one.said.get("alternatives", ())) for one in lost), default=0)
                result.expect(offered >= ENOUGH, f"round {number}: {offered} alternatives")
        return result

    result = _run(race())
    kept = len(village.booked(machine_ids))
    result.expect(kept == rounds, f"{kept} bookings are kept of {rounds} rounds")
    return result


def shapes(village: Village, group: Group, people: int, rounds: int) -> Result:
    """Stretches that overlap: no two winners meet, and every loser met a winner."""
    machine_ids = village.machines(1, "harrow")

    def ask(number: int, at: int) -> tuple[Asked, dict[str, Any]]:
        start, end = SHAPES[at % len(SHAPES)]
        return (start, end), wish(machine_ids, number * _ONE_DAY + start, end - start)

    def meet(one: Asked, other: Asked) -> bool:
        return bool(one[0] < other[1] and other[0] < one[1])

    return _run(_rivals(group.port, village.cookies[:people], rounds, ask, meet))


def several(village: Village, group: Group, people: int, rounds: int) -> Result:
    """Two to five machines each, named in any order: no circle of who waits for whom."""
    machine_ids = village.machines(8, "baler")
    dice = random.Random(7)  # noqa: S311 (a race, not a secret)

    def ask(number: int, _at: int) -> tuple[Asked, dict[str, Any]]:
        chosen = dice.sample(machine_ids, dice.randint(2, 5))
        return set(chosen), wish(chosen, number * _ONE_DAY)

    def meet(one: Asked, other: Asked) -> bool:
        return bool(one & other)

    return _run(_rivals(group.port, village.cookies[:people], rounds, ask, meet))


async def _rivals(
    port: int,
    cookies: Sequence[str],
    rounds: int,
    ask: Callable[[int, int], tuple[Asked, dict[str, Any]]],
    meet: Callable[[Asked, Asked], bool],
) -> Result:
    """Some can win together: the winners must be a set to which no loser could be added."""
    result, people = Result(), len(cookies)
    async with crowd(port, cookies) as phones:
        for number in range(rounds):
            asked = [ask(number, at) for at in range(people)]
            sending = (phone.book(sent) for phone, (_, sent) in zip(phones, asked, strict=True))
            answers = await asyncio.gather(*sending)
            result.count(answers)
            won = [what for (what, _), got in zip(asked, answers, strict=True) if got.status == 201]
            lost = [
                what for (what, _), got in zip(asked, answers, strict=True) if got.status == 409
            ]
            result.expect(len(won) + len(lost) == people, f"round {number}: another answer")
            double = sum(meet(one, other) for one, other in combinations(won, 2))
            result.expect(double == 0, f"round {number}: {double} pairs of winners meet")
            idle = sum(not any(meet(one, winner) for winner in won) for one in lost)
            result.expect(idle == 0, f"round {number}: {idle} were refused what was free")
    return result


def limit(village: Village, group: Group, requests: int, most: int) -> Result:
    """One member's phones ask for more than the rules let one have, each for something else."""
    machine_ids = village.machines(5, "combine")
    village.limit("combine", {"code": "open_bookings", "value": most, "is_hard": True})

    async def race() -> Result:
        result = Result()
        async with crowd(group.port, [village.cookies[0]] * requests) as phones:
            sending = [
                phone.book(wish([machine_ids[at % 5]], at * 2)) for at, phone in enumerate(phones)
            ]
            result.count(await asyncio.gather(*sending))
        return result

    result = _run(race())
    won, kept = result.statuses[201], len(village.booked(machine_ids))
    result.expect(won == kept == most, f"{won} of {most} were let through, {kept} are kept")
    result.expect(result.statuses[409] == requests - most, "another answer than 201 and 409")
    return result


def repeats(village: Village, group: Group, acts: int, times: int, people: int) -> Result:
    """Every act is sent several times at once: done once, and each time answered alike."""
    machine_ids = village.machines(8, "trailer")
    todo = list(range(acts))
    cookies = [cookie for cookie in village.cookies[:people] for _ in range(times)]
    ids: set[str] = set()

    async def race() -> Result:
        result = Result()
        async with crowd(group.port, cookies) as phones:
            hands = [phones[at : at + times] for at in range(0, len(phones), times)]
            await asyncio.gather(*(_repeat(result, ids, hand, machine_ids, todo) for hand in hands))
        return result

    result = _run(race())
    kept = {str(one) for one in village.booked(machine_ids)}
    result.expect(kept == ids, f"{len(kept)} bookings are kept of {len(ids)} that were answered")
    result.expect(len(kept) == acts, f"{len(kept)} bookings of {acts} acts")
    return result


async def _repeat(
    result: Result,
    ids: set[str],
    phones: Sequence[Phone],
    machine_ids: Sequence[UUID],
    todo: list[int],
) -> None:
    """Take acts of one member from the list until there are none."""
    while todo:
        at, key = todo.pop(), str(uuid4())
        hour = wish([machine_ids[at % len(machine_ids)]], at // len(machine_ids))
        answers = await asyncio.gather(*(phone.book(hour, key) for phone in phones))
        result.count(answers)
        ids |= {str(one.said.get("id")) for one in answers}
        result.expect(all(one.status == 201 for one in answers), "an act that was not done")
        result.expect(all(one.said == answers[0].said for one in answers), "answers that differ")
        changed = await phones[0].book(hour | {"note": "changed"}, key)
        result.expect(changed.status == 422, f"a changed body got {changed.status}")


def kills(village: Village, group: Group, bookings: int, people: int, times: int) -> Result:
    """Workers are killed in the middle of it, and every phone sends again under the same key."""
    machine_ids = village.machines(max(1, bookings // 250), "pump")
    todo = list(range(bookings))
    ids: list[str] = []

    async def work(result: Result, phone: Phone) -> None:
        while todo:
            at = todo.pop()
            hour = wish([machine_ids[at % len(machine_ids)]], at // len(machine_ids))
            answer = await phone.book_surely(hour, str(uuid4()))
            result.count([answer])
            ids.append(str(answer.said.get("id")))

    async def kill(result: Result) -> None:
        for number in range(times):
            while len(ids) < (number + 1) * bookings // (times + 1):
                await asyncio.sleep(0.002)
            while len(group.workers()) < 2:
                await asyncio.sleep(0.01)
            with suppress(ProcessLookupError):
                os.kill(group.workers()[number % 2], signal.SIGKILL)
            result.kills += 1

    async def race() -> Result:
        result = Result()
        async with crowd(group.port, village.cookies[:people]) as phones:
            await asyncio.gather(kill(result), *(work(result, phone) for phone in phones))
        return result

    result = _run(race())
    kept = [str(one) for one in village.booked(machine_ids)]
    result.expect(result.statuses[201] == bookings, "a booking that was not acknowledged")
    lost, unknown = len(set(ids) - set(kept)), len(set(kept) - set(ids))
    result.expect(lost == 0, f"{lost} acknowledged bookings are lost")
    result.expect(unknown == 0, f"{unknown} bookings that nobody was told of")
    result.expect(len(kept) == len(set(ids)) == bookings, f"{len(kept)} bookings of {bookings}")
    wrong = village.wrongly_charged()
    result.expect(wrong == 0, f"{wrong} bookings are not charged what they cost")
    return result
