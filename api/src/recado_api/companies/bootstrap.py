"""All that the inbox needs before its first paint, with the cursor from which events continue it."""

import msgspec

from recado_api.companies.schemas import CompanyView
from recado_api.connections.schemas import ConnectionView
from recado_api.queues.schemas import QueueView
from recado_api.users.schemas import UserView


class Bootstrap(msgspec.Struct, frozen=True, rename="camel"):
    me: UserView
    company: CompanyView
    users: list[UserView]
    queues: list[QueueView]
    connections: list[ConnectionView]
    cursor: dict[str, int]
    """Head of each stream that this user follows, taken before everything else was read."""
