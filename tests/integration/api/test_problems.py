"""Refusals: one shape, stable codes, the field named, nothing of the inside."""

import json
from http import HTTPStatus
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from tests.integration.api.world import Person, World

from recado_core.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def admin(world: World) -> Person:
    return await world.person(await world.company())


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/api/connections", {"displayName": "Loja", "companyId": 1}, "companyId"),
        ("POST", "/api/connections", {}, "displayName"),
        ("POST", "/api/connections", {"displayName": 7}, "displayName"),
        ("POST", "/api/connections", {"displayName": ""}, "displayName"),
        ("POST", "/api/connections", {"displayName": "   "}, "displayName"),
        ("POST", "/api/connections", {"displayName": "a\u0000b"}, "displayName"),
        ("POST", "/api/connections", {"displayName": "x" * 61}, "displayName"),
        ("POST", "/api/connections", [], "body"),
        ("POST", "/api/auth/sign-in", {"email": "a@b.c", "password": "x", "company": 1}, "company"),
        ("POST", "/api/auth/sign-in", {"email": "a@b.c"}, "password"),
        ("POST", "/api/auth/sign-in", {"email": "a\u0000@b.c", "password": "x"}, "email"),
        ("POST", "/api/auth/sign-in", {"email": "a@b.c", "password": "x" * 129}, "password"),
        ("GET", "/api/tickets?limit=0", None, "limit"),
        ("GET", "/api/tickets?limit=101", None, "limit"),
        ("GET", "/api/tickets?limit=many", None, "limit"),
        ("GET", "/api/tickets?status=lost", None, "status"),
        ("GET", "/api/tickets?assignee=you", None, "assignee"),
        ("GET", "/api/tickets?queueId=7", None, "queueId"),
        ("GET", "/api/events", None, "cursor"),
    ],
)
async def test_what_does_not_fit_is_named(admin: Person, method: str, path: str, body: Any, field: str) -> None:
    answer = await admin.http.request(method, path, json=body)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    assert field in {error["field"] for error in problem["errors"]}
    assert field in problem["detail"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("connections", {"displayName": "a\u0000b"}, "Write more than spaces, and leave out NUL characters"),
        ("connections", {"displayName": "  "}, "Write more than spaces, and leave out NUL characters"),
        ("connections", {"displayName": ""}, "Write 1 or more characters"),
        ("connections", {"displayName": "x" * 61}, "Write 60 or fewer characters"),
        ("connections", {"displayName": 7}, "Give a text"),
        ("connections", {}, "Required, and missing"),
        ("connections", {"displayName": "Loja", "companyId": 1}, "Not known here: leave it out"),
        ("auth/sign-in", {"email": "a\u0000@b.c", "password": "x"}, "Leave out NUL characters"),
        ("auth/sign-in", {"email": "a@", "password": "x"}, "Write 3 or more characters"),
        ("auth/sign-in", {"email": "a@b.c", "password": "x" * 129}, "Write 128 or fewer characters"),
        ("tickets/{ticket}/messages", {"text": " \n"}, "Write more than spaces"),
        ("tickets/{ticket}/messages", {"text": "x" * 4097}, "Write 4096 or fewer characters"),
    ],
)
async def test_a_field_says_in_words_what_to_do(admin: Person, path: str, body: Any, said: str) -> None:
    where = f"/api/{path.format(ticket=new_id())}"
    answer = await admin.http.post(where, json=body, headers={"Idempotency-Key": str(new_id())})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (HTTPStatus.BAD_REQUEST, "invalid_request")
    assert [error["message"] for error in problem["errors"]] == [said]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "Give 1 or more"),
        ("limit=101", "Give 100 or less"),
        ("limit=many", "Give a whole number"),
        ("queueId=7", "Give an id as Recado wrote it"),
        ("status=lost", "Give one of the values in the API document"),
    ],
)
async def test_a_parameter_says_in_words_what_to_do(admin: Person, query: str, said: str) -> None:
    answer = await admin.http.get(f"/api/tickets?{query}")
    assert [error["message"] for error in answer.json()["errors"]] == [said]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/tickets?after=rubbish", "cursor_invalid"),
        ("/api/tickets?after=%00", "cursor_invalid"),
        ("/api/events?cursor=rubbish", "cursor_invalid"),
        ("/api/events?cursor=company=1,company=2", "cursor_invalid"),
        ("/api/events?cursor=company=99999999999999999999", "cursor_invalid"),
    ],
)
async def test_damaged_cursors_are_refused(admin: Person, path: str, code: str) -> None:
    answer = await admin.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.BAD_REQUEST, code)


@pytest.mark.parametrize(
    "content", [b"{", b"", b"\xff\xfe", b'{"displayName": "\\ud800"}', b"[" * 5000, b'{"displayName": 1e999}', b"null"]
)
async def test_broken_json_is_a_bad_request(admin: Person, content: bytes) -> None:
    answer = await admin.http.post("/api/connections", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_one_mebibyte_is_refused(admin: Person) -> None:
    content = json.dumps({"displayName": "x" * 1024 * 1024}).encode()
    answer = await admin.http.post("/api/connections", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", HTTPStatus.NOT_FOUND, "not_found"),
        ("GET", "/api/tickets/7", HTTPStatus.NOT_FOUND, "not_found"),
        ("GET", "/api/tickets/00000000-0000-0000-0000-000000000000", HTTPStatus.NOT_FOUND, "not_found"),
        ("PUT", "/api/tickets", HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"),
        ("GET", "/", HTTPStatus.NOT_FOUND, "not_found"),
        ("GET", "/openapi", HTTPStatus.NOT_FOUND, "not_found"),
    ],
)
async def test_wrong_addresses_are_problems_too(
    admin: Person, method: str, path: str, status: HTTPStatus, code: str
) -> None:
    answer = await admin.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(code)


async def test_every_answer_carries_the_security_headers(world: World, admin: Person) -> None:
    answers = [await admin.http.get("/api/me"), await world.browser().get("/api/me"), await admin.http.get("/nothing")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_failed_commit_is_never_a_promise(world: World, admin: Person) -> None:
    """The row looks right to the route; the database refuses it at the commit."""
    await forbid_commits(world.owner, admin.company_id)
    answer = await admin.http.post("/api/connections", json={"displayName": "Loja"})
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.json()["code"] == "internal"
    assert "refused_at_commit" not in answer.text
    assert "Traceback" not in answer.text
    assert await world.count("select count(*) from connection where company_id = $1", admin.company_id) == 0


async def forbid_commits(owner: asyncpg.Connection, company_id: int) -> None:
    name = f"refused_at_commit_{new_id().hex}"
    await owner.execute(
        f"create function {name}() returns trigger language plpgsql as "
        f"$$ begin raise exception 'refused_at_commit'; end $$"
    )
    await owner.execute(
        f"create constraint trigger {name} after insert on connection deferrable initially deferred "
        f"for each row when (new.company_id = {company_id}) execute function {name}()"
    )


async def test_somebody_who_asks_too_often_is_told_to_wait(world: World, admin: Person) -> None:
    limits = world.parts.services.limits
    for _ in range(3000):
        await limits.count_request(admin.id)
    answer = await admin.http.get("/api/me")
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["retry-after"] == "60"
