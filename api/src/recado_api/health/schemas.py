"""How the process is."""

import msgspec


class Health(msgspec.Struct, frozen=True, rename="camel"):
    status: str
