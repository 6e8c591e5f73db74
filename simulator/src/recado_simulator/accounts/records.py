"""What the network remembers, as plain records. Each kind lives in one `Collection` and survives a restart."""

from typing import Literal

import msgspec

from recado_simulator.crypto.signal import Envelope

ReceiptType = Literal["delivered", "read"]
BubbleState = Literal["sent", "delivered", "read"]


class Phone(msgspec.Struct, kw_only=True):
    """A telephone with WhatsApp on it: a customer's, or the owner's with linked devices."""

    number: str
    lid: str
    """The address WhatsApp shows instead of the number."""
    name: str
    owner: bool = False
    online: bool = True
    reads: bool = False
    """Reads each message as it comes, so that the sender sees blue ticks."""
    identity: bytes
    registration_id: int
    signed_id: int = 1
    signed: bytes
    one_time: dict[int, bytes] = {}
    next_one_time_id: int = 1
    next_device: int = 1


class Device(msgspec.Struct, kw_only=True):
    """A client linked to an owner's phone."""

    number: str
    """The owner's phone number."""
    slot: int
    noise: bytes
    identity: bytes
    registration_id: int
    signed_id: int
    signed: bytes
    signed_signature: bytes
    name: str
    linked_at: int
    one_time: dict[int, bytes] = {}

    @property
    def id(self) -> str:
        return device_id(self.number, self.slot)


def device_id(number: str, slot: int) -> str:
    return f"{number}:{slot}"


class QueuedMessage(msgspec.Struct, kw_only=True, tag_field="is", tag="message"):
    """A message on its way to a linked device."""

    wa_id: str
    sender: str
    """Number of the phone that wrote it."""
    chat: str
    """Number of the phone the conversation is with: the sender's, or the recipient's in an echo."""
    plain: bytes
    text: str
    type: str
    sent_at: int
    echo: bool = False
    retry: int = 0
    """How many times the device asked for it again."""
    sealed: Envelope | None = None
    """Made at the first hand-over and then never changed."""
    handed: int = 0


class QueuedForward(msgspec.Struct, kw_only=True, tag_field="is", tag="forward"):
    """A message of one linked device to another device of the network, sealed by its sender."""

    wa_id: str
    sender: str
    sender_slot: int
    chat: str
    kind: str
    sealed: bytes
    identity: bytes
    type: str
    sent_at: int
    handed: int = 0


class QueuedReceipt(msgspec.Struct, kw_only=True, tag_field="is", tag="receipt"):
    wa_ids: list[str]
    phone: str
    type: str
    """As on the wire: empty for delivered, else read, read-self, retry."""
    at: int
    retry: int = 0
    """How many times the phone could not read the message (retry)."""
    handed: int = 0


Queued = QueuedMessage | QueuedForward | QueuedReceipt


class Bubble(msgspec.Struct, kw_only=True):
    """One message as a phone shows it."""

    wa_id: str
    phone: str
    """The phone that shows it."""
    chat: str
    """The number it was exchanged with."""
    from_me: bool
    kind: str
    text: str
    at: int
    """Milliseconds."""
    state: BubbleState = "sent"
    seen: bool = False
    """Incoming: somebody looked at it."""
    via: str = ""
    """The device that wrote it, when the owner's team did."""


class Waiting(msgspec.Struct, kw_only=True):
    """A sealed message for a phone that is switched off."""

    phone: str
    sender: str
    sender_slot: int
    chat: str
    wa_id: str
    kind: str
    sealed: bytes
    sent_at: int


class Setting(msgspec.Struct):
    value: bytes


class Media(msgspec.Struct):
    body: bytes
