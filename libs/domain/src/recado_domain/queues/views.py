from uuid import UUID

import msgspec


class QueueView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    is_default: bool
