"""The realtime side's port to the database, on the domain."""

from collections.abc import Collection, Mapping

from recado_api.auth.access import access_user, token_of
from recado_api.auth.principal import Principal
from recado_api.events.access import visible_streams
from recado_domain.queues.queries import visible_queues
from recado_domain.streams.queries import all_heads
from recado_domain.unit_of_work import Database
from recado_domain.users.standing import standing_tokens


class DatabaseDirectory:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def streams(self, principal: Principal) -> frozenset[str]:
        async with self._database.company(principal.company_id) as work:
            user = await access_user(work, principal)
            return visible_streams(await visible_queues(work, user))

    async def heads(self, companies: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        if not companies:
            return {}
        async with self._database.system() as work:
            found = await all_heads(work, companies)
        heads: dict[int, dict[str, int]] = {}
        for (company, stream), head in found.items():
            heads.setdefault(company, {})[stream] = head
        return heads

    async def revoked(self, principals: Collection[Principal]) -> Collection[Principal]:
        async with self._database.system() as work:
            standing = await standing_tokens(work, {token_of(principal) for principal in principals})
        return [principal for principal in principals if token_of(principal) not in standing]
