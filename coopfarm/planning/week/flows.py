"""What flows where when every plot gets its award, summed from the fields up to the head."""

import math
from collections.abc import Iterator, Mapping

from coopfarm.planning.certificate import TOLERANCE
from coopfarm.planning.week.problem import HEAD, Canal, Problem


class Flows:
    """Volumes of one cycle in m³ by channel: "outlet W1", "canal K1", and the head.

    Walks up from the fields, where the planner works down from the head. The problem is one
    that `problem.check` accepts.
    """

    def __init__(self, problem: Problem, awards_m3: Mapping[str, float]) -> None:
        self._canals = {canal.id: canal for canal in problem.canals}
        self._outlets = {outlet.id: outlet for outlet in problem.outlets}
        self._seconds = problem.cycle_minutes * 60
        self.ways = {outlet: self._way_up(outlet) for outlet in self._outlets}
        self.cost = {outlet: self._cost(outlet) for outlet in self._outlets}
        self.volumes_m3 = dict.fromkeys((f"canal {canal}" for canal in self._canals), 0.0)
        self.volumes_m3 |= {f"outlet {outlet}": 0.0 for outlet in self._outlets} | {HEAD: 0.0}
        for field in problem.fields:
            self.volumes_m3[f"outlet {field.outlet}"] += awards_m3[field.id]
        for outlet in self._outlets:
            self._carry(outlet)
        self.full = {*self._full(problem.supply_m3)}

    def above(self, outlet: str) -> Iterator[Canal]:
        """The canals from the outlet up to the head."""
        at = self._outlets[outlet].canal
        while at is not None:
            yield self._canals[at]
            at = self._canals[at].feeds_from

    def flow_l_s(self, channel: str) -> float:
        """The steady flow that brings the volume of a channel in one cycle."""
        return self.volumes_m3[channel] * 1000 / self._seconds

    def _way_up(self, outlet: str) -> tuple[str, ...]:
        return (f"outlet {outlet}", *(f"canal {c.id}" for c in self.above(outlet)), HEAD)

    def _cost(self, outlet: str) -> float:
        """What must leave the head so that 1 m³ arrives."""
        cost = 1.0
        for canal in self.above(outlet):
            cost /= canal.efficiency
        return cost

    def _carry(self, outlet: str) -> None:
        volume = self.volumes_m3[f"outlet {outlet}"]
        for canal in self.above(outlet):
            volume /= canal.efficiency
            self.volumes_m3[f"canal {canal.id}"] += volume
        self.volumes_m3[HEAD] += volume

    def _full(self, supply_m3: float) -> Iterator[str]:
        channels = {f"canal {c.id}": c.capacity_l_s for c in self._canals.values()}
        channels |= {f"outlet {o.id}": o.capacity_l_s for o in self._outlets.values()}
        for channel, capacity_l_s in channels.items():
            least = math.inf if capacity_l_s is None else capacity_l_s * (1 - TOLERANCE)
            if self.flow_l_s(channel) >= least:
                yield channel
        if self.volumes_m3[HEAD] >= supply_m3 * (1 - TOLERANCE):
            yield HEAD
