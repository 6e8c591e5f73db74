from typing import Literal
from uuid import UUID

import msgspec

Role = Literal["agent", "supervisor", "admin"]


class UserView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    email: str
    role: Role
