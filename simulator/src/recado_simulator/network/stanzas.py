"""Stanzas that the network itself says."""

import time
from collections.abc import Sequence

from recado_simulator.accounts.records import QueuedForward, QueuedMessage, QueuedReceipt
from recado_simulator.codec.nodes import SERVER, Attributes, Jid, Node, lid_jid, phone_jid
from recado_simulator.crypto.signal import Bundle, Envelope


def seconds() -> str:
    return str(int(time.time()))


def result(request: Node, *children: Node) -> Node:
    return Node("iq", {"from": SERVER, "type": "result", "id": request.text("id")}, list(children) or None)


def refusal(request: Node, code: int, text: str) -> Node:
    error = Node("error", {"code": str(code), "text": text})
    return Node("iq", {"from": SERVER, "type": "error", "id": request.text("id")}, [error])


def success(lid: Jid) -> Node:
    return Node("success", {"t": seconds(), "lid": lid, "location": "sim"})


def failure(reason: int, **extra: int) -> Node:
    return Node("failure", {"reason": str(reason), **{name: str(value) for name, value in extra.items()}})


def stream_error(code: str = "", conflict: str = "") -> Node:
    children = [Node("conflict", {"type": conflict})] if conflict else None
    return Node("stream:error", {"code": code} if code else {}, children)


def offline_preview(messages: int, receipts: int) -> Node:
    counts = {
        "count": str(messages + receipts),
        "message": str(messages),
        "receipt": str(receipts),
        "notification": "0",
        "appdata": "0",
    }
    return Node("ib", {"from": SERVER}, [Node("offline_preview", {**counts})])


def offline_end(count: int) -> Node:
    return Node("ib", {"from": SERVER}, [Node("offline", {"count": str(count)})])


def ack(node: Node, kind: str, **extra: str) -> Node:
    """Our acknowledgement of what a device sent."""
    attributes: Attributes = {"class": kind, "id": node.text("id"), "t": seconds(), **extra}
    if (to := node.jid("to")) is not None:
        attributes["from"] = to
    return Node("ack", attributes)


def pair_device(request_id: str, references: Sequence[str]) -> Node:
    children = [Node("ref", {}, reference.encode()) for reference in references]
    request: Attributes = {"from": SERVER, "type": "set", "id": request_id, "xmlns": "md"}
    return Node("iq", request, [Node("pair-device", {}, children)])


def pair_success(request_id: str, identity: bytes, jid: Jid, lid: Jid) -> Node:
    children = [
        Node("device-identity", {}, identity),
        Node("biz", {"name": ""}),
        Node("device", {"jid": jid, "lid": lid}),
        Node("platform", {"name": "android"}),
    ]
    request: Attributes = {"from": SERVER, "type": "set", "id": request_id, "t": seconds()}
    return Node("iq", request, [Node("pair-success", {}, children)])


def few_keys(count: int) -> Node:
    attributes: Attributes = {"from": SERVER, "type": "encrypt", "id": f"keys-{seconds()}-{count}", "t": seconds()}
    return Node("notification", attributes, [Node("count", {"value": str(count)})])


def message(entry: QueuedMessage, sealed: Envelope, sender: tuple[str, str, str], chat: tuple[str, str]) -> Node:
    """A phone's message to a device. `sender` is number, LID and name; `chat` is number and LID."""
    number, lid, name = sender
    attributes: Attributes = {
        "from": lid_jid(lid),
        "id": entry.wa_id,
        "t": str(entry.sent_at // 1000),
        "type": entry.type,
        "notify": name,
    }
    if entry.echo:
        attributes |= {"recipient": lid_jid(chat[1]), "peer_recipient_pn": phone_jid(chat[0])}
    else:
        attributes["sender_pn"] = phone_jid(number)
    seal: Attributes = {"v": "2", "type": sealed.kind}
    if entry.retry:
        seal["count"] = str(entry.retry)
    return Node("message", attributes, [Node("enc", seal, sealed.data)])


def forward(entry: QueuedForward, sender: tuple[str, str, str], chat: tuple[str, str] | None) -> Node:
    """The same for what another device sealed; `chat` when it is of the same account."""
    number, lid, name = sender
    attributes: Attributes = {
        "from": lid_jid(lid, entry.sender_slot),
        "id": entry.wa_id,
        "t": str(entry.sent_at // 1000),
        "type": entry.type,
        "notify": name,
    }
    if chat:
        attributes |= {"recipient": lid_jid(chat[1]), "peer_recipient_pn": phone_jid(chat[0])}
    else:
        attributes["sender_pn"] = phone_jid(number)
    children = [Node("enc", {"v": "2", "type": entry.kind}, entry.sealed)]
    if entry.identity:
        children.append(Node("device-identity", {}, entry.identity))
    return Node("message", attributes, children)


def receipt(entry: QueuedReceipt, lid: str) -> Node:
    attributes: Attributes = {"from": lid_jid(lid), "id": entry.wa_ids[0], "t": str(entry.at // 1000)}
    if entry.type:
        attributes["type"] = entry.type
    rest = [Node("item", {"id": wa_id}) for wa_id in entry.wa_ids[1:]]
    return Node("receipt", attributes, [Node("list", {}, rest)] if rest else None)


def _key_id(number: int) -> Node:
    return Node("id", {}, number.to_bytes(3, "big"))


def bundle_nodes(bundle: Bundle, signature: bytes) -> list[Node]:
    """The published keys of a device, as a prekey answer carries them."""
    nodes = [
        Node("registration", {}, bundle.registration_id.to_bytes(4, "big")),
        Node("type", {}, b"\x05"),
        Node("identity", {}, bundle.identity),
    ]
    if bundle.one_time_id is not None and bundle.one_time_key is not None:
        nodes.append(Node("key", {}, [_key_id(bundle.one_time_id), Node("value", {}, bundle.one_time_key)]))
    signed = [_key_id(bundle.signed_id), Node("value", {}, bundle.signed_key), Node("signature", {}, signature)]
    return [*nodes, Node("skey", {}, signed)]
