"""A campaign as it stands in a file."""

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fields import Fields, open_object
from coopfarm.planning.fleet.campaign.certify import certify
from coopfarm.planning.fleet.campaign.compare import compare
from coopfarm.planning.fleet.campaign.problem import (
    Machine,
    Plan,
    Plot,
    Problem,
    Route,
    Stop,
    Yard,
)


class NothingListed(Invalid):
    """A list that needs at least one entry."""

    code = "nothing-listed"
    words = N_("%(field)s is empty. List at least one.")


def read_problem(value: object) -> Problem:
    required = ("yards", "machines", "plots", "seconds", "seed")
    fields = open_object(value, "", required, ("travel", "iterations"), whole="problem")
    return Problem(
        yards=tuple(
            Yard(yard.text("id"), yard.number("x"), yard.number("y"))
            for yard in _listed(fields, "yards", ("id", "x", "y"))
        ),
        machines=tuple(
            _machine(machine)
            for machine in _listed(
                fields, "machines", ("id", "yard"), ("capacity", "from", "until")
            )
        ),
        plots=tuple(
            _plot(plot)
            for plot in _listed(
                fields,
                "plots",
                ("id", "x", "y", "work_minutes", "opens", "closes"),
                ("load", "must"),
            )
        ),
        seconds=fields.number("seconds"),
        seed=fields.whole_number("seed"),
        travel=fields.table_of_numbers("travel") if "travel" in fields.values else None,
        iterations=(fields.whole_number("iterations") if "iterations" in fields.values else None),
    )


def judge(problem: Problem, value: object, path: str) -> Certificate:
    """The certificate of a plan as it stands in a file, at `path` of it."""
    fields = open_object(value, path, ("routes", "travel_cost", "unserved"), whole="plan")
    routes = tuple(
        Route(
            route.text("machine"),
            tuple(
                Stop(stop.text("plot"), stop.number("starts"))
                for stop in route.objects("stops", ("plot", "starts"))
            ),
        )
        for route in fields.objects("routes", ("machine", "stops"))
    )
    cost, unserved = fields.number("travel_cost"), fields.texts_by_id("unserved")
    return certify(problem, Plan(routes, cost, unserved))


def plan_as_json(plan: Plan) -> dict[str, object]:
    return {
        "routes": [
            {
                "machine": route.machine,
                "stops": [{"plot": stop.plot, "starts": stop.starts} for stop in route.stops],
            }
            for route in plan.routes
        ],
        "travel_cost": plan.travel_cost,
        "unserved": dict(plan.unserved),
    }


def report(problem: Problem, plan: Plan) -> dict[str, object]:
    """What the plan saves, and the iterations that give the same plan again."""
    beside = compare(problem, plan)
    return {
        "served": beside.served,
        "nearest_neighbour": {
            "served": beside.nearest_served,
            "travel_cost": beside.nearest_travel_cost,
        },
        "iterations": plan.iterations,
    }


def _machine(fields: Fields) -> Machine:
    return Machine(
        id=fields.text("id"),
        yard=fields.text("yard"),
        capacity=fields.number_if_given("capacity"),
        from_minute=fields.number_or("from", 0.0),
        until_minute=fields.number_if_given("until"),
    )


def _plot(fields: Fields) -> Plot:
    return Plot(
        id=fields.text("id"),
        x=fields.number("x"),
        y=fields.number("y"),
        work_minutes=fields.number("work_minutes"),
        opens=fields.number("opens"),
        closes=fields.number("closes"),
        load=fields.number_or("load", 0.0),
        must=fields.truth_or("must", default=False),
    )


def _listed(
    fields: Fields, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[Fields]:
    entries = fields.objects(name, required, optional)
    if not entries:
        raise NothingListed(field=name)
    return entries
