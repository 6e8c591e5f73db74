"""What the realtime side must know from the database, as a port: rights, heads, and who was revoked."""

from collections.abc import Collection, Mapping
from typing import Protocol

from recado_api.auth.principal import Principal


class Directory(Protocol):
    async def streams(self, principal: Principal) -> frozenset[str]:
        """The streams that this user may follow now. Raises UnauthenticatedError when user or session was revoked."""
        ...

    async def heads(self, companies: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        """Head of every stream of these companies."""
        ...

    async def revoked(self, principals: Collection[Principal]) -> Collection[Principal]:
        """Those whose user was disabled, changed role or password, or whose session was signed out."""
        ...
