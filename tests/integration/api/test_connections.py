"""The web button writes the same resource as kubectl, and leaves alone what others manage."""

from http import HTTPStatus
from uuid import UUID

import pytest
import pytest_asyncio
from tests.integration.api.world import Person, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def admin(world: World) -> Person:
    return await world.person(await world.company())


async def test_a_new_connection_is_a_resource_and_shows_at_once(world: World, admin: Person) -> None:
    answer = await admin.http.post("/api/connections", json={"displayName": " Loja São João "})
    assert answer.status_code == HTTPStatus.CREATED
    view = answer.json()
    assert (view["displayName"], view["state"], view["managedBy"]) == ("Loja São João", "stopped", "recado")
    resource = world.resources.by_name[view["name"]]
    assert (str(resource.metadata.uid), resource.spec.deletion_policy) == (view["id"], "Logout")
    assert resource.spec.company_ref.name == f"company-{admin.company_id}"
    assert resource.spec.display_name == "Loja São João"
    assert (await admin.http.get("/api/connections")).json()["items"] == [view]
    assert (await admin.http.get(f"/api/connections/{view['id']}")).json() == view


async def test_pausing_goes_through_the_resource(world: World, admin: Person) -> None:
    view = (await admin.http.post("/api/connections", json={"displayName": "Loja"})).json()
    paused = await admin.http.post(f"/api/connections/{view['id']}/pause")
    assert paused.json()["paused"] is True
    assert world.resources.by_name[view["name"]].spec.suspend
    resumed = await admin.http.post(f"/api/connections/{view['id']}/resume")
    assert resumed.json()["paused"] is False
    assert not world.resources.by_name[view["name"]].spec.suspend


async def test_deleting_takes_the_resource_away(world: World, admin: Person) -> None:
    view = (await admin.http.post("/api/connections", json={"displayName": "Loja"})).json()
    assert (await admin.http.delete(f"/api/connections/{view['id']}")).status_code == HTTPStatus.NO_CONTENT
    assert view["name"] not in world.resources.by_name
    assert (await admin.http.get("/api/connections")).json()["items"] == []
    assert (await admin.http.get(f"/api/connections/{view['id']}")).status_code == HTTPStatus.NOT_FOUND
    assert (await admin.http.delete(f"/api/connections/{view['id']}")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("method", "path"), [("POST", "/pause"), ("POST", "/resume"), ("DELETE", "")])
async def test_what_others_manage_is_read_only(world: World, method: str, path: str) -> None:
    company = await world.company()
    admin = await world.person(company)
    connection = await world.connection(company, managed_by="argocd")
    answer = await admin.http.request(method, f"/api/connections/{connection}{path}")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "managed_elsewhere")
    assert "argocd" in answer.json()["detail"]
    assert (await admin.http.get(f"/api/connections/{connection}")).json()["paused"] is False


async def test_what_others_manage_can_still_be_paired(world: World) -> None:
    company = await world.company()
    admin = await world.person(company)
    connection = await world.connection(company, managed_by="argocd")
    assert (await admin.http.post(f"/api/connections/{connection}/pairing")).status_code == HTTPStatus.OK


async def test_the_qr_code_is_shown_while_it_may_be_scanned(world: World) -> None:
    company = await world.company()
    admin, connection = await world.person(company), await world.connection(company, state="qr")
    assert (await admin.http.get(f"/api/connections/{connection}/pairing")).json()["qr"] is None
    await _show(world, connection, qr="2@abc", round_number=2)
    pairing = (await admin.http.get(f"/api/connections/{connection}/pairing")).json()
    assert (pairing["state"], pairing["qr"]["text"], pairing["qr"]["round"]) == ("qr", "2@abc", 2)


async def test_a_connection_may_be_linked_by_a_code_that_is_typed(world: World, admin: Person) -> None:
    asked = {"displayName": "Loja", "codeFor": "+5511999990000"}
    view = (await admin.http.post("/api/connections", json=asked)).json()
    spec = world.resources.by_name[view["name"]].spec
    assert (spec.pairing.method, spec.phone_number) == ("PairingCode", "+5511999990000")
    refused = await admin.http.post("/api/connections", json=asked | {"codeFor": "11 99999-0000"})
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "country code" in refused.text


async def test_the_code_to_type_is_shown_to_admins_only(world: World) -> None:
    company = await world.company()
    admin, connection = await world.person(company), await world.connection(company, state="qr")
    await world.owner.execute("update connection set pairing_phone = '+5511999990000' where id = $1", connection)
    await _show(world, connection, code="ABCD-EFGH")
    pairing = (await admin.http.get(f"/api/connections/{connection}/pairing")).json()
    assert (pairing["qr"], pairing["code"]["text"], pairing["phone"]) == (None, "ABCD-EFGH", "+5511999990000")
    agent = await world.person(company, role="agent")
    refused = await agent.http.get(f"/api/connections/{connection}/pairing")
    assert refused.status_code == HTTPStatus.FORBIDDEN


async def test_a_resource_of_another_company_with_the_same_name_is_left_alone(world: World, admin: Person) -> None:
    view = (await admin.http.post("/api/connections", json={"displayName": "Loja"})).json()
    other = await world.person(await world.company())
    await other.http.post(f"/api/connections/{view['id']}/pause")
    assert not world.resources.by_name[view["name"]].spec.suspend


async def test_a_company_without_a_resource_is_told_which_one_to_apply(world: World, admin: Person) -> None:
    del world.resources.companies[f"company-{admin.company_id}"]
    answer = await admin.http.post("/api/connections", json={"displayName": "Loja"})
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "company_not_declared")
    assert f"spec.companyID: {admin.company_id}" in answer.json()["detail"]
    assert (await admin.http.get("/api/connections")).json()["items"] == []


async def _show(
    world: World, connection: UUID, *, qr: str | None = None, code: str | None = None, round_number: int = 1
) -> None:
    """As a session does: a code that may link a phone for twenty seconds."""
    await world.owner.execute(
        "insert into pairing (company_id, connection_id, epoch, qr, code, expires_at, round) "
        "select company_id, id, 1, $2, $3, now() + interval '20 seconds', $4 from connection where id = $1",
        connection,
        qr,
        code,
        round_number,
    )
