"""The Resources port in memory: what the API declared, and what somebody else did."""

import asyncio
from collections.abc import Sequence

import msgspec

from recado_core.ids import new_id
from recado_core.resources import WhatsAppConnection, WhatsAppConnectionStatus


class MemoryResources:
    def __init__(self) -> None:
        self.by_name: dict[str, WhatsAppConnection] = {}

    async def list(self) -> Sequence[WhatsAppConnection]:
        return list(self.by_name.values())

    async def apply(self, resource: WhatsAppConnection) -> WhatsAppConnection:
        metadata = msgspec.structs.replace(resource.metadata, uid=resource.metadata.uid or new_id())
        applied = msgspec.structs.replace(resource, metadata=metadata)
        self.by_name[metadata.name] = applied
        return applied

    async def delete(self, name: str) -> None:
        self.by_name.pop(name, None)

    async def write_status(self, name: str, status: WhatsAppConnectionStatus) -> None:
        self.by_name[name] = msgspec.structs.replace(self.by_name[name], status=status)

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - the port's shape
        await asyncio.sleep(timeout)
