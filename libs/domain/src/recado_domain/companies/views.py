import msgspec


class CompanyView(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    name: str
