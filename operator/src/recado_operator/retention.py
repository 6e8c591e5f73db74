"""Lets retained connections go that were not declared again in time: keys, role and lease, never a conversation.

A connection is deleted with policy Retain so that it can come back, but keys that nobody comes back for are a way into
somebody's WhatsApp, and each role makes the database a little slower. One query finds them; at rest it is the only one.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from recado_core.log import logger
from recado_operator.plan.retention import to_collect
from recado_operator.ports import DatabaseUnavailableError, Declarations, Leases
from recado_operator.world import OverdueConnection

log = logger(__name__)


class Retention:
    """`days` after its resource went a connection is let go; with 0, never."""

    def __init__(self, declarations: Declarations, leases: Leases, days: int) -> None:
        self._declarations = declarations
        self._leases = leases
        self._period = timedelta(days=days)

    async def collect(self) -> list[UUID]:
        """One round; answers who was let go. Raises DatabaseUnavailableError. What else fails is tried in the next."""
        if not self._period:
            return []
        overdue = await self._leases.overdue(self._period)
        if not overdue:
            return []
        chosen = to_collect(overdue, await self._awaited())
        return [each.connection_id for each in chosen if await self._let_go(each)]

    async def _awaited(self) -> Collection[tuple[int, str]]:
        """Company and name of the resources that the database does not know yet."""
        known = {row.connection_id for row in await self._leases.list()}
        awaited = set()
        for key in set(await self._declarations.keys()) - known:
            resource = await self._declarations.get(key)
            company = await self._declarations.company_of(resource) if resource else None
            if resource is not None and company is not None and company.company_id is not None:
                awaited.add((company.company_id, resource.metadata.name))
        return awaited

    async def _let_go(self, overdue: OverdueConnection) -> bool:
        try:
            gone = await self._leases.collect(overdue.connection_id, self._period)
        except DatabaseUnavailableError:
            raise
        except Exception:  # whatever is wrong with one, the others go
            log.exception("a retained connection was not let go", connection=str(overdue.connection_id))
            return False
        if gone:
            _tell(overdue)
        return gone


def _tell(overdue: OverdueConnection) -> None:
    about = {"connection": str(overdue.connection_id), "name": overdue.name, "company": overdue.company_id}
    if overdue.linked:
        log.warning("let go after its time, but not unlinked: remove the device on the phone", **about)
    else:
        log.info("let go after its time", **about)
