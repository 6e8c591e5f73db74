"""Bodies of the control API. Unknown fields are refused, so that a typo in a test is told."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

Number = Annotated[str, Meta(pattern=r"^[1-9][0-9]{5,17}$", description="digits with country code, no +")]


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class NewPhone(Body):
    phone: Number
    name: str = ""


class LinkRequest(Body):
    qr: str = ""
    """The text of a QR code that the client shows."""
    code: str = ""
    """Instead: the pairing code that it shows."""
    account: str = ""


class CustomerMessage(Body):
    customer: Number
    account: str = ""
    text: str | None = None
    content: dict[str, Any] | None = None
    raw_base64: str | None = None
    id: str = ""
    count: Annotated[int, Meta(ge=1, le=10_000)] = 1


class OwnerMessage(Body):
    customer: Number
    text: str
    account: str = ""


class BurstRequest(Body):
    customers: Annotated[int, Meta(ge=1, le=1000)]
    messages: Annotated[int, Meta(ge=1, le=100_000)]
    rate: Annotated[float, Meta(gt=0, le=2000)]
    prefix: str = "burst"
    account: str = ""


class PhoneSwitches(Body):
    online: bool | None = None
    reads: bool | None = None


class ReadChats(Body):
    chat: str = ""
    """Only this conversation; empty: all."""


class UnlinkRequest(Body):
    account: str = ""


class Nothing(Body):
    pass
