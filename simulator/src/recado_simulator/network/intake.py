"""What linked devices send: messages for phones and other devices, receipts, acknowledgements."""

import asyncio

from recado_simulator.accounts.records import BubbleState, Device, Phone, QueuedForward, QueuedMessage, Waiting
from recado_simulator.codec.nodes import Jid, Node
from recado_simulator.crypto.signal import Bundle
from recado_simulator.network import stanzas
from recado_simulator.network.faults import Fault
from recado_simulator.network.state import Link, NetworkState, now_ms
from recado_simulator.phones.messenger import Messenger

_NOT_FOUND = "404"


class Intake:
    def __init__(self, state: NetworkState, messenger: Messenger) -> None:
        self._state = state
        self._messenger = messenger

    def message(self, link: Link, node: Node) -> None:
        fault = self._fault(link)
        if fault and fault.kind == "error_ack":
            self._state.ledger.append("refused", **self._facts(link, node), code=fault.code)
            link.send(stanzas.ack(node, "message", error=str(fault.code)))
            return
        if fault is None or fault.deliver:
            delivered = self._deliver(link.device, node)
            if not delivered and node.text("category") != "peer":
                link.send(stanzas.ack(node, "message", error=_NOT_FOUND))
                return
        self._acknowledge(link, node, fault)

    def _fault(self, link: Link) -> Fault | None:
        return self._state.faults.take(link.device.number, "drop_socket", "late_ack", "error_ack", "never_ack")

    def _acknowledge(self, link: Link, node: Node, fault: Fault | None) -> None:
        if fault and fault.kind == "drop_socket":
            link.abort()
        elif fault and fault.kind == "late_ack":
            asyncio.get_running_loop().call_later(fault.ms / 1000, link.send, stanzas.ack(node, "message"))
        elif fault is None or fault.kind != "never_ack":
            link.send(stanzas.ack(node, "message"))

    def _deliver(self, device: Device, node: Node) -> bool:
        chat = self._state.directory.find(node.jid("to"))
        if chat is None:
            return False
        self._state.ledger.append("accepted", id=node.text("id"), device=device.id, chat=chat.number)
        recipients = node.find("participants")
        for recipient in recipients.all("to") if recipients else []:
            jid, seal = recipient.jid("jid"), recipient.find("enc")
            phone = self._state.directory.find(jid)
            if jid and phone and seal:
                self._hand_on(device, node, seal, (phone, chat, jid))
        return True

    def _hand_on(self, device: Device, node: Node, seal: Node, route: tuple[Phone, Phone, Jid]) -> None:
        phone, chat, jid = route
        wa_id, kind, sent_at = node.text("id"), seal.text("type"), now_ms()
        if jid.device == 0:
            waiting = Waiting(
                phone=phone.number,
                sender=device.number,
                sender_slot=device.slot,
                chat=chat.number,
                wa_id=wa_id,
                kind=kind,
                sealed=seal.data,
                sent_at=sent_at,
            )
            self._messenger.receive(phone, waiting)
        elif (other := self._state.directory.device(phone.number, jid.device)) is not None:
            identity = node.find("device-identity")
            forward = QueuedForward(
                wa_id=wa_id,
                sender=device.number,
                sender_slot=device.slot,
                chat=chat.number if phone.number == device.number else device.number,
                kind=kind,
                sealed=seal.data,
                identity=identity.data if identity else b"",
                type=node.text("type"),
                sent_at=sent_at,
            )
            self._state.queues.put(other.id, forward)

    def receipt(self, link: Link, node: Node) -> None:
        kind, wa_ids = node.text("type"), _listed(node)
        phone = self._state.directory.find(node.jid("recipient") or node.jid("to"))
        number = phone.number if phone else ""
        self._state.ledger.append(
            "receipt", id=wa_ids[0], ids=wa_ids, type=kind, device=link.device.id, phone=number, direction="from_device"
        )
        if kind == "retry":
            self._resend(link.device, node)
        else:
            for wa_id in wa_ids:
                self._off(link.device, wa_id, by=kind or "delivered")
            if phone:
                self._show(link.device, phone, wa_ids, kind)
        link.send(stanzas.ack(node, "receipt", **({"type": kind} if kind else {})))

    def acknowledgement(self, link: Link, node: Node) -> None:
        if node.text("class") == "message":
            self._off(link.device, node.text("id"), by="ack", error=node.text("error"))
        elif node.text("class") == "receipt":
            self._state.queues.acknowledge_receipt(link.device.id, node.text("id"), node.text("type"))

    def _off(self, device: Device, wa_id: str, **facts: str) -> None:
        for entry in self._state.queues.acknowledge_message(device.id, wa_id):
            text = entry.text if isinstance(entry, QueuedMessage) else ""
            self._state.ledger.append("acknowledged", id=wa_id, device=device.id, text=text, **facts)

    def _show(self, device: Device, phone: Phone, wa_ids: list[str], kind: str) -> None:
        """Receipts of a device become ticks on the customer's phone, and "read" on the owner's."""
        if kind not in {"", "inactive", "read", "played"}:
            return
        state: BubbleState = "read" if kind in {"read", "played"} else "delivered"
        for wa_id in wa_ids:
            self._messenger.tick(phone, device.number, wa_id, state)
            bubble = self._messenger.chats.find(device.number, phone.number, wa_id, from_me=False)
            if bubble and state == "read" and not bubble.seen:
                self._messenger.chats.see(bubble)
                self._state.changed("seen", phone=device.number, chat=phone.number)

    def _resend(self, device: Device, node: Node) -> None:
        asked, keys = node.find("retry"), node.find("keys")
        count = int(asked.text("count", "1")) if asked else 1
        self._messenger.resend(device, node.text("id"), count, _bundle(device, node, keys) if keys else None)

    def _facts(self, link: Link, node: Node) -> dict[str, str]:
        chat = self._state.directory.find(node.jid("to"))
        return {"id": node.text("id"), "device": link.device.id, "chat": chat.number if chat else ""}


def _listed(node: Node) -> list[str]:
    items = node.find("list")
    return [node.text("id"), *(item.text("id") for item in (items.all("item") if items else []))]


def _bundle(device: Device, node: Node, keys: Node) -> Bundle | None:
    registration, one_time, signed = node.find("registration"), keys.find("key"), keys.find("skey")
    parts = [part.find(name) for part in (one_time, signed) if part for name in ("id", "value")]
    if registration is None or len(parts) != 4 or None in parts:  # noqa: PLR2004 - two keys, two parts each
        return None
    one_time_id, one_time_key, signed_id, signed_key = [part.data for part in parts if part]
    return Bundle(
        identity=device.identity,
        registration_id=int.from_bytes(registration.data, "big"),
        signed_id=int.from_bytes(signed_id, "big"),
        signed_key=signed_key,
        one_time_id=int.from_bytes(one_time_id, "big"),
        one_time_key=one_time_key,
    )
