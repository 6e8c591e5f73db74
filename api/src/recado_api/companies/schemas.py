"""All that the inbox needs before its first paint, with the cursor from which events continue it."""

from collections.abc import Sequence

import msgspec

from recado_domain.companies.views import CompanyView
from recado_domain.connections.views import ConnectionView
from recado_domain.queues.views import QueueView
from recado_domain.users.views import UserView


class Bootstrap(msgspec.Struct, frozen=True, rename="camel"):
    me: UserView
    company: CompanyView
    users: Sequence[UserView]
    queues: Sequence[QueueView]
    connections: Sequence[ConnectionView]
    cursor: dict[str, int]
    """Head of each stream that this user follows, taken before everything else was read."""
