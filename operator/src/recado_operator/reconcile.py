"""Gather, plan, then execute or, at rest, tell: for one connection, whenever something may have happened to it.

Every key stands alone: who calls decides which is looked at and when, a failure is the caller's to try again, and the
same look may be repeated by two operators at once. Between two looks only `Memory` is kept; losing it costs one early
attempt. A look that acts is followed by another, and only one that has nothing to do writes the status: what is
written was seen, and a start costs two writes.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from typing import assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_operator.plan import (
    Action,
    Declare,
    End,
    Fence,
    Forget,
    Plan,
    RecordExit,
    Remove,
    ReportState,
    RequestLogout,
    Start,
    plan,
    refused,
)
from recado_operator.ports import Bell, DeclarationRefusedError, Declarations, Leases, SessionOrder, Sessions
from recado_operator.survey import Survey
from recado_operator.world import Memory, Moment, World

AFTER_ACTING = 0.5
"""Seconds until a look at what acting has brought, unless an event brings it before."""

log = logger(__name__)


class Ports(Struct, frozen=True, kw_only=True):
    declarations: Declarations
    sessions: Sessions
    leases: Leases
    bell: Bell
    clock: Clock


class Reconciler:
    """`departed` names connections whose resource is already gone, as it was last (for `deletionPolicy`)."""

    def __init__(self, ports: Ports, departed: Mapping[UUID, WhatsAppConnection] | None = None) -> None:
        self._ports = ports
        self._memories = {key: Memory(resource=resource) for key, resource in (departed or {}).items()}
        self._statuses: dict[UUID, WhatsAppConnectionStatus] = {}
        self._survey = Survey(ports.leases, ports.clock)

    async def survey(self) -> list[UUID]:
        """Reads all leases at once; answers the connections that deserve a look since the last time."""
        return await self._survey.changed()

    async def keys(self) -> list[UUID]:
        """Every connection that anybody knows of."""
        declared, running = await self._ports.declarations.keys(), await self._ports.sessions.keys()
        return sorted({*declared, *running, *self._memories, *self._survey.keys()})

    async def look(self) -> float | None:
        """One round over everything. Answers after how many seconds time alone asks for the next."""
        await self._survey.changed()
        wakes = [await self._look_at(key) for key in await self.keys()]
        return min((wake for wake in wakes if wake is not None), default=None)

    async def _look_at(self, key: UUID) -> float | None:
        try:
            return await self.reconcile(key)
        except Exception:
            log.exception("connection not reconciled, it is looked at again", connection=str(key))
            return None

    async def reconcile(self, key: UUID) -> float | None:
        """One look. Answers after how many seconds the next is due if nothing happens before; raises what failed."""
        world = await self._gather(key)
        now = Moment(self._ports.clock.monotonic(), self._ports.clock.now())
        planned = plan(now, world)
        actions, wait = self._in_turn(key, planned.actions)
        try:
            await self._execute(key, world, actions)
        except DeclarationRefusedError as error:
            self._remember(key, refused(now, planned, error.detail))
            return AFTER_ACTING
        self._remember(key, planned.memory)
        if actions:
            return max(AFTER_ACTING, wait)
        if wait:
            return wait
        await self._write_status(key, world.resource, planned)
        return planned.wake_after

    async def _gather(self, key: UUID) -> World:
        resource = self._with_last_status(key, await self._ports.declarations.get(key))
        processes = await self._ports.sessions.of(key)  # before the lease: a process that ended has stored its state
        observed = await self._ports.leases.observe(key)
        return World(
            resource=resource,
            company=await self._ports.declarations.company_of(resource) if resource else None,
            observed=observed,
            processes=tuple(processes),
            memory=self._memories.get(key, Memory()),
            watched_seconds=self._survey.listened(),
            jitter=random.random(),  # noqa: S311 - spreads starts, guards nothing
        )

    def _remember(self, key: UUID, memory: Memory) -> None:
        if memory == Memory():
            self._memories.pop(key, None)
        else:
            self._memories[key] = memory

    def _in_turn(self, key: UUID, actions: Sequence[Action]) -> tuple[Sequence[Action], float]:
        """`actions` without a start whose turn has not come, and the seconds until it does."""
        if not any(isinstance(action, Start) for action in actions) or not (wait := self._ports.sessions.wait(key)):
            return actions, 0.0
        return [action for action in actions if not isinstance(action, Start)], wait

    async def _execute(self, key: UUID, world: World, actions: Sequence[Action]) -> None:
        for action in actions:
            log.info("acting", connection=str(key), action=type(action).__name__)
            await self._perform(key, world, action)

    async def _perform(self, key: UUID, world: World, action: Action) -> None:
        leases, sessions = self._ports.leases, self._ports.sessions
        match action:
            case Declare(company_id=company_id):
                await self._declare(key, world, company_id)
            case Start(expected_epoch=expected):
                await self._start(key, world, expected)
            case End(epoch=epoch, grace=grace):
                await sessions.end(key, epoch, grace)
            case Forget(epoch=epoch):
                await sessions.forget(key, epoch)
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
            case Remove():
                await self._remove(key, world)
            case unreachable:
                assert_never(unreachable)

    async def _declare(self, key: UUID, world: World, company_id: int) -> None:
        if world.resource is not None:
            await self._ports.leases.declare(world.resource, company_id, key)

    async def _remove(self, key: UUID, world: World) -> None:
        if world.memory.logout_asked_at is not None and world.observed and world.observed.linked:
            log.warning("removed, but not unlinked: remove the device on the phone", connection=str(key))
        await self._ports.leases.remove(key)
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

    def _with_last_status(self, key: UUID, resource: WhatsAppConnection | None) -> WhatsAppConnection | None:
        """What was written last counts, though the port may still answer what was there before."""
        return resource and replace(resource, status=self._statuses.get(key, resource.status))

    async def _write_status(self, key: UUID, resource: WhatsAppConnection | None, planned: Plan) -> None:
        if resource is None or planned.status is None:
            self._statuses.pop(key, None)
            return
        if resource.status != planned.status:
            await self._ports.declarations.write_status(replace(resource, status=planned.status))
        self._statuses[key] = planned.status
