"""Gather, plan, execute, write the status if it changed: for one company, each time something may have happened."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.company import Company, CompanyStatus
from recado_core.resources.port import Resources
from recado_operator.plan.actions import CompanyAction, HoldResource, Isolate, Provision, PurgeCompany, ReleaseResource
from recado_operator.plan.company import plan_company, refused_company
from recado_operator.ports import Companies, DeclarationRefusedError
from recado_operator.world import CompanyMemory, CompanyWorld, Moment

log = logger(__name__)


class CompanyReconciler:
    def __init__(self, companies: Companies, resources: Resources, clock: Clock) -> None:
        self._companies = companies
        self._resources = resources
        self._clock = clock
        self._memories: dict[UUID, CompanyMemory] = {}
        self._statuses: dict[UUID, CompanyStatus] = {}

    def known(self, company: Company) -> Company:
        """`company` with the status that was written last, though the port may still answer the one before."""
        uid = company.metadata.uid
        return replace(company, status=self._statuses.get(uid, company.status)) if uid else company

    async def reconcile(self, world: CompanyWorld) -> float | None:
        """Answers after how many seconds time alone asks for the next look. What failed is logged and tried again."""
        uid = world.resource.metadata.uid
        if uid is None:
            raise AssertionError(f"The Resources port listed {world.resource.metadata.name} without a uid")
        now = Moment(self._clock.monotonic(), self._clock.now())
        planned = plan_company(now, replace(world, memory=self._memories.get(uid, CompanyMemory())))
        self._memories[uid] = planned.memory
        try:
            await self._execute(world.resource, planned.actions)
            await self._write_status(uid, world.resource, planned.status)
        except DeclarationRefusedError as error:
            self._memories[uid] = refused_company(now, planned, error.detail)
        except Exception:
            self._memories.pop(uid)
            log.exception("company not reconciled, it is looked at again", company=world.resource.metadata.name)
            return None
        return planned.wake_after

    async def _execute(self, resource: Company, actions: Sequence[CompanyAction]) -> None:
        for action in actions:
            log.info("acting", company=resource.metadata.name, action=type(action).__name__)
            match action:
                case Provision():
                    await self._companies.provision(resource)
                case PurgeCompany(company_id=company_id):
                    await self._companies.purge_company(company_id)
                case HoldResource() | ReleaseResource() | Isolate():
                    raise AssertionError(f"{action} is planned in a cluster only")

    async def _write_status(self, uid: UUID, resource: Company, status: CompanyStatus) -> None:
        if resource.status != status:
            await self._resources.write_status(replace(resource, status=status))
        self._statuses[uid] = status
