"""Every route, as every role, with what is ours, what is another cooperative's, and nothing.

The cases come from `app.url_map` and the OpenAPI document: a new route is in the sweep by
itself, and one whose identifiers are not known here fails it.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

import pytest
from flask import Flask, Request
from sqlalchemy import text
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.kernel.roles import ROLES
from coopfarm.store import walls
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests import postgres
from tests.factories.members import Visitor
from tests.migrated import migrated
from tests.walls.two_homes import CANARY, NOW, Home, plant_canaries, settle, tables

PEPPER = "a pepper for the sweep, long enough to be taken"
LEAST_CASES = 5_000

# The table of an identifier in an address, by its name there, or by endpoint and name.
IDENTIFIES = {
    "canal_id": "canals",
    "outlet_id": "outlets",
    "nakka_id": "nakkas",
    "plot_id": "plots",
    "upload_id": "uploads",
    "plan_id": "rotations",
    "run_id": "plan_runs",
    "turn_id": "turns",
    "member_id": "members",
    "helper_id": "members",
    "household_id": "households",
    "drawing_id": "drawings",
    "consent_id": "consents",
    "page_id": "notebook_pages",
    "booking_id": "bookings",
    "entry_id": "waiting_list",
    "slip_id": "work_slips",
    "policy_id": "machine_policies",
    "land.forget_reading.row_id": "remembered_readings",
    "land.remove_canal.row_id": "canals",
    "land_api.remove_canal.row_id": "canals",
    "land.remove_outlet.row_id": "outlets",
    "land_api.remove_outlet.row_id": "outlets",
    "land.remove_nakka.row_id": "nakkas",
    "land_api.remove_nakka.row_id": "nakkas",
    "machine_id": "machines",
    "picture_id": "pictures",
    "fault_id": "fault_reports",
    "kit_id": "kits",
    "upkeep_id": "upkeeps",
    "upkeep_plan_id": "upkeep_plans",
    "round_id": "allocation_rounds",
    "party_id": "work_parties",
    "place_id": "party_places",
    "party_plan_id": "party_plans",
    "period_id": "duty_periods",
    "rota_id": "rotas",
    "slot_id": "rota_slots",
    "swap_id": "slot_swaps",
    "ask_id": "asks",
    "campaign_id": "campaigns",
    "pest_campaign_id": "pest_campaigns",
    "campaign_plot_id": "campaign_plots",
    "site_id": "sensitive_sites",
    "notice_id": "campaign_notices",
    "sighting_id": "sightings",
    "spray_id": "sprays",
    "number_id": "pest_numbers",
    "window_id": "pest_windows",
    "scouting_id": "scouting_rounds",
    "stop_id": "scouting_stops",
    "trap_id": "traps",
    "proposal_id": "control_proposals",
    "transfer_id": "ledger_transfers",
}
# Parts of an address that identify nothing of a cooperative.
WORDS = {
    "category": "tractor",
    "secret": "nothing",
    "hook": "report",
    "code": "ar",
    "filename": "css/shared.css",
    "kind": "plots",
    "tag": "nothing",
    # A tile, a layer, and a thing by its number in a tile, of a cooperative that there is not.
    "z": 0,
    "x": 0,
    "y": 0,
    "home": 0,
    "number": 0,
    "layer": "plots",
    "name": "plots",
    "item": "nothing",
}
# Tables to whose rows nobody writes again: no canary can be put there afterwards.
APPEND_ONLY = ("audit_", "machine_charges.", "ledger_", "sprays.")
# Not the role alone decides here: also the caretaker of the machine, or whom a slip is for.
BY_PERSON = {
    *(
        f"equipment.{name}"
        for name in (
            *("fault", "machine_feed", "make_machine_feed", "revoke_machine_feed", "sign_slip"),
            *("drop_upkeep", "upkeep_done", "take_upkeep_back"),
        )
    ),
    *(f"parties.{name}" for name in ("lead", "count", "done")),
    *(f"ledger.{name}" for name in ("entry", "confirm", "dispute", "reverse")),
    *(f"ledger_api.{name}" for name in ("show", "confirm", "dispute", "reverse")),
    *("pests.walk", "pests.trap", "pests.spray"),
    *(f"pests.{name}" for name in ("answer_campaign", "count_campaign", "acknowledge_notice")),
    *("pests_api.answer_campaign", "pests_api.show_spray"),
}
# For one member alone: nobody else may, whatever the role.
OF_ONE = {"pests.withdraw", "pests_api.withdraw_sighting"}
# What a form, a query or a body may name by id.
NAMES = {
    "made_by": "members",
    "witness": "members",
    "match": "ask_matches",
    "other": "rota_slots",
    "holder_id": "members",
    "payer_id": "members",
    "worker_id": "members",
    "member_id": "members",
    "member": "members",
    "booking_id": "bookings",
    "for": "members",
    "plot": "plots",
    "helper_id": "members",
    "acting_for": "members",
    "household_id": "households",
    "outlet_id": "outlets",
    "outlet": "outlets",
    "nakka_id": "nakkas",
    "canal_id": "canals",
    "upstream_id": "canals",
    "subject_id": "canals",
    "feeds_from_id": "canals",
    "feeds_from": "canals",
    "plot_id": "plots",
    "plots": "plots",
    "upload_id": "uploads",
    "plan_id": "rotations",
    "rotation_id": "rotations",
    "run_id": "plan_runs",
    "station_id": "weather_stations",
    "machine": "machines",
    "machine_id": "machines",
    "machine_ids": "machines",
    "caretaker_id": "members",
    "picture_id": "pictures",
    "round_id": "allocation_rounds",
    "by_id": "members",
    "whom": "members",
    "giver": "members",
    "receiver": "members",
    "owner": "members",
    "operator_id": "members",
    "campaign_id": "pest_campaigns",
}
SEARCHES = ("words", "standing", "kind", "next", "outlet", "shown", "sort", "page")
TOKENS = re.compile(r'((?:csrf_token|idempotency_key)"(?:[^>]*value=|:)")[^"]*')


EVERYTHING = "*"


class Read(ImmutableMultiDict[str, str]):
    """What was sent in a query or form; it remembers which names were looked for.

    A view does the same until it first looks for a name, whether that was sent or not: a name
    that it never looks for need not be sent.
    """

    looked_for: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.looked_for.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.looked_for.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, *args: Any) -> Any:
        self.looked_for.add(name)
        return super().getlist(name, *args)


def _whole(method: str) -> Callable[..., Any]:
    """A way to go through all that was sent: any name may matter then, but to the edge."""

    def read(self: Read, *args: Any, **more: Any) -> Any:
        if not sys._getframe(1).f_code.co_filename.endswith("web/edge.py"):
            self.looked_for.add(EVERYTHING)
        return getattr(super(Read, self), method)(*args, **more)

    return read


for _method in ("__iter__", "keys", "values", "items", "lists", "listvalues", "to_dict"):
    setattr(Read, _method, _whole(_method))


class Hearer(Request):
    """A request that remembers what was looked for in it."""

    parameter_storage_class = Read


class Route(NamedTuple):
    endpoint: str
    method: str
    rule: Rule
    roles: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass
class Swept:
    """The two cooperatives behind one way of keeping them apart."""

    app: Flask
    ours: Home
    theirs: Home
    people: dict[str, Visitor]
    layer: str
    answered: Counter[str] = field(default_factory=Counter)
    sung: list[str] = field(default_factory=list)
    _keys: Iterator[int] = field(default_factory=count)

    def ask(self, role: str, route: Route, path: str, sent: dict[str, Any]) -> TestResponse:
        """One request as a page of ours or a program would send it."""
        key = {"Idempotency-Key": f"sweep-{next(self._keys)}", "If-Match": '"1"'}
        client = self.people[role].client
        self.answered[route.method] += 1
        Read.looked_for.clear()
        if route.method == "GET":
            answer = client.get(path, query_string=sent, headers=key, buffered=True)
        elif path.startswith("/api/"):
            answer = client.open(path, method=route.method, json=sent, headers=key)
        else:
            token = self.tokens[role]
            form = {"csrf_token": token, "idempotency_key": uuid4().hex, "edition": "1"} | sent
            answer = client.open(path, method=route.method, data=form, buffered=True)
        self.looked_for[route.name] |= Read.looked_for
        if answer.status_code == 303 and route.method != "GET":
            client.get("/")  # what is said once after an act would stand on the next page
        if CANARY.encode() in answer.data or CANARY in str(answer.headers):
            self.sung.append(f"{role} {route.method} {path} {sent}")
        return answer

    looked_for: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tokens: dict[str, str] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)


LAYERS = ("sqlite, filtered", "postgresql, walled only", "postgresql, filtered only")


@pytest.fixture(
    scope="module",
    # Each layer is settled once, by the one worker that has all its tests.
    params=[pytest.param(layer, marks=pytest.mark.xdist_group(layer)) for layer in LAYERS],
)
def swept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Swept]:
    engine, _, layer = request.param.partition(", ")
    folder = tmp_path_factory.mktemp("sweep")
    for url in _fresh(request, engine, folder):
        settings = Settings(
            data_dir=folder, database_url=url, secret_key=PEPPER, pepper=PEPPER, worker="outside"
        )
        app = create_app(settings, clock=lambda: NOW)
        app.request_class = Hearer
        try:
            TenantSession.narrows = layer != "walled only"
            if engine == "postgresql" and layer == "filtered only":
                _raze_walls(postgres.as_owner(url))
            yield _settled(app, url, layer)
        finally:
            TenantSession.narrows = True
            app.extensions["coopfarm_queue"].close()
            app.extensions["coopfarm_database"].dispose()


def _fresh(request: pytest.FixtureRequest, engine: str, folder: Any) -> Iterator[str]:
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'coopfarm.db'}"
        migrated(url)
        yield url
        return
    admin_url = request.getfixturevalue("_cluster")
    template = postgres.make_template(admin_url, "coopfarm_migrated", migrated)
    with postgres.fresh_database(admin_url, template) as url:
        yield postgres.as_program(url)


def _raze_walls(owner_url: str) -> None:
    database = Database(owner_url)
    with database.engine.begin() as connection:
        walls.raze_walls(connection, walls.walled_tables(connection))
    database.dispose()


def _settled(app: Flask, url: str, layer: str) -> Swept:
    database: Database = app.extensions["coopfarm_database"]
    onlooker = Database(postgres.as_owner(url))
    ours, theirs = settle(database, "Al-Nur"), settle(database, "The other one")
    deaf = plant_canaries(onlooker, theirs)
    assert [name for name in deaf if not name.startswith(APPEND_ONLY)] == []
    onlooker.dispose()
    people = {
        role: Visitor.settle(app, database, ours.id, roles, name=f"Our {role}", number=role)
        for role, roles in {**{r: (r,) for r in ROLES}, "everything": ROLES}.items()
    }
    swept = Swept(app, ours, theirs, people, layer)
    swept.document = people["manager"].get("/api/v1/openapi.json").json
    swept.tokens = {role: _token(who) for role, who in people.items()}
    return swept


def _token(who: Visitor) -> str:
    found = re.search(r'csrf_token"[^>]*value="([^"]+)"', who.get("/").text)
    assert found is not None
    return found.group(1)


def routes(app: Flask) -> list[Route]:
    return [
        Route(rule.endpoint, method, rule, _roles(app, rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in ("static", "members.sign_out")
    ]


def _roles(app: Flask, rule: Rule) -> frozenset[str]:
    return frozenset(getattr(app.view_functions[rule.endpoint], "allowed_roles", ()))


def kind_of(route: Route, name: str) -> str | None:
    return IDENTIFIES.get(f"{route.endpoint}.{name}") or IDENTIFIES.get(name)


def paths(swept: Swept, route: Route) -> dict[str, tuple[str, list[str]]]:
    """The address with our id, with theirs, and with nobody's: and the ids in it."""
    found = {}
    for whose in ("ours", "theirs", "nobody's"):
        values: dict[str, Any] = {}
        for name in route.rule.arguments:
            table = kind_of(route, name)
            if table is None:
                values[name] = WORDS[name]
            else:
                homes = {"ours": swept.ours, "theirs": swept.theirs}
                values[name] = homes[whose].rows[table] if whose in homes else uuid4()
        with swept.app.test_request_context():
            path = swept.app.url_map.bind("localhost").build(route.endpoint, values)
        ids = [str(value) for value in values.values() if isinstance(value, UUID)]
        found[whose] = (path, ids)
    return found


def said(answer: TestResponse, ids: list[str]) -> tuple[Any, ...]:
    """An answer without its tokens, and without the ids that were asked for."""
    is_text = not {"application/pdf", "application/zip"} & {answer.mimetype}
    body = TOKENS.sub(r"\1", answer.text if is_text else "")
    heads = {k: v for k, v in answer.headers.items() if k not in ("Set-Cookie", "Date", "ETag")}
    shown = (answer.status_code, body, str(sorted(heads.items())))
    for one in ids:
        shown = (shown[0], *(part.replace(one, "ID") for part in shown[1:]))
    return shown


def test_every_identifier_in_an_address_is_known_to_the_sweep(swept: Swept) -> None:
    unknown = {
        f"{route.endpoint}.{name}"
        for route in routes(swept.app)
        for name in route.rule.arguments
        if kind_of(route, name) is None and name not in WORDS
    }

    assert unknown == set()
    assert {table.name for table in tables() if "id" in table.c} >= set(IDENTIFIES.values())


def test_every_identifier_in_a_documented_body_is_known_to_the_sweep(swept: Swept) -> None:
    named = set()
    for schema in swept.document["components"]["schemas"].values():
        for name, shape in schema.get("properties", {}).items():
            if shape.get("format") == "uuid" and not shape.get("readOnly"):
                named.add(name)

    assert {name for name in named if name not in NAMES} <= {"id"}


def test_another_cooperatives_is_not_to_be_told_from_what_is_not_there(swept: Swept) -> None:
    """Features P9, promises T1-T4."""
    told_apart, wrong = [], []

    for route in routes(swept.app):
        at = paths(swept, route)
        for role in roles_of(swept):
            if at["ours"][1]:
                theirs, nobodys = (
                    said(swept.ask(role, route, at[whose][0], {}), at[whose][1])
                    for whose in ("theirs", "nobody's")
                )
                if theirs != nobodys:
                    told_apart.append((role, route.endpoint, *_where_they_differ(theirs, nobodys)))
            if _is_printed(route) and role not in ("manager", "member"):
                continue
            answer = swept.ask(role, route, at["ours"][0], {})
            if not _as_the_matrix_says(role, route, answer.status_code):
                wrong.append((role, route.method, at["ours"][0], answer.status_code))
    if swept.layer != "filtered only":  # there the addresses are enough: SQLite has the rest
        told_apart += list(_by_name(swept))
        _search(swept)

    assert told_apart == []
    assert _unknown_ids(swept) == set()
    assert wrong == []
    assert swept.sung == []
    least = LEAST_CASES if swept.layer != "filtered only" else LEAST_CASES // 5
    assert sum(swept.answered.values()) >= least


def roles_of(swept: Swept) -> Iterable[str]:
    """Who asks: everybody, but where only the engine's filters are new: guards are the same."""
    return swept.people if swept.layer != "filtered only" else ("member", "everything")


def _unknown_ids(swept: Swept) -> set[str]:
    """What is named like an identifier, and looked for in a query or form, but not known here."""
    found = set().union(*swept.looked_for.values())
    return {name for name in found if name.endswith(("_id", "_ids"))} - {*NAMES}


def _where_they_differ(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[str, ...]:
    """The first words in which two answers differ."""
    for left, right in zip(map(str, one), map(str, other), strict=True):
        at = next(
            (i for i, pair in enumerate(zip(left, right, strict=False)) if len({*pair}) > 1), 0
        )
        if left != right:
            return left[max(0, at - 60) : at + 60], right[max(0, at - 60) : at + 60]
    return ()


def _as_the_matrix_says(role: str, route: Route, status: int) -> bool:
    if "anyone" in route.roles:
        return status < 500
    if route.endpoint in BY_PERSON and status == 403:
        return role not in ("manager", "everything")
    if route.endpoint in OF_ONE:
        return status in (200, 303, 403)
    let_in = role == "everything" or role in route.roles
    return status < 500 and (status not in (401, 403) if let_in else status == 403)


def _by_name(swept: Swept) -> Iterator[tuple[str, ...]]:
    """Their ids in queries and forms, and in bodies where the document knows the name."""
    for route in routes(swept.app):
        if "anyone" in route.roles or _is_printed(route):
            continue
        path = paths(swept, route)["ours"][0]
        sent: set[str] = set()
        while named := sorted(_named(swept, route) - sent):
            sent |= {*named}
            for name in named:
                theirs, nobodys = (
                    said(swept.ask("everything", route, path, _sent(name, one)), [str(one)])
                    for one in (swept.theirs.rows[NAMES[name]], uuid4())
                )
                if theirs != nobodys:
                    yield (route.endpoint, name, *_where_they_differ(theirs, nobodys))


def _sent(name: str, one: UUID) -> dict[str, Any]:
    return {name: [str(one)] if name.endswith("s") else str(one)}


def _named(swept: Swept, route: Route) -> set[str]:
    """Which names are looked for in a query or form, or known in the document of a body."""
    if route.method == "GET" or not str(route.rule).startswith("/api/"):
        looked_for = swept.looked_for[route.name]
        return {*NAMES} if EVERYTHING in looked_for else looked_for & {*NAMES}
    operation = swept.document["paths"][_documented(route)][route.method.lower()]
    return {name for name in NAMES if f'"{name}"' in _body_of(swept.document, operation)}


def _documented(route: Route) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.rule))


def _body_of(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """The body of an operation with the shapes it refers to, as text."""
    seen: set[str] = set()
    told = json.dumps(operation.get("requestBody", {}))
    while new := set(re.findall(r"#/components/schemas/(\w+)", told)) - seen:
        seen |= new
        told += "".join(json.dumps(document["components"]["schemas"][name]) for name in new)
    return told


def _is_printed(route: Route) -> bool:
    """Whether it sets paper, which takes a second or two: asked for seldom."""
    return str(route.rule).endswith(".pdf")


def _search(swept: Swept) -> None:
    """Everything that can be looked for, by every role, with the first letters of the canary."""
    for route in routes(swept.app):
        if route.method != "GET" or _is_printed(route):
            continue
        path = paths(swept, route)["ours"][0]
        looked_for = swept.looked_for[route.name]
        for name in SEARCHES if EVERYTHING in looked_for else {*SEARCHES} & looked_for:
            swept.ask("everything", route, path, {name: CANARY[:-1]})


def test_nothing_of_the_other_cooperative_was_changed(swept: Swept) -> None:
    onlooker = Database(postgres.as_owner(swept.app.extensions["coopfarm_settings"].database))
    with onlooker.reading() as session:
        rows = {
            table.name: session.scalar(
                text(f"SELECT count(*) FROM {table.name} WHERE cooperative_id = :home"),  # noqa: S608 (ours)
                {"home": swept.theirs.id},
            )
            for table in tables()
        }
    onlooker.dispose()

    assert all(rows.values()), rows
