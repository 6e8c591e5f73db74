"""Pages of messages, and what a browser sends."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from recado_api.http.fields import NOT_BLANK
from recado_domain.messages.views import MessageView


class MessagePage(msgspec.Struct, frozen=True, rename="camel"):
    items: Sequence[MessageView]
    """Ascending by `seq`."""
    has_before: bool
    has_after: bool


class NewMessage(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=4096, pattern=NOT_BLANK)]


class QueuedMessage(msgspec.Struct, frozen=True, rename="camel"):
    message: MessageView
    delivery: Literal["now", "when_online"]
    """`when_online`: accepted, and sent as soon as the connection is linked and running."""
