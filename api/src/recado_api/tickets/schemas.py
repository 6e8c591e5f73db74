"""Pages and filters of tickets."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from recado_domain.tickets.views import TicketView

Assignee = Literal["me", "none", "all"]


class TicketPage(msgspec.Struct, frozen=True, rename="camel"):
    items: Sequence[TicketView]
    """The latest first."""
    next: str | None
