"""The document that the front end is generated from: fresh, complete, and with one shape for all errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from recado_api.http.openapi import openapi_config, render
from recado_api.http.routes import api_router

EXPORTED = Path(__file__).parents[3] / "frontend" / "openapi.json"

OPERATIONS = """
signIn refresh signOut getMe getBootstrap listConnections createConnection getConnection getPairing pauseConnection
resumeConnection requestPairing deleteConnection listTickets getTicket takeTicket closeTicket readTicket listMessages
sendMessage listEvents getLive getReady
"""


@pytest.fixture(scope="module")
def rendered() -> str:
    return render(Litestar([api_router()], openapi_config=openapi_config()).openapi_schema.to_schema())


@pytest.fixture(scope="module")
def document(rendered: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(rendered)
    return read


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_the_exported_file_is_fresh(rendered: str) -> None:
    assert EXPORTED.read_text() == rendered, "Write it anew with: scripts/openapi"


def test_every_operation_has_its_agreed_name(document: dict[str, Any]) -> None:
    assert {operation["operationId"] for operation in operations(document)} == set(OPERATIONS.split())


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDetails"}


def test_all_but_the_doors_need_a_token(document: dict[str, Any]) -> None:
    public = {operation["operationId"] for operation in operations(document) if "security" not in operation}
    assert public == {"signIn", "refresh", "signOut", "getLive", "getReady"}


def test_events_are_told_apart_by_their_type(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    names = [one["$ref"].rsplit("/", 1)[1] for one in schemas["Frame"]["properties"]["events"]["items"]["oneOf"]]
    types = {schemas[name]["properties"]["type"]["const"] for name in names}
    assert types == {
        "connection.changed",
        "connection.removed",
        "ticket.changed",
        "message.created",
        "message.changed",
    }


def test_answers_have_no_optional_fields(document: dict[str, Any]) -> None:
    """Absent is null: the client needs no third case. Problems alone leave `errors` out; and a page that was loaded
    before an upgrade asks for a connection as it knows it.
    """
    for name, schema in document["components"]["schemas"].items():
        if name not in {"ProblemDetails", "NewConnection"}:
            assert set(schema.get("required", [])) == set(schema.get("properties", {})), name
