"""Gather, plan, then act or, at rest, tell: for one company, whenever something may have happened to it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from recado_core.log import logger
from recado_core.resources.company import Company, CompanyStatus
from recado_core.resources.connection import WhatsAppConnection
from recado_kubernetes.errors import ForbiddenError
from recado_operator.carrying import Ports
from recado_operator.census import rivals_of
from recado_operator.first_admin import FirstAdmins
from recado_operator.plan.actions import (
    CompanyAction,
    HoldResource,
    Isolate,
    MakeFirstAdmin,
    Provision,
    PurgeCompany,
    ReleaseResource,
)
from recado_operator.plan.company import plan_company, refused_company
from recado_operator.ports import DeclarationRefusedError
from recado_operator.roster import Roster
from recado_operator.troubles import Troubles
from recado_operator.world import AdminAttempt, CompanyMemory, CompanyWorld, Moment

AFTER_ACTING = 0.2

log = logger(__name__)


class CompanyReconciler:
    """`wake` is told the connections whose verdict changed with their company."""

    def __init__(self, ports: Ports, roster: Roster, wake: Callable[[UUID], None]) -> None:
        self._ports = ports
        self._roster = roster
        self._wake = wake
        self._memories: dict[UUID, CompanyMemory] = {}
        self._statuses: dict[UUID, CompanyStatus] = {}
        self._first_admins = FirstAdmins(ports.secrets, ports.companies)
        self._troubles = Troubles(ports.clock, ports.declarations)

    async def company_of(self, resource: WhatsAppConnection) -> Company | None:
        """With the status that was written last, though the port may still answer the one before."""
        company = await self._ports.declarations.company_of(resource)
        return company and self._known(company)

    async def reconcile(self, uid: UUID) -> float | None:
        """One look. Answers after how many seconds the next is due if nothing happens before; raises what failed."""
        try:
            wake = await self._reconcile(uid)
        except Exception as error:
            await self._tell_trouble(uid, error)
            raise
        self._troubles.over(uid)
        return wake

    async def _reconcile(self, uid: UUID) -> float | None:
        company = await self._ports.declarations.company(uid)
        if company is None:
            self._memories.pop(uid, None)
            self._statuses.pop(uid, None)
            return None
        world = await self._gather(uid, self._known(company))
        self._wake_judged(world.resource)
        now = Moment(self._ports.clock.monotonic(), self._ports.clock.now())
        planned = plan_company(now, world)
        self._memories[uid] = planned.memory
        try:
            await self._carry_out(uid, world.resource, planned.actions)
        except DeclarationRefusedError as error:
            self._memories[uid] = refused_company(now, planned, error.detail)
            return AFTER_ACTING
        except Exception:
            self._memories.pop(uid)
            raise
        if planned.actions:
            return AFTER_ACTING
        await self._write_status(uid, world.resource, planned.status)
        return planned.wake_after

    async def _gather(self, uid: UUID, company: Company) -> CompanyWorld:
        place = (company.metadata.namespace, company.metadata.name)
        return CompanyWorld(
            resource=company,
            observed=await self._ports.companies.observe_company(uid),
            peers=self._roster.peers(place),
            ready=self._roster.ready(place),
            rivals=rivals_of(company, await self._ports.declarations.companies()),
            memory=self._memories.get(uid, CompanyMemory()),
            finalizers=self._ports.declarations.finalizers,
            policies=self._ports.policies.exist,
            harmed=self._ports.policies.harmed(company),
            secrets=self._ports.secrets.readable,
        )

    def _known(self, company: Company) -> Company:
        uid = company.metadata.uid
        return replace(company, status=self._statuses.get(uid, company.status)) if uid else company

    async def _carry_out(self, uid: UUID, resource: Company, actions: Sequence[CompanyAction]) -> None:
        for action in actions:
            log.info("acting", company=resource.metadata.name, action=type(action).__name__)
            match action:
                case Provision():
                    await self._ports.companies.provision(resource)
                case PurgeCompany(company_id=company_id):
                    await self._ports.companies.purge_company(company_id)
                case HoldResource() | ReleaseResource():
                    await self._ports.declarations.hold(resource, held=isinstance(action, HoldResource))
                case Isolate():
                    await self._isolate(uid, resource)
                case MakeFirstAdmin(company_id=company_id):
                    await self._make_first_admin(uid, resource, company_id)

    async def _isolate(self, uid: UUID, resource: Company) -> None:
        try:
            await self._ports.policies.isolate(resource)
            refused = False
        except ForbiddenError as error:
            log.warning("policies not written", company=resource.metadata.name, problem=error.detail)
            refused = True
        self._memories[uid] = replace(self._memories[uid], isolation_refused=refused)

    async def _make_first_admin(self, uid: UUID, resource: Company, company_id: int) -> None:
        wanted = resource.spec.initial_admin
        if wanted is None:
            raise AssertionError("A plan makes only a person that is declared")
        reason = await self._first_admins.make(company_id, resource.metadata.namespace, wanted)
        log.info("first admin", company=resource.metadata.name, outcome=reason)
        attempt = AdminAttempt(wanted, reason, self._ports.clock.monotonic())
        self._memories[uid] = replace(self._memories[uid], admin=attempt)

    async def _write_status(self, uid: UUID, resource: Company, status: CompanyStatus) -> None:
        if resource.status != status:
            await self._ports.declarations.write_status(replace(resource, status=status))
        self._statuses[uid] = status
        if resource.status.company_id != status.company_id:
            self._wake_all(resource)

    def _wake_judged(self, company: Company) -> None:
        place = (company.metadata.namespace, company.metadata.name)
        for key in self._roster.settle(place, company.spec.quotas.connections):
            self._wake(key)

    def _wake_all(self, company: Company) -> None:
        for peer in self._roster.peers((company.metadata.namespace, company.metadata.name)):
            self._wake(peer.id)

    async def _tell_trouble(self, uid: UUID, error: Exception) -> None:
        company = await self._ports.declarations.company(uid)
        told = await self._troubles.tell(uid, error, company and self._known(company))
        if told is not None:
            self._statuses[uid] = told.status
