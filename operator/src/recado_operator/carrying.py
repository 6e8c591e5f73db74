"""Carries out what was planned for one connection. Each step may be repeated, or done by two operators at once."""

import secrets
from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from msgspec import Struct

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.connection import WhatsAppConnection
from recado_operator.plan.actions import (
    Action,
    Adopt,
    Correct,
    Declare,
    End,
    Fence,
    Forget,
    HoldResource,
    RecordExit,
    ReleaseResource,
    Remove,
    ReportState,
    RequestLogout,
    Retain,
    Start,
)
from recado_operator.plan.causes import cause_of
from recado_operator.ports import Bell, Companies, Declarations, Leases, Policies, Secrets, SessionOrder, Sessions
from recado_operator.runtime import metrics
from recado_operator.world import ObservedSession, World

log = logger(__name__)


class Ports(Struct, frozen=True, kw_only=True):
    declarations: Declarations
    sessions: Sessions
    leases: Leases
    companies: Companies
    policies: Policies
    secrets: Secrets
    bell: Bell
    clock: Clock


class Carrier:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def carry_out(self, key: UUID, world: World, actions: Sequence[Action]) -> None:
        for action in actions:
            log.info("acting", connection=str(key), action=type(action).__name__)
            await self._perform(key, world, action)

    async def _perform(self, key: UUID, world: World, action: Action) -> None:
        leases = self._ports.leases
        match action:
            case Declare(company_id=company_id):
                await leases.declare(_wanted(world), company_id, key)
            case RecordExit(epoch=epoch, exit_code=code):
                complaint = world.ended.complaint if world.ended else ""
                log.info("session ended", connection=str(key), epoch=epoch, exit_code=code, complaint=complaint)
                await leases.record_exit(key, epoch, code)
            case ReportState(epoch=epoch, state=state, reason=reason):
                await leases.report_state(key, epoch, state, reason)
                await self._ports.bell.ring(_known(world).company_id, key)
            case Fence():
                await leases.fence(key)
            case RequestLogout():
                await leases.request_logout(key)
                await self._ports.bell.ring_session(key)
            case Retain():
                await leases.retain(key)
            case Remove(purge=purge):
                await self._remove(key, world, purge=purge)
            case HoldResource() | ReleaseResource():
                await self._hold(world, held=isinstance(action, HoldResource))
            case _:
                await self._handle_process(key, world, action)

    async def _handle_process(self, key: UUID, world: World, action: Start | End | Forget | Correct | Adopt) -> None:
        sessions = self._ports.sessions
        match action:
            case Start(expected_epoch=expected):
                await self._start(key, world, expected)
            case End(epoch=epoch, grace=grace):
                await sessions.end(key, epoch, grace)
            case Forget(epoch=epoch):
                await sessions.forget(key, epoch)
            case Correct(epoch=epoch, image=image):
                await sessions.correct(_wanted(world), epoch, image=image)
            case Adopt(name=name):
                await sessions.adopt(_wanted(world), name)
            case unreachable:
                assert_never(unreachable)

    async def _hold(self, world: World, *, held: bool) -> None:
        if world.resource is not None:
            await self._ports.declarations.hold(world.resource, held=held)

    async def _remove(self, key: UUID, world: World, *, purge: bool) -> None:
        if world.memory.logout_asked_at is not None and world.observed and world.observed.linked:
            log.warning("removed, but not unlinked: remove the device on the phone", connection=str(key))
        await self._ports.leases.remove(key, purge=purge)
        await self._ports.sessions.discard(key)

    async def _start(self, key: UUID, world: World, expected_epoch: int) -> None:
        if await self._went_with_its_resource(world, expected_epoch):
            log.info("the resource is gone, so nothing follows its pod", connection=str(key))
            return
        password = secrets.token_urlsafe(32)
        epoch = await self._ports.leases.take_over(key, expected_epoch, password)
        if epoch is None:
            log.info("somebody else took over first", connection=str(key))
            return
        metrics.EPOCH_BUMPS.labels(cause_of(world, expected_epoch)).inc()
        order = SessionOrder(resource=_wanted(world), connection_id=key, epoch=epoch, password=password)
        await self._ports.sessions.start(order)

    async def _went_with_its_resource(self, world: World, expected_epoch: int) -> bool:
        """A pod that vanished may have been cleared away with its owner, of which another watch has not told yet. The
        next one would be too, and the next, an epoch each.
        """
        if expected_epoch == 0 or world.processes or world.resource is None or world.observed is None:
            return False
        return await self._ports.declarations.vanished(world.observed)


def _wanted(world: World) -> WhatsAppConnection:
    """The resource, or the last one known: a session may start once more to unlink the device of one that is gone."""
    resource = world.resource or world.memory.resource
    if resource is None:
        raise AssertionError("A plan changes only what has or had a resource")
    return resource


def _known(world: World) -> ObservedSession:
    if world.observed is None:
        raise AssertionError("A plan reports only about what the database knows")
    return world.observed
