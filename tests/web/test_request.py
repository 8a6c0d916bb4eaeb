"""What a view may ask of the request: the body in its shape, and the edition of an edit."""

from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from coopfarm.web import request


class PlotSchema(Schema):
    code = fields.String(required=True)
    corners = fields.List(fields.List(fields.Float()))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "code"),
        ({"code": 7}, "code"),
        ({"code": "P1", "owner": "x"}, "owner"),
        ({"code": "P1", "corners": [[1, 2], [3, "x"]]}, "corners.1.1"),
        ([], "body"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_of_another_shape_is_refused_by_its_first_misfit(
    app: Flask, sent: Any, field: str
) -> None:
    with (
        app.test_request_context("/", method="POST", json=sent),
        pytest.raises(request.FieldUnusable) as refused,
    ):
        request.sent(PlotSchema())

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("header", "edition"),
    [('"3f2a-7"', 7), ('W/"3f2a-7"', 7), ('"3f2a-7:br"', 7), ('"12"', 12), ("12", 12)],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_edition_is_what_an_etag_ends_in(app: Flask, header: str, edition: int) -> None:
    with app.test_request_context("/", headers={"If-Match": header}):
        assert request.if_match() == edition


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_etag_without_an_edition_is_none(app: Flask) -> None:
    for header in ("", "*", '"abc"', '"3f2a-"'):
        with (
            app.test_request_context("/", headers={"If-Match": header}),
            pytest.raises(request.EditionMissing),
        ):
            request.if_match()
