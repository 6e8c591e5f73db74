"""Gather, plan, execute, write the status if it changed: for every connection, each time something may have happened.

One look reads everything at once (three calls, however many connections there are), so no event can be missed; a
failing connection does not hold up the others and is looked at again.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.port import Resources
from recado_operator.census import Census, Place, company_place, rivals_of, take_census
from recado_operator.plan.actions import (
    Action,
    Adopt,
    Correct,
    Declare,
    End,
    Fence,
    Forget,
    HoldResource,
    Plan,
    RecordExit,
    ReleaseResource,
    Remove,
    ReportState,
    RequestLogout,
    Retain,
    Start,
)
from recado_operator.plan.connection import plan, refused
from recado_operator.ports import Bell, Companies, DeclarationRefusedError, Leases, SessionOrder, Sessions
from recado_operator.reconcile_company import CompanyReconciler
from recado_operator.world import CompanyWorld, Memory, Moment, World

LONGEST_BLIND_SECONDS = 10.0
"""After a longer gap between two looks, heartbeats are listened to afresh before anybody is called silent."""

log = logger(__name__)


class Ports(Struct, frozen=True, kw_only=True):
    resources: Resources
    sessions: Sessions
    leases: Leases
    companies: Companies
    bell: Bell
    clock: Clock


class Reconciler:
    """`departed` names connections whose resource is already gone, as it was last (for `deletionPolicy`)."""

    def __init__(self, ports: Ports, departed: Mapping[UUID, WhatsAppConnection] | None = None) -> None:
        self._ports = ports
        self._memories = {key: Memory(resource=resource) for key, resource in (departed or {}).items()}
        self._statuses: dict[UUID, WhatsAppConnectionStatus] = {}
        self._companies = CompanyReconciler(ports.companies, ports.resources, ports.clock)
        self._watched_since = ports.clock.monotonic()
        self._last_look = self._watched_since

    async def look(self) -> float | None:
        """One round over everything. Answers after how many seconds time alone asks for the next."""
        worlds = await self._gather()
        wakes = [await self._reconcile(key, world) for key, world in worlds.items()]
        return min((wake for wake in wakes if wake is not None), default=None)

    async def _gather(self) -> dict[UUID, World]:
        companies = [self._companies.known(found) for found in await self._ports.resources.list(Company)]
        listed = await self._ports.resources.list(WhatsAppConnection)
        resources = {_uid(resource): self._with_last_status(resource) for resource in listed}
        processes = await self._ports.sessions.list()  # before the leases: a process that ended has stored its state
        observed = {seen.connection_id: seen for seen in await self._ports.leases.observe()}
        census = take_census(resources.values(), observed)
        await self._reconcile_companies(companies, census)
        watched = self._listen()
        keys = {*resources, *observed, *self._memories, *(process.connection_id for process in processes)}
        return {
            key: World(
                resource=resources.get(key),
                **_surroundings(key, resources.get(key), companies, census),
                observed=observed.get(key),
                processes=tuple(process for process in processes if process.connection_id == key),
                memory=self._memories.get(key, Memory()),
                watched_seconds=watched,
                jitter=random.random(),  # noqa: S311 - spreads starts, guards nothing
            )
            for key in sorted(keys)
        }

    async def _reconcile_companies(self, companies: Sequence[Company], census: Census) -> None:
        rows = {row.resource_uid: row for row in await self._ports.companies.observe_companies()}
        for company in companies:
            place = _place(company)
            await self._companies.reconcile(
                CompanyWorld(
                    resource=company,
                    observed=rows.get(company.metadata.uid),
                    peers=census.peers(place),
                    ready=census.ready.get(place, 0),
                    rivals=rivals_of(company, companies),
                )
            )

    def _listen(self) -> float:
        now = self._ports.clock.monotonic()
        if now - self._last_look > LONGEST_BLIND_SECONDS:
            self._watched_since = now
        self._last_look = now
        return now - self._watched_since

    async def _reconcile(self, key: UUID, world: World) -> float | None:
        now = Moment(self._ports.clock.monotonic(), self._ports.clock.now())
        planned = plan(now, world)
        memory = planned.memory
        try:
            await self._execute(key, world, planned.actions)
            await self._write_status(key, world.resource, planned)
        except DeclarationRefusedError as error:
            memory = refused(now, planned, error.detail)
        except Exception:
            log.exception("connection not reconciled, it is looked at again", connection=str(key))
            return None
        self._remember(key, memory)
        return planned.wake_after

    def _remember(self, key: UUID, memory: Memory) -> None:
        if memory == Memory():
            self._memories.pop(key, None)
        else:
            self._memories[key] = memory

    async def _execute(self, key: UUID, world: World, actions: Sequence[Action]) -> None:
        for action in actions:
            log.info("acting", connection=str(key), action=type(action).__name__)
            await self._perform(key, world, action)

    async def _perform(self, key: UUID, world: World, action: Action) -> None:
        leases = self._ports.leases
        match action:
            case Declare(company_id=company_id):
                await self._declare(key, world, company_id)
            case RecordExit(epoch=epoch, exit_code=code):
                await leases.record_exit(key, epoch, code)
            case ReportState(epoch=epoch, state=state, reason=reason):
                await leases.report_state(key, epoch, state, reason)
                await self._ring(key, world)
            case Fence():
                await leases.fence(key)
            case RequestLogout():
                await leases.request_logout(key)
                await self._ports.bell.ring_session(key)
            case Retain():
                await leases.retain(key)
            case Remove(purge=purge):
                await self._remove(key, world, purge=purge)
            case _:
                await self._handle_process(key, world, action)

    async def _handle_process(
        self, key: UUID, world: World, action: Start | End | Forget | HoldResource | ReleaseResource | Correct | Adopt
    ) -> None:
        match action:
            case Start(expected_epoch=expected):
                await self._start(key, world, expected)
            case End(epoch=epoch, grace=grace):
                await self._ports.sessions.end(key, epoch, grace)
            case Forget(epoch=epoch):
                await self._ports.sessions.forget(key, epoch)
            case HoldResource() | ReleaseResource() | Correct() | Adopt():
                raise AssertionError(f"{action} is planned in a cluster only")
            case unreachable:
                assert_never(unreachable)

    async def _declare(self, key: UUID, world: World, company_id: int) -> None:
        if world.resource is not None:
            await self._ports.leases.declare(world.resource, company_id, key)

    async def _remove(self, key: UUID, world: World, *, purge: bool) -> None:
        if world.memory.logout_asked_at is not None and world.observed and world.observed.linked:
            log.warning("removed, but not unlinked: remove the device on the phone", connection=str(key))
        await self._ports.leases.remove(key, purge=purge)
        await self._ports.sessions.discard(key)

    async def _start(self, key: UUID, world: World, expected_epoch: int) -> None:
        resource = world.resource or world.memory.resource
        if resource is None:
            return
        password = secrets.token_urlsafe(32)
        epoch = await self._ports.leases.take_over(key, expected_epoch, password)
        if epoch is None:
            log.info("somebody else took over first", connection=str(key))
            return
        order = SessionOrder(resource=resource, connection_id=key, epoch=epoch, password=password)
        await self._ports.sessions.start(order)

    async def _ring(self, key: UUID, world: World) -> None:
        if world.observed is not None:
            await self._ports.bell.ring(world.observed.company_id, key)

    def _with_last_status(self, resource: WhatsAppConnection) -> WhatsAppConnection:
        """What was written last counts, though the port may still answer what was there before."""
        return replace(resource, status=self._statuses.get(_uid(resource), resource.status))

    async def _write_status(self, key: UUID, resource: WhatsAppConnection | None, planned: Plan) -> None:
        if resource is None or planned.status is None:
            return
        if resource.status != planned.status:
            await self._ports.resources.write_status(replace(resource, status=planned.status))
        self._statuses[key] = planned.status


def _place(company: Company) -> Place:
    return company.metadata.namespace, company.metadata.name


def _surroundings(
    key: UUID, resource: WhatsAppConnection | None, companies: Sequence[Company], census: Census
) -> dict[str, Any]:
    if resource is None:
        return {}
    place = company_place(resource)
    return {
        "company": next((company for company in companies if _place(company) == place), None),
        "peers": census.peers(place),
        "namesakes": census.namesakes(key, place),
    }


def _uid(resource: WhatsAppConnection) -> UUID:
    if resource.metadata.uid is None:
        raise AssertionError(f"The Resources port listed {resource.metadata.name} without a uid")
    return resource.metadata.uid
