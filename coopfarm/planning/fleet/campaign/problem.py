"""The plots of a campaign, the machines that go from yard to plot to plot, and a plan for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.quantities import NotFinite, check_amount

MOST_MINUTES: Final = 1e6  # two years: longer than any campaign
MOST_LOAD: Final = 1e6
MOST_PLACES: Final = 2_000
MOST_SECONDS: Final = 3_600.0
MOST_ITERATIONS: Final = 100_000_000
MOST_SEED: Final = 2**32 - 1

WINDOW: Final = "window"
HOURS: Final = "hours"
CAPACITY: Final = "capacity"
TIME: Final = "time"
REASONS: Final = (WINDOW, HOURS, CAPACITY, TIME)


class OutOfBounds(Invalid):
    """A number no campaign has."""

    code = "campaign-out-of-bounds"
    words = N_("%(field)s is %(stated)s. It has to lie between %(least)s and %(most)s.")


class ClosesBeforeOpens(Invalid):
    """A window that is over before it begins."""

    code = "closes-before-opens"
    words = N_("%(field)s is %(closes)s and the window opens at %(opens)s. Close it later.")


class UntilBeforeFrom(Invalid):
    """Working hours that end before they begin."""

    code = "until-before-from"
    words = N_("%(field)s is %(until)s and the machine starts at %(start)s. Let it end later.")


class UnknownYard(Invalid):
    """A machine that stands nowhere."""

    code = "unknown-yard"
    words = N_("%(field)s is %(yard)s, and there is no yard of that name. Use one of: %(yards)s.")


class TravelOfAnotherShape(Invalid):
    """A table of travel that does not fit the places."""

    code = "travel-of-another-shape"
    words = N_(
        "%(field)s has %(found)s entries. It needs one for each yard and each plot, in that "
        "order: %(wanted)s."
    )


class TravelToItself(Invalid):
    """A way from a place to the same place."""

    code = "travel-to-itself"
    words = N_("%(field)s is %(stated)s. From a place to itself it has to be 0.")


class TooManyPlaces(Invalid):
    """More than one run can hold."""

    code = "too-many-places"
    words = N_("%(field)s: there are %(count)s yards and plots, and at most %(most)s fit. Part it.")


@dataclass(frozen=True, slots=True)
class Yard:
    """Where machines come from and return to, on a plane in minutes of travel."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Machine:
    """It leaves its yard from `from_minute` on and is back by `until_minute`, if that is set.

    `ends` names the yard it returns to where that is another; no `capacity` means no limit.
    """

    id: str
    yard: str
    capacity: float | None = None
    from_minute: float = 0.0
    until_minute: float | None = None
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Work that may begin from `opens` up to and including `closes`, on one machine.

    What `must` be served goes before everything else; the rest may stay unserved.
    """

    id: str
    x: float
    y: float
    work_minutes: float
    opens: float
    closes: float
    load: float = 0.0
    must: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Minutes count from the start of the campaign; `travel` is in the order yards, then plots.

    The search ends after `seconds` of CPU time; or, where `iterations` are given, after exactly
    so many, whatever time they take.
    """

    yards: tuple[Yard, ...]
    machines: tuple[Machine, ...]
    plots: tuple[Plot, ...]
    seconds: float
    seed: int
    travel: tuple[tuple[float, ...], ...] | None = None
    iterations: int | None = None

    def __post_init__(self) -> None:
        self._check_places()
        for place, machine in enumerate(self.machines):
            _check_machine(machine, f"machines[{place}]", [yard.id for yard in self.yards])
        for place, plot in enumerate(self.plots):
            _check_plot(plot, f"plots[{place}]")
        if self.travel is not None:
            _check_travel(self.travel, len(self.yards) + len(self.plots))
        _check_between(self.seconds, "seconds", MOST_SECONDS)
        _check_between(self.seed, "seed", MOST_SEED)
        _check_between(self.iterations or 0, "iterations", MOST_ITERATIONS)

    def _check_places(self) -> None:
        check_ids((yard.id for yard in self.yards), "yards")
        check_ids((machine.id for machine in self.machines), "machines")
        check_ids((plot.id for plot in self.plots), "plots")
        count = len(self.yards) + len(self.plots)
        if count > MOST_PLACES:
            raise TooManyPlaces(field="plots", count=count, most=MOST_PLACES)
        _check_spots(self.yards, "yards")
        _check_spots(self.plots, "plots")


@dataclass(frozen=True, slots=True)
class Stop:
    """A plot, and the minute of the campaign at which work on it begins."""

    plot: str
    starts: float


@dataclass(frozen=True, slots=True)
class Route:
    """The round of one machine, in order; machines without stops have none."""

    machine: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rounds, their minutes of travel in all, and for each plot left out one of `REASONS`.

    `iterations` are those the search ran: given back to the problem they give the same plan.
    """

    routes: tuple[Route, ...]
    travel_cost: float
    unserved: Mapping[str, str]
    iterations: int = 0

    @property
    def served(self) -> int:
        return sum(len(route.stops) for route in self.routes)


def _check_spots(spots: Iterable[Yard | Plot], where: str) -> None:
    for place, spot in enumerate(spots):
        for name, value in (("x", spot.x), ("y", spot.y)):
            field = f"{where}[{place}].{name}"
            check_amount(abs(value), field)
            if not abs(value) <= MOST_MINUTES:
                raise _out_of_bounds(value, field, MOST_MINUTES, -MOST_MINUTES)


def _check_machine(machine: Machine, where: str, yards: list[str]) -> None:
    for name, yard in (("yard", machine.yard), ("ends", machine.ends)):
        if yard is not None and yard not in yards:
            raise UnknownYard(field=f"{where}.{name}", yard=yard, yards=", ".join(yards))
    if machine.capacity is not None:
        _check_between(machine.capacity, f"{where}.capacity", MOST_LOAD)
    _check_between(machine.from_minute, f"{where}.from", MOST_MINUTES)
    if machine.until_minute is None:
        return
    _check_between(machine.until_minute, f"{where}.until", MOST_MINUTES)
    if machine.until_minute < machine.from_minute:
        raise UntilBeforeFrom(
            field=f"{where}.until", until=machine.until_minute, start=machine.from_minute
        )


def _check_plot(plot: Plot, where: str) -> None:
    _check_between(plot.work_minutes, f"{where}.work_minutes", MOST_MINUTES)
    _check_between(plot.opens, f"{where}.opens", MOST_MINUTES)
    _check_between(plot.closes, f"{where}.closes", MOST_MINUTES)
    _check_between(plot.load, f"{where}.load", MOST_LOAD)
    if plot.closes < plot.opens:
        raise ClosesBeforeOpens(field=f"{where}.closes", closes=plot.closes, opens=plot.opens)


def _check_travel(travel: tuple[tuple[float, ...], ...], places: int) -> None:
    if len(travel) != places:
        raise TravelOfAnotherShape(field="travel", found=len(travel), wanted=places)
    for at, row in enumerate(travel):
        if len(row) != places:
            raise TravelOfAnotherShape(field=f"travel[{at}]", found=len(row), wanted=places)
        for to, minutes in enumerate(row):
            _check_between(minutes, f"travel[{at}][{to}]", MOST_MINUTES)
        if row[at] != 0:
            raise TravelToItself(field=f"travel[{at}][{at}]", stated=row[at])


def _check_between(value: float, field: str, most: float) -> None:
    """Refuse what is not finite, below 0 or above `most`."""
    if value != value:  # noqa: PLR0124 (only what is not a number differs from itself)
        raise NotFinite(field=field)
    if not value <= most:
        raise _out_of_bounds(value, field, most)
    check_amount(value, field)


def _out_of_bounds(value: float, field: str, most: float, least: float = 0.0) -> OutOfBounds:
    return OutOfBounds(field=field, stated=f"{value:g}", least=f"{least:g}", most=f"{most:g}")
