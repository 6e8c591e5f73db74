"""Every route against everybody who may not use it. The table is checked against the app: a route that is not in it
fails the test, so nobody can add one without saying who may call it.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute
from tests.integration.api.conftest import ACCESS_SECRET
from tests.integration.api.world import Person, World
from tests.unit.api.forgeries import Forger

from recado_core.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")

Role = Literal["agent", "supervisor", "admin"]


class Route(msgspec.Struct, frozen=True):
    role: Role = "agent"
    """The least role that may call it."""
    body: Mapping[str, Any] | None = None
    query: str = ""
    item: bool = True
    """About one thing of a company, so for another company it does not exist."""


PUBLIC = {
    "POST /api/auth/sign-in",
    "POST /api/auth/refresh",
    "POST /api/auth/sign-out",
    "GET /api/health/live",
    "GET /api/health/ready",
}

ROUTES = {
    "GET /api/me": Route(item=False),
    "GET /api/bootstrap": Route(item=False),
    "GET /api/connections": Route(item=False),
    "POST /api/connections": Route("admin", {"displayName": "Loja"}, item=False),
    "GET /api/connections/{connection_id}": Route(),
    "DELETE /api/connections/{connection_id}": Route("admin"),
    "GET /api/connections/{connection_id}/pairing": Route("admin"),
    "POST /api/connections/{connection_id}/pairing": Route("admin"),
    "POST /api/connections/{connection_id}/pause": Route("admin"),
    "POST /api/connections/{connection_id}/resume": Route("admin"),
    "GET /api/tickets": Route(item=False),
    "GET /api/tickets/{ticket_id}": Route(),
    "POST /api/tickets/{ticket_id}/take": Route(),
    "POST /api/tickets/{ticket_id}/close": Route(),
    "POST /api/tickets/{ticket_id}/read": Route(),
    "GET /api/tickets/{ticket_id}/messages": Route(),
    "POST /api/tickets/{ticket_id}/messages": Route(body={"text": "Oi"}),
    "GET /api/events": Route(query="?cursor=company=0", item=False),
}

ITEMS = [key for key, route in ROUTES.items() if route.item]
TICKETS = [key for key in ITEMS if "ticket_id" in key]
ADMINS = [key for key, route in ROUTES.items() if route.role == "admin"]
RANK: dict[Role, int] = {"agent": 0, "supervisor": 1, "admin": 2}


class Mine(msgspec.Struct, frozen=True):
    """A company with one of everything, which the others try to reach."""

    admin: Person
    supervisor: Person
    agent: Person
    outsider: Person
    """An agent who is in none of the queues."""
    stranger: Person
    """The admin of another company."""
    connection_id: UUID
    ticket_id: UUID
    queue_id: UUID

    def address(self, key: str) -> tuple[str, str]:
        method, path = key.split(" ")
        path = path.format(connection_id=self.connection_id, ticket_id=self.ticket_id)
        return method, path + ROUTES[key].query

    async def call(self, key: str, http: httpx.AsyncClient) -> httpx.Response:
        method, path = self.address(key)
        headers = {"Idempotency-Key": str(new_id())}
        return await http.request(method, path, json=ROUTES[key].body, headers=headers)


@pytest_asyncio.fixture(loop_scope="session")
async def mine(world: World) -> Mine:
    company, other = await world.company(), await world.company()
    connection_id = await world.connection(company)
    return Mine(
        admin=await world.person(company, "admin"),
        supervisor=await world.person(company, "supervisor"),
        agent=await world.person(company, "agent", company.queue_id),
        outsider=await world.person(company, "agent"),
        stranger=await world.person(other, "admin"),
        connection_id=connection_id,
        ticket_id=await world.ticket(company, connection_id, messages=1),
        queue_id=company.queue_id,
    )


async def test_every_route_is_in_the_table(world: World) -> None:
    found = {
        f"{method} {route.path_format}"
        for route in world.parts.http.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }
    assert found == PUBLIC | set(ROUTES)


@pytest.mark.parametrize("key", ROUTES)
async def test_without_a_token_nothing_opens(world: World, mine: Mine, key: str) -> None:
    for http in (world.browser(), world.browser(""), world.browser("x.y.z")):
        answer = await mine.call(key, http)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("key", ROUTES)
async def test_it_opens_for_those_who_may(mine: Mine, key: str) -> None:
    person = {"agent": mine.agent, "supervisor": mine.supervisor, "admin": mine.admin}[ROUTES[key].role]
    assert (await mine.call(key, person.http)).is_success


@pytest.mark.parametrize("key", ITEMS)
async def test_for_another_company_it_does_not_exist(mine: Mine, key: str) -> None:
    answer = await mine.call(key, mine.stranger.http)
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.NOT_FOUND, "not_found")


@pytest.mark.parametrize("key", [key for key, route in ROUTES.items() if not route.item])
async def test_lists_show_nothing_of_another_company(mine: Mine, key: str) -> None:
    answer = await mine.call(key, mine.stranger.http)
    assert answer.is_success
    for identifier in (mine.connection_id, mine.ticket_id, mine.queue_id, mine.admin.id, mine.agent.email):
        assert str(identifier) not in answer.text


@pytest.mark.parametrize("key", ADMINS)
@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_lesser_roles_are_refused(mine: Mine, key: str, role: Role) -> None:
    assert RANK[role] < RANK[ROUTES[key].role]
    person = {"agent": mine.agent, "supervisor": mine.supervisor}[role]
    answer = await mine.call(key, person.http)
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.FORBIDDEN, "forbidden")


@pytest.mark.parametrize("key", TICKETS)
async def test_tickets_of_other_queues_do_not_exist_for_an_agent(mine: Mine, key: str) -> None:
    answer = await mine.call(key, mine.outsider.http)
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.NOT_FOUND, "not_found")


@pytest.mark.parametrize("key", TICKETS)
async def test_supervisors_see_every_queue(mine: Mine, key: str) -> None:
    assert (await mine.call(key, mine.supervisor.http)).is_success


async def test_lists_leave_other_queues_out(mine: Mine) -> None:
    assert (await mine.outsider.http.get("/api/tickets")).json()["items"] == []
    assert (await mine.outsider.http.get(f"/api/tickets?queueId={mine.queue_id}")).json()["items"] == []
    bootstrap = (await mine.outsider.http.get("/api/bootstrap")).json()
    assert (bootstrap["queues"], set(bootstrap["cursor"])) == ([], {"company"})


async def test_events_of_other_queues_are_not_told(mine: Mine) -> None:
    answer = await mine.outsider.http.get(f"/api/events?cursor=company=0,queue:{mine.queue_id}=0")
    assert answer.json()["reset"] is True
    assert set(answer.json()["cursor"]) == {"company"}


async def test_forged_tokens_are_all_refused(world: World, mine: Mine) -> None:
    forger = Forger(ACCESS_SECRET, mine.admin.id, mine.admin.session_id, mine.admin.company_id)
    assert (await world.browser(forger.signed()).get("/api/me")).status_code == HTTPStatus.OK
    accepted = []
    for name, token in forger.table().items():
        answer = await world.browser().get("/api/me", headers={b"Authorization": f"Bearer {token}".encode()})
        accepted += [name] if answer.status_code != HTTPStatus.UNAUTHORIZED else []
    assert accepted == []


async def test_a_token_does_not_make_one_a_user_of_another_company(world: World, mine: Mine) -> None:
    """Signed by us, but the user is not one of that company: as if the secret had leaked into another product."""
    forger = Forger(ACCESS_SECRET, mine.stranger.id, mine.stranger.session_id, mine.admin.company_id)
    assert (await world.browser(forger.signed()).get("/api/me")).status_code == HTTPStatus.UNAUTHORIZED


async def test_other_ways_to_hand_over_a_token_do_not_count(world: World, mine: Mine) -> None:
    token = mine.admin.token
    for headers in ({"Authorization": token}, {"Authorization": f"Basic {token}"}, {"Cookie": f"token={token}"}):
        assert (await world.browser().get("/api/me", headers=headers)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await world.browser().get(f"/api/me?token={token}")).status_code == HTTPStatus.UNAUTHORIZED
