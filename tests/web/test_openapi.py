"""The document of the JSON door, and whether the door keeps to it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.factories.water import make_plan, settle_week

DOCUMENT = "/api/v1/openapi.json"
CASES_EACH = 10
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# The stricter of the two about what may be stored.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return app.test_client().get(DOCUMENT).json


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


@on_sqlite
def test_anyone_may_read_the_document_and_it_is_valid(app: Flask) -> None:
    answer = app.test_client().get(DOCUMENT)

    assert answer.status_code == 200
    assert answer.json["openapi"] == "3.1.0"
    validate(answer.json)


@on_sqlite
def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(
    document: dict[str, Any],
) -> None:
    every = [operation for _, _, operation in operations(document)]

    names = [operation["operationId"] for operation in every]

    assert len(set(names)) == len(names) > 0
    assert all(operation["summary"] for operation in every)


@on_sqlite
def test_every_act_asks_for_its_key(document: dict[str, Any]) -> None:
    acts = [operation for method, _, operation in operations(document) if method != "get"]

    asked = [
        [p for p in operation["parameters"] if p["name"] == "Idempotency-Key"] for operation in acts
    ]

    assert all(len(keys) == 1 and keys[0]["required"] for keys in asked)


@on_sqlite
def test_every_step_of_publishing_asks_for_its_edition(document: dict[str, Any]) -> None:
    steps = [
        operation
        for _, path, operation in operations(document)
        if path.startswith("/api/v1/plans/{plan_id}/")
    ]

    asked = [[p["name"] for p in operation["parameters"]] for operation in steps]

    assert len(steps) == 3
    assert all("If-Match" in names for names in asked)


@on_sqlite
def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    refusals = [
        answer
        for _, _, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status == "default" or status >= "400"
    ]

    kinds = {
        kind
        for answer in refusals
        for kind in document["components"]["responses"][answer["$ref"].rpartition("/")[2]][
            "content"
        ]
    }

    assert kinds == {"application/problem+json"}


@on_sqlite
def test_whoever_asks_is_to_be_signed_in(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["session"]

    assert document["security"] == [{"session": []}]
    assert scheme == {"type": "apiKey", "in": "cookie", "name": "coopfarm"}


@on_postgresql
def test_no_request_made_from_the_document_finds_a_fault(
    app: Flask,
    document: dict[str, Any],
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
) -> None:
    manager = visitor("manager")
    with database.transaction(cooperative_id) as session:
        settle_week(session, [manager.member_id])
        plan_ids = [str(make_plan(session, supply=supply).id) for supply in (50, 60)]
    cookie = manager.client.get_cookie("coopfarm")
    # Who is not signed in is tested for every route elsewhere; here everybody is.
    document["security"] = []
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    tried = 0

    def check(operation: schemathesis.APIOperation, mode: GenerationMode) -> None:
        # A rule of ours may refuse what has the right shape. A file that is to have a wrong name
        # is made by the generator under the right one.
        is_file = any(one.media_type == "multipart/form-data" for one in operation.body)
        excluded = [positive_data_acceptance, *([negative_data_rejection] if is_file else [])]

        @given(case=operation.as_strategy(mode), known=st.sampled_from([*plan_ids, None]))
        @settings(
            max_examples=CASES_EACH,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: schemathesis.Case, known: str | None) -> None:
            nonlocal tried
            tried += 1
            if known and case.path_parameters:
                case.path_parameters = dict.fromkeys(case.path_parameters, known)
            if "Idempotency-Key" in (case.headers or {}) and mode is GenerationMode.POSITIVE:
                case.headers["Idempotency-Key"] = str(uuid4())
            case.call_and_validate(
                headers={"Accept-Encoding": "identity"},
                cookies={"coopfarm": cookie.value},
                excluded_checks=excluded,
            )

        holds()

    for operation in (found.ok() for found in schema.get_all_operations()):
        check(operation, GenerationMode.POSITIVE)
        if operation.body or operation.query or _has_forms(document, operation):
            check(operation, GenerationMode.NEGATIVE)

    assert tried > 100


def _has_forms(document: dict[str, Any], operation: schemathesis.APIOperation) -> bool:
    """Whether something in the path can have a wrong form: any word is one."""
    of_path = document["paths"][operation.path]
    said = of_path.get("parameters", []) + of_path[operation.method].get("parameters", [])
    return any(one["in"] == "path" and "format" in one["schema"] for one in said)
