"""Why this much and why then: the reasons of each plot, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from coopfarm.kernel.words import N_, Fact, Phrase, Sentence
from coopfarm.planning.rotation.rationing import explain as rationing_words
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.roster import explain as roster_words
from coopfarm.planning.week.problem import HEAD, Field, Plan, Problem, cost_at_head
from coopfarm.planning.week.solve import as_rosters

ALL_SERVED: Final = Phrase(
    "week-all-served", N_("Your plot needs %(claim_m3)s m³ and gets all of it.")
)
NOTHING_TO_SERVE: Final = Phrase(
    "week-nothing-to-serve",
    N_("Your plot needs no water in this period, so none is set aside for it."),
)
AT_LEAST_SHARE: Final = Phrase(
    "week-at-least-share",
    N_(
        "Your plot gets the least share promised to everybody: %(award_m3)s of the "
        "%(claim_m3)s m³ it needs."
    ),
)
SAME_PER_HECTARE: Final = Phrase(
    "week-same-per-hectare",
    N_(
        "Each hectare that is short gets the same %(level_m3)s m³. You have %(area_ha)s ha: "
        "%(award_m3)s of the %(claim_m3)s m³ it needs."
    ),
)
SAME_PART_OF_NEED: Final = Phrase(
    "week-same-part-of-need",
    N_("Everybody gets the same %(percent)s %% of the need: %(award_m3)s of %(claim_m3)s m³."),
)
PER_HECTARE_HERE: Final = Phrase(
    "week-per-hectare-here",
    N_(
        "That comes to %(level_m3)s m³ for each hectare. You have %(area_ha)s ha: "
        "%(award_m3)s of the %(claim_m3)s m³ it needs."
    ),
)
PART_OF_NEED_HERE: Final = Phrase(
    "week-part-of-need-here",
    N_("That comes to %(percent)s %% of the need: %(award_m3)s of %(claim_m3)s m³."),
)
LEAST_SHARE_FIRST: Final = Phrase(
    "week-least-share-first",
    N_("Only the least share promised to everybody may come to more than that."),
)
HELD_BY_SUPPLY: Final = Phrase(
    "week-held-by-supply",
    N_("All the water there is was shared out. Nobody short got more per hectare than you."),
)
HELD_BY_SUPPLY_PRO_RATA: Final = Phrase(
    "week-held-by-supply-pro-rata",
    N_("All the water there is was shared out. Nobody got a larger part of the need than you."),
)
HELD_BY_CANAL: Final = Phrase(
    "week-held-by-canal",
    N_("Canal %(canal)s is full. Nobody below it who is short got more for their share than you."),
)
HELD_BY_OUTLET: Final = Phrase(
    "week-held-by-outlet",
    N_(
        "Outlet %(outlet)s is full. Nobody below it who is short got more for their share than you."
    ),
)
ASKING_MORE: Final = Phrase(
    "week-asking-more", N_("Had more been asked for your plot, it would still get the same.")
)
LOST_ON_THE_WAY: Final = Phrase(
    "week-lost-on-the-way",
    N_(
        "Amounts in this step are counted at the head: for 1 m³ at your plot %(cost)s m³ must "
        "leave there, since the canals lose some on the way."
    ),
)
_UNITS: Final = {
    "award": Phrase("unit:m³", N_("m³")),
    "area": Phrase("unit:hectare", N_("hectare")),
    "shares": Phrase("unit:share", N_("share")),
    "equal": Phrase("unit:plot", N_("plot")),
    "crop": Phrase("unit:m³ of need", N_("m³ of need")),
}

_Says = Callable[[Problem, Field, float, str], Iterator[Sentence]]


def explain(problem: Problem, plan: Plan) -> dict[str, tuple[Sentence, ...]]:
    """For each plot: why so much, then why these minutes and this start."""
    amounts = _amounts(problem, plan)
    turns = _turns(problem, plan)
    return {f.id: (*amounts[f.id], *turns.get(f.id, ())) for f in problem.fields}


def _amounts(problem: Problem, plan: Plan) -> Mapping[str, tuple[Sentence, ...]]:
    floors = any(field.floor_m3 for field in problem.fields)
    if not (problem.rule == "cea" or (problem.rule == "proportional" and not floors)):
        return _by_rationing(problem, plan)
    says = _everywhere if _one_level(plan) and not floors else _here
    return {
        field.id: tuple(_by_level(problem, plan, field, says, floors=floors))
        for field in problem.fields
    }


def _one_level(plan: Plan) -> bool:
    """Whether no canal and no outlet held anybody lower than the rest."""
    return set(plan.held_by.values()) <= {"claim", HEAD}


def _by_level(
    problem: Problem, plan: Plan, field: Field, says: _Says, *, floors: bool
) -> Iterator[Sentence]:
    award, claim = plan.awards_m3[field.id], field.claim_m3
    held_by = plan.held_by[field.id]
    if claim <= 0:
        yield NOTHING_TO_SERVE()
    elif award >= claim * (1 - 1e-6):
        yield ALL_SERVED(claim_m3=claim)
    elif held_by == "floor":
        yield AT_LEAST_SHARE(award_m3=award, claim_m3=claim)
    else:
        yield from says(problem, field, award, held_by)
        if floors:
            yield LEAST_SHARE_FIRST()
        if problem.rule == "cea":
            yield ASKING_MORE()


def _everywhere(problem: Problem, field: Field, award: float, held_by: str) -> Iterator[Sentence]:
    facts = _level(problem, field, award)
    yield SAME_PER_HECTARE(**facts) if problem.rule == "cea" else SAME_PART_OF_NEED(**facts)
    yield _holder_of(problem, held_by)


def _here(problem: Problem, field: Field, award: float, held_by: str) -> Iterator[Sentence]:
    facts = _level(problem, field, award)
    yield _holder_of(problem, held_by)
    yield PER_HECTARE_HERE(**facts) if problem.rule == "cea" else PART_OF_NEED_HERE(**facts)


def _level(problem: Problem, field: Field, award: float) -> dict[str, Fact]:
    got: dict[str, Fact] = {"award_m3": award, "claim_m3": field.claim_m3}
    if problem.rule == "proportional":
        return {"percent": 100 * award / field.claim_m3, **got}
    hectares = field.area_m2 / 10_000
    return {"level_m3": award / hectares, "area_ha": hectares, **got}


def _holder_of(problem: Problem, held_by: str) -> Sentence:
    kind, _, name = held_by.partition(" ")
    if held_by == HEAD:
        by_hectare = problem.rule == "cea"
        return HELD_BY_SUPPLY() if by_hectare else HELD_BY_SUPPLY_PRO_RATA()
    return HELD_BY_CANAL(canal=name) if kind == "canal" else HELD_BY_OUTLET(outlet=name)


def _by_rationing(problem: Problem, plan: Plan) -> Mapping[str, tuple[Sentence, ...]]:
    cost = cost_at_head(problem)
    claims = tuple(
        rationing.Claim(f.id, cost[f.outlet] * f.claim_m3, floor=cost[f.outlet] * f.floor_m3)
        for f in problem.fields
    )
    awards = {f.id: cost[f.outlet] * plan.awards_m3[f.id] for f in problem.fields}
    said = rationing_words.explain(
        rationing.Problem(problem.supply_m3, problem.rule, claims),
        rationing.Plan(awards, plan.level or 0.0),
        unit="m³",
    )
    return {f.id: (*said[f.id], *_lost(cost[f.outlet])) for f in problem.fields}


def _lost(cost: float) -> tuple[Sentence, ...]:
    return (LOST_ON_THE_WAY(cost=cost),) if cost > 1 else ()


def _turns(problem: Problem, plan: Plan) -> dict[str, tuple[Sentence, ...]]:
    basis = {outlet.id: outlet.basis for outlet in problem.outlets}
    said: dict[str, tuple[Sentence, ...]] = {}
    for outlet, asked in as_rosters(problem, plan.awards_m3).items():
        unit = _UNITS[basis[outlet]].code.removeprefix("unit:")
        said |= roster_words.explain(asked, plan.rosters[outlet], share_unit=unit)
    return said
