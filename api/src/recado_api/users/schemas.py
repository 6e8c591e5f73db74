"""Users as the browser sees them."""

from typing import Literal
from uuid import UUID

import msgspec

from recado_api.companies.schemas import CompanyView

Role = Literal["agent", "supervisor", "admin"]


class UserView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    email: str
    role: Role


class MeView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    email: str
    role: Role
    company: CompanyView
