"""Carries out the faults that do not wait for a device to do something."""

import secrets

from recado_simulator.codec.nodes import Attributes, Node, lid_jid, phone_jid
from recado_simulator.network import stanzas
from recado_simulator.network.faults import Fault
from recado_simulator.network.state import Link, NetworkState

_FRAMES = {"frame": b"\x00\xf8\x03\xfc\x40cut", "panic": b"\x00\xf8\x09\x00\xff"}
_UNKNOWN_RECEIPT = "view"


def strike(state: NetworkState, fault: Fault) -> int:
    """Arms a fault or lets it happen; returns how many live connections felt it at once."""
    if fault.kind == "none":
        state.faults.clear()
        return 0
    state.ledger.append("fault", fault=fault.kind, account=fault.account, count=fault.count)
    if fault.kind in {"late_ack", "error_ack", "never_ack"} or fault.when == "send":
        state.faults.arm(fault)
        return 0
    if fault.kind in {"ban", "connect_failure"}:
        state.faults.arm(fault)
    links = state.links_of(fault.account)
    for link in links:
        _feel(state, fault, link)
    return len(links)


def _feel(state: NetworkState, fault: Fault, link: Link) -> None:
    if fault.kind == "replace":
        state.ledger.append("replaced", device=link.device.id)
        link.end(stanzas.stream_error(conflict="replaced"))
    elif fault.kind == "malformed" and fault.variant in _FRAMES:
        link.send_raw(_FRAMES[fault.variant])
    elif fault.kind == "malformed":
        link.send(_malformed(state, fault.variant))
    else:
        link.abort()


def _malformed(state: NetworkState, variant: str) -> Node:
    customer = next(phone for phone in state.directory.phones.values() if not phone.owner)
    attributes: Attributes = {"id": "BAD" + secrets.token_hex(6).upper(), "t": stanzas.seconds()}
    if variant == "receipt":
        return Node("receipt", {**attributes, "from": lid_jid(customer.lid), "type": _UNKNOWN_RECEIPT})
    if variant == "ciphertext":
        attributes |= {"from": lid_jid(customer.lid), "sender_pn": phone_jid(customer.number)}
    return Node("message", {**attributes, "type": "text"}, [Node("enc", {"v": "2", "type": "msg"}, b"\x33garbage")])
