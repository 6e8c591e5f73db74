"""From a Company that names its first person to that person signed in: the operator's reconciler, then a browser."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.api.world import World

from recado_core.clock import SystemClock
from recado_core.ids import new_id
from recado_core.resources.company import Company, CompanySpec, InitialAdmin
from recado_core.resources.conditions import ConditionType, condition
from recado_core.resources.metadata import CompanyMetadata
from recado_core.resources.session_options import SecretReference
from recado_local.resources.declarations import FolderDeclarations, NoPolicies
from recado_local.resources.folder import FolderResources
from recado_operator.carrying import Ports
from recado_operator.database import LeaseDatabase
from recado_operator.reconcile_company import CompanyReconciler
from recado_operator.roster import Roster

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "so that Ana gets in"
REFERENCE = SecretReference(name="first-admin", key="password")
UNUSED: Any = None
"""Companies need no sessions."""


class Vault(msgspec.Struct):
    """The Secrets of a cluster."""

    values: dict[str, bytes]
    readable: bool = True

    async def value(self, namespace: str, reference: SecretReference) -> bytes | None:  # noqa: ARG002 - there is one
        return self.values.get(reference.name)


class Cluster:
    """Companies as manifests, and the operator's reconciler of them on the API's database."""

    def __init__(self, folder: Path, leases: LeaseDatabase) -> None:
        self.vault = Vault({REFERENCE.name: PASSWORD.encode()})
        self._resources = FolderResources(folder)
        self._leases = leases

    async def declare(self, name: str, email: str, company_id: int | None = None) -> UUID:
        admin = InitialAdmin(email=email, password_secret_ref=REFERENCE)
        spec = CompanySpec(display_name=name.title(), company_id=company_id, initial_admin=admin)
        metadata = CompanyMetadata(name=name, uid=new_id())
        made = await self._resources.apply(Company(metadata=metadata, spec=spec))
        assert made.metadata.uid is not None
        return made.metadata.uid

    async def reconcile(self, uid: UUID) -> str:
        """What a new operator makes of it: the reason that its condition gives in the end."""
        declarations = FolderDeclarations(self._resources)
        ports = Ports(
            declarations=declarations,
            sessions=UNUSED,
            leases=self._leases,
            companies=self._leases,
            policies=NoPolicies(),
            secrets=self.vault,
            bell=UNUSED,
            clock=SystemClock(),
        )
        companies = CompanyReconciler(ports, Roster(), lambda _: None)
        for _ in range(4):
            await companies.reconcile(uid)
        company = await declarations.company(uid)
        assert company is not None
        told = condition(company.status.conditions, ConditionType.INITIAL_ADMIN)
        assert told is not None
        return told.reason


@pytest_asyncio.fixture(loop_scope="session")
async def cluster(world: World, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with LeaseDatabase(world.database.operator) as leases:
        yield Cluster(tmp_path, leases)


async def sign_in(world: World, email: str, password: str = PASSWORD) -> httpx.Response:
    return await world.browser().post("/api/auth/sign-in", json={"email": email, "password": password})


async def test_the_first_person_of_a_company_signs_in(world: World, cluster: Cluster) -> None:
    uid, email = await cluster.declare("acme", "Ana@acme.example.com"), "ana@acme.example.com"
    assert (await sign_in(world, email)).status_code == HTTPStatus.UNAUTHORIZED
    assert await cluster.reconcile(uid) == "Created"
    answer = await sign_in(world, email)
    assert answer.status_code == HTTPStatus.OK
    assert (answer.json()["user"]["role"], answer.json()["user"]["email"]) == ("admin", "Ana@acme.example.com")
    me = await world.browser(answer.json()["accessToken"]).get("/api/me")
    assert me.json()["company"]["name"] == "Acme"
    assert (await sign_in(world, email, PASSWORD + "!")).status_code == HTTPStatus.UNAUTHORIZED


async def test_it_happens_once(world: World, cluster: Cluster) -> None:
    uid, email = await cluster.declare("globex", "bia@globex.example.com"), "bia@globex.example.com"
    assert await cluster.reconcile(uid) == "Created"
    cluster.vault.values = {REFERENCE.name: b"another password, as long"}
    assert await cluster.reconcile(uid) == "Created"
    assert (await sign_in(world, email)).status_code == HTTPStatus.OK
    await world.owner.execute("update app_user set status = 'disabled' where email = $1", email)
    assert await cluster.reconcile(uid) == "Created"  # who was switched off stays off
    assert (await sign_in(world, email)).status_code == HTTPStatus.UNAUTHORIZED
    assert await world.count("select count(*) from app_user where email ilike '%@globex.example.com'") == 1


async def test_a_company_that_has_people_gets_nobody(world: World, cluster: Cluster) -> None:
    company = await world.company()
    await world.person(company)
    uid = await cluster.declare("initech", "eve@initech.example.com", company.id)
    assert await cluster.reconcile(uid) == "AlreadyHasPeople"
    assert (await sign_in(world, "eve@initech.example.com")).status_code == HTTPStatus.UNAUTHORIZED


async def test_nobody_of_another_company_is_touched(world: World, cluster: Cluster) -> None:
    other = await world.person(await world.company())
    uid = await cluster.declare("umbrella", other.email.upper())
    assert await cluster.reconcile(uid) == "EmailTaken"
    me = await other.http.get("/api/me")
    assert me.json()["company"]["id"] == other.company_id


async def test_without_a_place_for_people_nobody_is_made(world: World, cluster: Cluster) -> None:
    uid = await cluster.declare("hooli", "gavin@hooli.example.com")
    cluster.vault.readable = False
    assert await cluster.reconcile(uid) == "SecretNotReadable"
    await world.owner.execute("update company set max_agents = 0 where resource_uid = $1", uid)
    company_id = await world.owner.fetchval("select id from company where resource_uid = $1", uid)
    async with LeaseDatabase(world.database.operator) as leases:
        assert await leases.make_first_admin(company_id, "gavin@hooli.example.com", "a hash") == "no_place"
