"""All that a rotation is made from: fields, outlets, canals, a supply, a rule."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.rotation.canal_tree import network
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.roster import problem as roster

BASES: Final = ("award", "area", "shares", "equal", "crop")
HEAD: Final = "the head"  # where the supply is measured, above every canal


class NoOutlet(Invalid):
    """Water cannot reach a plot that hangs on nothing."""

    code = "no-outlet"
    words = N_("Plot %(plot)s has no outlet, so no turn can be given. Choose its outlet.")


class SharesNotWritten(Invalid):
    """A roster by shares needs to know the shares."""

    code = "shares-not-written"
    words = N_(
        "Plot %(plot)s has no shares written down, and turns at outlet %(outlet)s go by shares. "
        "Write its shares, 0 for none, or choose another basis."
    )


class NothingNeeded(Invalid):
    """No plot needs water in this period."""

    code = "nothing-needed"
    words = N_("No plot needs water in this period, so there is nothing to share out.")


class SupplyIsZero(Invalid):
    code = "supply-is-zero"
    words = N_("The supply is %(given)s. Give what there is: more than 0.")


class SupplyAboveNeed(Invalid):
    """There is enough for all, so there is nothing to ration."""

    code = "supply-above-need"
    words = N_(
        "The supply is %(percent)s %% of what the plots need. Plan 100 %% or less: "
        "more water than the need would be lost."
    )


class LeastShareAboveSupply(Invalid):
    """What is promised to all is more than there is."""

    code = "least-share-above-supply"
    words = N_(
        "A least share of %(least_percent)s %% for everybody is more than the supply of "
        "%(supply_percent)s %%. Lower the least share."
    )


class LeastShareTooWide(Invalid):
    """What is promised to all below a canal is more than it carries."""

    code = "least-share-too-wide-for-canal"
    words = N_(
        "A least share for everybody takes %(needed_l_s)s l/s at canal %(channel)s, which carries "
        "%(capacity_l_s)s l/s. Lower the least share."
    )


class LeastShareTooWideForOutlet(LeastShareTooWide):
    """What is promised to all at an outlet is more than it passes."""

    code = "least-share-too-wide-for-outlet"
    words = N_(
        "A least share for everybody takes %(needed_l_s)s l/s at outlet %(channel)s, which passes "
        "%(capacity_l_s)s l/s. Lower the least share."
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One plot as the plan sees it; `claim_m3` is the computed need at the field."""

    id: str
    outlet: str
    claim_m3: float
    area_m2: float
    floor_m3: float = 0.0
    shares: float | None = None
    filling_minutes: float = 0.0
    draining_minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Outlet:
    """A gate with its roster: turns tile the cycle by `basis`, one of `BASES`."""

    id: str
    canal: str | None = None
    capacity_l_s: float | None = None
    basis: str = "award"


@dataclass(frozen=True, slots=True)
class Canal:
    """A reach: what it carries at its head, and the part of it that arrives below."""

    id: str
    feeds_from: str | None = None
    capacity_l_s: float | None = None
    efficiency: float = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Fields stand head to tail within their outlet. `supply_m3` is measured at the head."""

    cycle_minutes: int
    supply_m3: float
    rule: str
    fields: tuple[Field, ...]
    outlets: tuple[Outlet, ...]
    canals: tuple[Canal, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same problem back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Problem":
        return cls(
            cycle_minutes=stored["cycle_minutes"],
            supply_m3=stored["supply_m3"],
            rule=stored["rule"],
            fields=tuple(Field(**one) for one in stored["fields"]),
            outlets=tuple(Outlet(**one) for one in stored["outlets"]),
            canals=tuple(Canal(**one) for one in stored["canals"]),
        )

    def volume_m3(self, flow_l_s: float) -> float:
        """The volume in m³ that a flow brings in one cycle."""
        return flow_l_s * self.cycle_minutes * 60 / 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What each plot gets (m³ at the field), what holds it, and the turns by outlet.

    A plot is held by "claim", by "floor", or by what is full: "canal K1", "outlet W1", `HEAD`.
    `level` is the rule's own level (see rationing) where no canal had a say, else None.
    """

    awards_m3: Mapping[str, float]
    level: float | None
    held_by: Mapping[str, str]
    rosters: Mapping[str, roster.Plan]

    def as_json(self) -> dict[str, Any]:
        return {
            "awards_m3": dict(self.awards_m3),
            "level": self.level,
            "held_by": dict(self.held_by),
            "rosters": {outlet: asdict(plan) for outlet, plan in self.rosters.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Plan":
        rosters = {
            outlet: roster.Plan(
                plan["minutes_per_share"], tuple(roster.Turn(**turn) for turn in plan["turns"])
            )
            for outlet, plan in stored["rosters"].items()
        }
        return cls(stored["awards_m3"], stored["level"], stored["held_by"], rosters)


def check(problem: Problem) -> None:
    """Raise the first reason why this problem cannot be planned."""
    if problem.cycle_minutes <= 0:
        raise roster.CycleNotPositive(field="cycle", minutes=problem.cycle_minutes)
    if problem.canals:
        network.check_canals(
            tuple(
                network.Canal(c.id, c.feeds_from, c.capacity_l_s or 0.0, c.efficiency)
                for c in problem.canals
            )
        )
    known = {outlet.id for outlet in problem.outlets}
    for field in problem.fields:
        if field.outlet not in known:
            raise NoOutlet(plot=field.id)
    if problem.rule not in rationing.RULES:
        raise rationing.UnknownRule(
            field="rule", rule=problem.rule, rules=", ".join(rationing.RULES)
        )
    _check_supply(problem)
    _check_floors(problem)
    _check_shares(problem)


def _check_supply(problem: Problem) -> None:
    need = need_at_head(problem)
    supply = problem.supply_m3
    if need <= 0:
        raise NothingNeeded
    if not (math.isfinite(supply) and supply > 0):
        raise SupplyIsZero(field="supply", given=f"{supply:g}")
    if supply > need * (1 + 1e-9):
        raise SupplyAboveNeed(field="supply", percent=100 * supply / need)
    cost = cost_at_head(problem)
    floors = math.fsum(cost[f.outlet] * f.floor_m3 for f in problem.fields)
    if floors > supply * (1 + 1e-9):
        raise LeastShareAboveSupply(
            field="least_share",
            least_percent=100 * floors / need,
            supply_percent=100 * supply / need,
        )


def _check_floors(problem: Problem) -> None:
    """Refuse what is promised below a canal or an outlet and cannot pass it, by any rule."""
    needed_m3 = {outlet.id: 0.0 for outlet in problem.outlets}
    for field in problem.fields:
        needed_m3[field.outlet] += field.floor_m3
    canals = {canal.id: canal for canal in problem.canals}
    through_m3 = dict.fromkeys(canals, 0.0)
    for outlet in problem.outlets:
        _check_fits(problem, outlet, needed_m3[outlet.id], LeastShareTooWideForOutlet)
        volume, at = needed_m3[outlet.id], outlet.canal
        while at is not None:
            volume /= canals[at].efficiency
            through_m3[at] += volume
            at = canals[at].feeds_from
    for canal in problem.canals:
        _check_fits(problem, canal, through_m3[canal.id], LeastShareTooWide)


def _check_fits(
    problem: Problem, channel: Canal | Outlet, needed_m3: float, no: type[LeastShareTooWide]
) -> None:
    capacity_l_s = channel.capacity_l_s
    if capacity_l_s is not None and needed_m3 > problem.volume_m3(capacity_l_s) * (1 + 1e-9):
        raise no(
            field="least_share",
            channel=channel.id,
            needed_l_s=needed_m3 * 1000 / (problem.cycle_minutes * 60),
            capacity_l_s=capacity_l_s,
        )


def _check_shares(problem: Problem) -> None:
    by_shares = {outlet.id for outlet in problem.outlets if outlet.basis == "shares"}
    for field in problem.fields:
        if field.outlet in by_shares and field.shares is None:
            raise SharesNotWritten(plot=field.id, outlet=field.outlet)


def cost_at_head(problem: Problem) -> dict[str, float]:
    """How much must leave the head so that 1 m³ arrives, for each outlet."""
    canals = {canal.id: canal for canal in problem.canals}
    costs: dict[str, float] = {}
    for outlet in problem.outlets:
        cost, at = 1.0, outlet.canal
        while at is not None:
            cost /= canals[at].efficiency
            at = canals[at].feeds_from
        costs[outlet.id] = cost
    return costs


def need_at_head(problem: Problem) -> float:
    """What must leave the head for every field to have its claim, m³."""
    cost = cost_at_head(problem)
    return math.fsum(cost[field.outlet] * field.claim_m3 for field in problem.fields)
