"""The signed-in user, with the company."""

from uuid import UUID

import msgspec

from recado_domain.companies.views import CompanyView
from recado_domain.users.views import Role


class MeView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    email: str
    role: Role
    company: CompanyView
