"""Gather, plan, then act or, at rest, tell: for one connection, whenever something may have happened to it.

Every key stands alone: who calls decides which is looked at and when, a failure is the caller's to try again, and the
same look may be repeated by two operators at once. Between two looks only `Memory` is kept; losing it costs one early
attempt. A look that acts is followed by another, unless all it did was to declare again what the database knows; only
one that leaves nothing to do writes the status: what is written was seen, and a start costs two writes.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from recado_core.log import logger
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_operator.carrying import Carrier, Ports
from recado_operator.census import company_place
from recado_operator.plan.actions import Action, Plan, Start
from recado_operator.plan.connection import foresee, plan, refused
from recado_operator.ports import DatabaseUnavailableError, DeclarationRefusedError
from recado_operator.reconcile_company import CompanyReconciler
from recado_operator.roster import Roster
from recado_operator.survey import Survey
from recado_operator.troubles import Troubles
from recado_operator.world import Memory, Moment, ObservedSession, World

AFTER_ACTING = 0.5
"""Seconds until a look at what acting has brought, unless an event brings it before."""

log = logger(__name__)
Wake = Callable[[UUID], None]
Note = Callable[[UUID, World], None]


class Reconciler:
    """`departed` names connections whose resource is already gone, as it was last (for `deletionPolicy`).

    `wake` is told whose verdict a look at another one has changed, `note` what each look has found.
    """

    def __init__(
        self,
        ports: Ports,
        departed: Mapping[UUID, WhatsAppConnection] | None = None,
        wake: Wake = lambda _: None,
        note: Note = lambda _, __: None,
    ) -> None:
        self._ports = ports
        self._carrier = Carrier(ports)
        self._memories = {key: Memory(resource=resource) for key, resource in (departed or {}).items()}
        self._statuses: dict[UUID, WhatsAppConnectionStatus] = {}
        self._troubles = Troubles(ports.clock, ports.declarations)
        self._survey = Survey(ports.leases, ports.clock)
        self._roster = Roster()
        self._wake = wake
        self._note = note
        self.companies = CompanyReconciler(ports, self._roster, wake)

    async def survey(self) -> list[UUID]:
        """The connections that deserve a look since the last time, by their leases."""
        return await self._survey.changed()

    async def enroll(self) -> None:
        """Enters everybody who is declared: quotas cannot be judged before. Without the database as far as resources
        tell; each look enters its own again.
        """
        try:
            seen = {row.connection_id: row for row in await self._ports.leases.list()}
        except DatabaseUnavailableError as error:
            log.warning("leases not read", problem=error.detail)
            seen = {}
        for key in await self._ports.declarations.keys():
            if (resource := await self._ports.declarations.get(key)) is not None:
                self._roster.enter(resource, seen.get(key))

    async def keys(self) -> list[UUID]:
        """Every connection that anybody knows of."""
        declared, running = await self._ports.declarations.keys(), await self._ports.sessions.keys()
        return sorted({*declared, *running, *self._memories, *self._survey.keys(), *self._roster.keys()})

    async def look(self) -> float | None:
        """One round over everything. Answers after how many seconds time alone asks for the next."""
        await self._survey.changed()
        await self.enroll()
        companies = await self._ports.declarations.company_keys()
        wakes = [await self._look_at(self.companies.reconcile, key) for key in sorted(companies)]
        wakes += [await self._look_at(self.reconcile, key) for key in await self.keys()]
        return min((wake for wake in wakes if wake is not None), default=None)

    async def _look_at(self, reconcile: Callable[[UUID], Any], key: UUID) -> float | None:
        try:
            wake: float | None = await reconcile(key)
        except Exception:
            log.exception("not reconciled, it is looked at again", key=str(key))
            return None
        return wake

    async def reconcile(self, key: UUID) -> float | None:
        """One look. Answers after how many seconds the next is due if nothing happens before; raises what failed."""
        try:
            wake = await self._reconcile(key)
        except Exception as error:
            await self._tell_trouble(key, error)
            raise
        self._troubles.over(key)
        return wake

    async def _reconcile(self, key: UUID) -> float | None:
        was_declared = key in self._roster
        world = await self._gather(key)
        now = Moment(self._ports.clock.monotonic(), self._ports.clock.now())
        planned = plan(now, world)
        actions, wait = self._in_turn(key, planned.actions)
        try:
            await self._carrier.carry_out(key, world, actions)
        except DeclarationRefusedError as error:
            self._remember(key, refused(now, planned, error.detail, error.again_after))
            return AFTER_ACTING
        self._remember(key, planned.memory)
        if actions:
            following = foresee(now, world, planned)
            if following is None:
                return max(AFTER_ACTING, wait)
            planned = following
        if wait:
            return wait
        if was_declared and world.resource is None and world.observed is None and planned.memory == Memory():
            await self._ports.sessions.discard(key)  # the database never took it: nothing else would clear it away
        await self._write_status(key, world, planned)
        return planned.wake_after

    async def _gather(self, key: UUID) -> World:
        resource = self._with_last_status(key, await self._ports.declarations.get(key))
        processes = await self._ports.sessions.of(key)  # before the lease: a process that ended has stored its state
        observed = await self._ports.leases.observe(key)
        affected = self._roster.enter(resource, observed) if resource else self._roster.strike(key)
        for other in affected:
            self._wake(other)
        memory = self._memories.get(key, Memory())
        world = World(
            resource=resource,
            observed=observed,
            processes=tuple(processes),
            memory=memory,
            watched_seconds=self._survey.listened(),
            jitter=random.random(),  # noqa: S311 - spreads starts, guards nothing
            vanished=resource is None and await self._vanished(memory, observed),
            **await self._surroundings(key, resource),
        )
        self._note(key, world)
        return world

    async def _surroundings(self, key: UUID, resource: WhatsAppConnection | None) -> dict[str, Any]:
        finalizers = self._ports.declarations.finalizers
        if resource is None:
            return {"finalizers": finalizers}
        company = await self.companies.company_of(resource)
        limit = company.spec.quotas.connections if company else 0
        return {
            "finalizers": finalizers,
            "company": company,
            "peers": self._roster.relevant(key, company_place(resource), limit),
            "namesakes": self._roster.namesakes(key),
            **self._ports.sessions.expected(resource, company),
        }

    async def _vanished(self, memory: Memory, observed: ObservedSession | None) -> bool:
        """Asked only when nobody remembers the resource and the row says nothing of its end."""
        if memory.resource is not None or observed is None or observed.retained or observed.deleted:
            return False
        return await self._ports.declarations.vanished(observed)

    def _in_turn(self, key: UUID, actions: Sequence[Action]) -> tuple[Sequence[Action], float]:
        """`actions` without a start whose turn has not come, and the seconds until it does."""
        if not any(isinstance(action, Start) for action in actions) or not (wait := self._ports.sessions.wait(key)):
            return actions, 0.0
        return [action for action in actions if not isinstance(action, Start)], wait

    def _remember(self, key: UUID, memory: Memory) -> None:
        if memory == Memory():
            self._memories.pop(key, None)
        else:
            self._memories[key] = memory

    def _with_last_status(self, key: UUID, resource: WhatsAppConnection | None) -> WhatsAppConnection | None:
        """What was written last counts until the port answers it."""
        self._forget_told(key, resource)
        last = self._statuses.get(key)
        return resource if resource is None or last is None else replace(resource, status=last)

    def _forget_told(self, key: UUID, resource: WhatsAppConnection | None) -> None:
        """What the port answers by now: thousands of statuses need not be kept twice."""
        if resource is not None and resource.status == self._statuses.get(key):
            del self._statuses[key]

    async def _write_status(self, key: UUID, world: World, planned: Plan) -> None:
        if world.resource is None or planned.status is None:
            self._statuses.pop(key, None)
            return
        told = replace(world.resource, status=planned.status)
        if world.resource.status != told.status:
            self._roster.enter(told, world.observed)  # before its company is woken to count who is ready
            await self._ports.declarations.write_status(told)
            self._statuses[key] = planned.status
            self._forget_told(key, await self._ports.declarations.get(key))

    async def _tell_trouble(self, key: UUID, error: Exception) -> None:
        resource = self._with_last_status(key, await self._ports.declarations.get(key))
        told = await self._troubles.tell(key, error, resource)
        if told is not None:
            self._statuses[key] = told.status
