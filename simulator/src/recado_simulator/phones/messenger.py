"""What people's phones do: write, read what devices sent, answer with receipts, show ticks.

Between a phone and a linked device everything is sealed as on the real network. Between two phones of this simulator
nothing is: no client under test could see the difference.
"""

import secrets
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from recado_simulator.accounts.records import (
    Bubble,
    BubbleState,
    Device,
    Phone,
    QueuedMessage,
    QueuedReceipt,
    Waiting,
)
from recado_simulator.accounts.store import Collection
from recado_simulator.codec.nodes import lid_jid
from recado_simulator.crypto.ratchet import DecryptionError, RepeatedMessageError
from recado_simulator.crypto.signal import Bundle, Envelope
from recado_simulator.network.state import NetworkState, now_ms
from recado_simulator.phones import contents
from recado_simulator.phones.chats import Chats
from recado_simulator.phones.contents import Written
from recado_simulator.phones.sealing import Sealing

MOST_RESENDABLE = 5000
"""Messages that a phone can still send again when a device could not read them."""
MOST_RETRIES = 4


def new_id() -> str:
    """A message id as phones make them."""
    return "3A" + secrets.token_hex(9).upper()


class Messenger:
    def __init__(self, state: NetworkState) -> None:
        self._state = state
        self.chats = Chats(state.store)
        self.sealing = Sealing(state.store, state.directory)
        self._waiting: Collection[Waiting] = Collection(state.store, "waiting", Waiting)
        self._resendable: OrderedDict[tuple[str, str], QueuedMessage] = OrderedDict()
        self._unread_tries: dict[tuple[str, str], int] = {}

    def write(self, phone: Phone, to: Phone, written: Written, wa_id: str = "") -> Bubble:
        """`phone` writes to `to`; the linked devices of both get it too."""
        wa_id = wa_id or new_id()
        facts = {"id": wa_id, "phone": phone.number, "to": to.number}
        self._state.ledger.append("written", **facts, text=written.text, content=written.kind)
        bubble = self._show(phone, to.number, wa_id, written.kind, written.text, from_me=True)
        self._queue(phone, to, written, bubble)
        self._show(to, phone.number, wa_id, written.kind, written.text, from_me=False)
        if to.online:
            self.tick(phone, to.number, wa_id, "delivered")
        return bubble

    def _queue(self, phone: Phone, to: Phone, written: Written, bubble: Bubble) -> None:
        """For the linked devices of the recipient, and as an echo for those of the writer."""
        directory, queues = self._state.directory, self._state.queues
        message = QueuedMessage(
            wa_id=bubble.wa_id,
            sender=phone.number,
            chat=phone.number,
            plain=written.plain,
            text=written.text,
            type=contents.wire_type(written.kind),
            sent_at=bubble.at,
        )
        for device in directory.devices_of(to.number):
            queues.put(device.id, msgspec.structs.replace(message))
        for device in directory.devices_of(phone.number):
            plain = contents.as_echo(written.plain, str(lid_jid(to.lid)))
            queues.put(device.id, msgspec.structs.replace(message, chat=to.number, plain=plain, echo=True))

    def receive(self, phone: Phone, sealed: Waiting) -> None:
        """A device's message reaches `phone`, at once or when it is switched on again."""
        if phone.online:
            self._open(phone, sealed)
        else:
            self._waiting[f"{phone.number}/{sealed.sent_at:015}/{sealed.wa_id}"] = sealed

    def switch(self, phone: Phone, *, online: bool) -> None:
        phone.online = online
        self._state.directory.save_phone(phone)
        self._state.changed("phone", phone=phone.number)
        if not online:
            return
        for key in sorted(key for key in self._waiting if key.startswith(f"{phone.number}/")):
            self._open(phone, self._waiting.pop(key))
        for chat, bubbles in self.chats.chats_of(phone.number):
            for bubble in bubbles:
                if not bubble.from_me:
                    self.tick(self._state.directory.phone(chat), phone.number, bubble.wa_id, "delivered")

    def read(self, phone: Phone, chat: str = "") -> int:
        """Somebody looks at what came: one conversation, or all. Returns how many messages were new."""
        total = 0
        for other, bubbles in list(self.chats.chats_of(phone.number)):
            unseen = [bubble for bubble in bubbles if not bubble.from_me and not bubble.seen]
            if unseen and chat in {"", other} and phone.online:
                total += len(unseen)
                self._see(phone, self._state.directory.phone(other), unseen)
        return total

    def tick(self, writer: Phone, chat: str, wa_id: str, state: BubbleState) -> None:
        """`writer` learns that its message came further."""
        bubble = self.chats.find(writer.number, chat, wa_id, from_me=True)
        if bubble and self.chats.move(bubble, state):
            self._state.changed("bubble", phone=writer.number, chat=chat, bubble=bubble)

    def seal(self, device: Device, entry: QueuedMessage) -> Envelope:
        """The ciphertext of a queued message: made once, the same at every hand-over."""
        if entry.sealed is None:
            sender = self._state.directory.phone(entry.sender)
            entry.sealed = self.sealing.seal(sender, device, entry.plain)
            self._resendable[device.id, entry.wa_id] = entry
            if len(self._resendable) > MOST_RESENDABLE:
                self._resendable.popitem(last=False)
        return entry.sealed

    def resend(self, device: Device, wa_id: str, count: int, bundle: Bundle | None) -> bool:
        """The device could not read a message: seal it anew, with fresh keys when it sent some."""
        entry = self._resendable.get((device.id, wa_id))
        if entry is None or count > MOST_RETRIES:
            return False
        if bundle:
            self.sealing.renew(self._state.directory.phone(entry.sender), device, bundle)
        again = msgspec.structs.replace(entry, retry=count, sealed=None, handed=0)
        self._state.queues.put(device.id, again)
        return True

    def _open(self, phone: Phone, sealed: Waiting) -> None:
        try:
            envelope = Envelope(sealed.kind, sealed.sealed)
            plain = self.sealing.unseal(phone, sealed.sender, sealed.sender_slot, envelope)
        except DecryptionError as error:
            self._unreadable(phone, sealed, error)
            return
        content = contents.parse(plain)
        if content is None:
            self._state.ledger.append("unparsable", id=sealed.wa_id, phone=phone.number)
        elif content.HasField("device_sent"):
            kind, text = contents.describe(content.device_sent.message)
            self._show(phone, sealed.chat, sealed.wa_id, kind, text, from_me=True, via=sealed.sender_slot)
            self._state.ledger.append("echoed", id=sealed.wa_id, phone=phone.number, to=sealed.chat, text=text)
        else:
            self._arrive(phone, sealed, *contents.describe(content))

    def _arrive(self, phone: Phone, sealed: Waiting, kind: str, text: str) -> None:
        known = self.chats.find(phone.number, sealed.sender, sealed.wa_id, from_me=False)
        self._state.ledger.arrived(
            phone=phone.number, sender=sealed.sender, wa_id=sealed.wa_id, text=text, content=kind
        )
        if known:
            return
        bubble = self._show(phone, sealed.sender, sealed.wa_id, kind, text, from_me=False)
        sender = self._state.directory.phone(sealed.sender)
        self._answer(phone, sender, [sealed.wa_id], "")
        if phone.reads:
            self._see(phone, sender, [bubble])

    def _see(self, phone: Phone, other: Phone, bubbles: Sequence[Bubble]) -> None:
        for bubble in bubbles:
            self.chats.see(bubble)
        self._answer(phone, other, [bubble.wa_id for bubble in bubbles], "read")
        for device in self._state.directory.devices_of(phone.number):
            receipt = self._receipt(other, [bubble.wa_id for bubble in bubbles], "read-self")
            self._state.queues.put(device.id, receipt)
        self._state.changed("seen", phone=phone.number, chat=other.number)

    def _answer(self, phone: Phone, to: Phone, wa_ids: list[str], kind: str) -> None:
        """A receipt of `phone` for messages of `to`: ticks on its phone, stanzas for its devices."""
        for wa_id in wa_ids:
            self.tick(to, phone.number, wa_id, "read" if kind else "delivered")
        for device in self._state.directory.devices_of(to.number):
            self._state.queues.put(device.id, self._receipt(phone, wa_ids, kind))

    def _receipt(self, phone: Phone, wa_ids: list[str], kind: str) -> QueuedReceipt:
        return QueuedReceipt(wa_ids=wa_ids, phone=phone.number, type=kind, at=now_ms())

    def _unreadable(self, phone: Phone, sealed: Waiting, error: DecryptionError) -> None:
        facts = {"id": sealed.wa_id, "phone": phone.number, "from": sealed.sender}
        if isinstance(error, RepeatedMessageError):
            self._state.ledger.append("repeated", **facts)
            return
        self._state.ledger.append("undecryptable", **facts, reason=str(error))
        tries = self._unread_tries[phone.number, sealed.wa_id] = (
            self._unread_tries.get((phone.number, sealed.wa_id), 0) + 1
        )
        device = self._state.directory.device(sealed.sender, sealed.sender_slot)
        if device and tries <= MOST_RETRIES:
            receipt = self._receipt(phone, [sealed.wa_id], "retry")
            receipt.retry = tries
            self._state.queues.put(device.id, receipt)

    def _show(  # noqa: PLR0913 - a bubble has that many facts
        self, phone: Phone, chat: str, wa_id: str, kind: str, text: str, *, from_me: bool, via: int = 0
    ) -> Bubble:
        writer = f"{phone.number}:{via}" if via else ""
        bubble = Bubble(
            wa_id=wa_id, phone=phone.number, chat=chat, from_me=from_me, kind=kind, text=text, at=now_ms(), via=writer
        )
        self.chats.add(bubble)
        self._state.changed("bubble", phone=phone.number, chat=chat, bubble=bubble)
        return bubble
