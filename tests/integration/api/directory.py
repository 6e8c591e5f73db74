"""The realtime side's port to the database, in memory: for what sockets do, whatever the database says."""

from collections.abc import Collection, Mapping
from uuid import UUID

from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.principal import Principal


class MemoryDirectory:
    def __init__(self) -> None:
        self.rights: dict[UUID, frozenset[str]] = {}
        self.current: dict[int, dict[str, int]] = {}
        self.away = False

    async def streams(self, principal: Principal) -> frozenset[str]:
        self._answer()
        if principal.user_id not in self.rights:
            raise UnauthenticatedError
        return self.rights[principal.user_id]

    async def heads(self, companies: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        self._answer()
        return {company: dict(heads) for company, heads in self.current.items() if company in companies}

    async def revoked(self, principals: Collection[Principal]) -> Collection[Principal]:
        self._answer()
        return [principal for principal in principals if principal.user_id not in self.rights]

    def _answer(self) -> None:
        if self.away:
            raise OSError("the database is away")
