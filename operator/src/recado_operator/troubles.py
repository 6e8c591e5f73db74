"""Tells people when looks keep failing, for then nobody knows whether all is well.

What fails for a moment is nobody's business, so there is some patience; and what was told is not written again.
"""

from uuid import UUID

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.port import AnyResource
from recado_operator.conditions.states import DATABASE_UNAVAILABLE, RECONCILE_ERROR
from recado_operator.conditions.trouble import describe_trouble
from recado_operator.ports import DatabaseUnavailableError, Declarations
from recado_operator.world import Moment

TROUBLE_SECONDS = 10.0
"""A look that fails is tried again; after this long, people are told."""

log = logger(__name__)


class Troubles:
    def __init__(self, clock: Clock, declarations: Declarations) -> None:
        self._clock = clock
        self._declarations = declarations
        self._since: dict[UUID, float] = {}

    def over(self, key: UUID) -> None:
        """The look at `key` went well."""
        self._since.pop(key, None)

    async def tell(self, key: UUID, error: Exception, resource: AnyResource | None) -> AnyResource | None:
        """The look at `key` failed. Answers the resource with what was written, if it was time for it, and news."""
        now = Moment(self._clock.monotonic(), self._clock.now())
        since = self._since.setdefault(key, now.monotonic)
        if resource is None or now.monotonic - since < TROUBLE_SECONDS:
            return None
        told = DATABASE_UNAVAILABLE if isinstance(error, DatabaseUnavailableError) else RECONCILE_ERROR
        changed = describe_trouble(now, resource, told)
        if changed == resource:
            return None
        try:
            await self._declarations.write_status(changed)
        except Exception as problem:  # noqa: BLE001 - the first error counts, and it is tried again
            log.info("trouble not told", key=str(key), problem=repr(problem))
            return None
        return changed
