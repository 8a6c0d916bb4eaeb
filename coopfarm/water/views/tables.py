"""What the plan page shows: a row a member, the rules side by side, and the pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from coopfarm.kernel.interval import Interval
from coopfarm.planning.rotation.roster.night import night_minutes
from coopfarm.water.models import Rotation, Turn
from coopfarm.water.queries import AllotmentLine
from coopfarm.web import pictures, request, times, tongue


@dataclass(slots=True)
class MemberRow:
    """One member's plots together: need, what the last plan gave, and every rule's award."""

    name: str
    outlet: str
    plots: list[str] = field(default_factory=list)
    need_m3: float = 0.0
    before_m3: float | None = None
    by_rule: dict[str, float] = field(default_factory=dict)
    lines: list[AllotmentLine] = field(default_factory=list)

    def night_part(self) -> float | None:
        """The part of the turns' minutes between 18:00 and 06:00; None without a turn."""
        turns = [line.turn for line in self.lines if line.turn]
        minutes = sum(_minutes(turn) for turn in turns)
        dark = sum(night_minutes(_minute_of_day(turn.starts_at), _minutes(turn)) for turn in turns)
        return dark / minutes if minutes else None

    def satisfaction(self, rule: str) -> float | None:
        """Award over need; None where nothing is needed."""
        return self.by_rule.get(rule, 0.0) / self.need_m3 if self.need_m3 else None


def _minutes(turn: Turn) -> int:
    return round(turn.during.length.total_seconds() / 60)


def _minute_of_day(moment: datetime) -> int:
    here = times.local(moment)
    return here.hour * 60 + here.minute


def by_member(
    lines: Sequence[AllotmentLine],
    comparison: Mapping[str, Any],
    before: Mapping[UUID, tuple[float, float]],
) -> list[MemberRow]:
    """A row a member, in the order of their first plot from head to tail."""
    rows: dict[object, MemberRow] = {}
    for line in lines:
        who = line.allotment.member_id or line.plot.id
        name = line.member_name or line.plot.code
        row = rows.setdefault(who, MemberRow(name, line.outlet_code))
        row.plots.append(line.plot.code)
        row.lines.append(line)
        row.need_m3 += line.allotment.need_m3
        if line.plot.id in before:
            row.before_m3 = (row.before_m3 or 0.0) + before[line.plot.id][1]
        for rule, outcome in comparison.items():
            award = outcome["awards_m3"].get(line.plot.code, 0.0)
            row.by_rule[rule] = row.by_rule.get(rule, 0.0) + award
    return list(rows.values())


def week_picture(plan: Rotation, lines: Sequence[AllotmentLine]) -> pictures.Timeline:
    """The turns of every outlet along the period of the plan."""
    by_outlet: dict[str, list[pictures.Stretch]] = {}
    for line in lines:
        if line.turn is not None:
            name = line.member_name or line.plot.code
            said = f"{name} {times.clock(line.turn.starts_at)}–{times.clock(line.turn.ends_at)}"
            stretch = pictures.Stretch(line.turn.during, says=said)
            by_outlet.setdefault(line.outlet_code, []).append(stretch)
    return pictures.timeline(
        [pictures.Row(outlet, turns) for outlet, turns in by_outlet.items()],
        Interval(plan.starts_at, plan.ends_at),
        zone=request.zone(),
        name_tick=times.short_weekday,
        now=request.now(),
        rtl=tongue.text_direction() == "rtl",
    )


def fairness_picture(rows: Sequence[MemberRow], rule: str) -> pictures.Fairness | None:
    """One bar a member who needs water; None where nobody does."""
    portions = [*_portions(rows, rule)]
    if not portions:
        return None
    return pictures.fairness(portions, rtl=tongue.text_direction() == "rtl")


def _portions(rows: Sequence[MemberRow], rule: str) -> Iterator[pictures.Portion]:
    by_outlet: dict[str, list[MemberRow]] = {}
    for row in rows:
        if row.need_m3 > 0:
            by_outlet.setdefault(row.outlet, []).append(row)
    for members in by_outlet.values():
        third = len(members) // 3
        for place, row in enumerate(members):
            yield pictures.Portion(
                row.name, row.satisfaction(rule) or 0.0, _third(place, third, len(members))
            )


def _third(place: int, third: int, members: int) -> Literal["head", "middle", "tail"]:
    if place < third:
        return "head"
    return "tail" if place >= members - third else "middle"
