"""Answers to what devices ask the server (`iq` stanzas). What we do not know gets an empty, valid answer: clients ask
for many things that do not matter here.
"""

from collections.abc import Callable

from recado_simulator.accounts.records import Device, Phone
from recado_simulator.codec.nodes import Attributes, Jid, Node, lid_jid, phone_jid
from recado_simulator.crypto.curve import DJB_TYPE
from recado_simulator.crypto.xeddsa import verify
from recado_simulator.network import stanzas
from recado_simulator.network.state import Link, NetworkState
from recado_simulator.transport.hosts import MEDIA_HOST

_PRIVACY = {"readreceipts": "all", "last": "all", "online": "all", "profile": "all", "status": "all", "groupadd": "all"}


def answer(state: NetworkState, link: Link, query: Node) -> Node:
    handler = _HANDLERS.get(query.text("xmlns"))
    return handler(state, link, query) if handler else stanzas.result(query)


def _keys(state: NetworkState, link: Link, query: Node) -> Node:
    if query.find("count"):
        return stanzas.result(query, Node("count", {"value": str(len(link.device.one_time))}))
    if wanted := query.find("key"):
        users = [_published(state, user.jid("jid")) for user in wanted.all("user")]
        return stanzas.result(query, Node("list", {}, users))
    if query.text("type") == "set" and query.find("list"):
        return _upload(state, link, query)
    return stanzas.result(query)


def _upload(state: NetworkState, link: Link, query: Node) -> Node:
    device, uploaded, signed = link.device, query.find("list"), query.find("skey")
    if signed and not take_signed_key(device, signed):
        return stanzas.refusal(query, 406, "not-acceptable")
    for key in uploaded.all("key") if uploaded else []:
        identifier, value = key.find("id"), key.find("value")
        if identifier and value:
            device.one_time[int.from_bytes(identifier.data, "big")] = value.data
    state.directory.add_device(device)
    return stanzas.result(query)


def take_signed_key(device: Device, signed: Node) -> bool:
    """Stores a signed key that carries a valid signature of the device's identity."""
    identifier, value, signature = signed.find("id"), signed.find("value"), signed.find("signature")
    if not (identifier and value and signature):
        return False
    if not verify(device.identity, DJB_TYPE + value.data, signature.data):
        return False
    device.signed_id, device.signed = int.from_bytes(identifier.data, "big"), value.data
    device.signed_signature = signature.data
    return True


def _published(state: NetworkState, jid: Jid | None) -> Node:
    phone = state.directory.find(jid)
    if jid is None or phone is None:
        return _unknown(jid)
    attributes: Attributes = {"jid": jid, "t": stanzas.seconds()}
    if jid.device == 0:
        return Node("user", attributes, stanzas.bundle_nodes(*state.directory.publish_bundle(phone)))
    device = state.directory.device(phone.number, jid.device)
    if device is None:
        return _unknown(jid)
    return Node("user", attributes, stanzas.bundle_nodes(state.directory.take_bundle(device), device.signed_signature))


def _unknown(jid: Jid | None) -> Node:
    attributes: Attributes = {"jid": jid} if jid else {}
    return Node("user", attributes, [Node("error", {"code": "404", "text": "item-not-found"})])


def _users(state: NetworkState, _link: Link, query: Node) -> Node:
    asked, users = query.find("usync", "query"), query.find("usync", "list")
    request = query.find("usync")
    wanted = {part.tag for part in asked.children} if asked else set()
    found = [_user(state, user, wanted) for user in users.all("user")] if users else []
    answered = [Node("result"), Node("list", {}, found)]
    return stanzas.result(query, Node("usync", {"sid": request.text("sid") if request else ""}, answered))


def _user(state: NetworkState, user: Node, wanted: set[str]) -> Node:
    if contact := user.find("contact"):
        return _contact(state, contact.data.decode(errors="replace").partition("@")[0].lstrip("+"))
    jid = user.jid("jid")
    phone = state.directory.find(jid)
    attributes: Attributes = {"jid": jid} if jid else {}
    return Node("user", attributes, _facts(state, phone, wanted) if phone else None)


def _contact(state: NetworkState, number: str) -> Node:
    phone = state.directory.phones.get(number)
    attributes: Attributes = {"jid": phone_jid(number)}
    if phone:
        attributes = {"jid": lid_jid(phone.lid), "pn_jid": phone_jid(number)}
    known = Node("contact", {"type": "in" if phone else "out"}, f"{number}@c.us".encode())
    return Node("user", attributes, [known])


def _facts(state: NetworkState, phone: Phone, wanted: set[str]) -> list[Node]:
    facts = []
    if "devices" in wanted:
        slots = [Node("device", {"id": str(slot), "key-index": str(slot)}) for slot in state.directory.slots_of(phone)]
        facts.append(Node("devices", {}, [Node("device-list", {}, slots)]))
    if "lid" in wanted:
        facts.append(Node("lid", {"val": lid_jid(phone.lid)}))
    return facts


def _media(_state: NetworkState, _link: Link, query: Node) -> Node:
    limits: Attributes = {"auth": "simulated", "ttl": "3600", "auth_ttl": "3600", "max_buckets": "12"}
    host = Node("host", {"hostname": MEDIA_HOST})
    return stanzas.result(query, Node("media_conn", limits, [host]))


def _passive(_state: NetworkState, link: Link, query: Node) -> Node:
    if query.find("active"):
        link.begin_delivery()
    return stanzas.result(query)


def _privacy(_state: NetworkState, _link: Link, query: Node) -> Node:
    if query.text("type") != "get":
        return stanzas.result(query)
    categories = [Node("category", {"name": name, "value": value}) for name, value in _PRIVACY.items()]
    return stanzas.result(query, Node("privacy", {}, categories))


def _missing(_state: NetworkState, _link: Link, query: Node) -> Node:
    return stanzas.refusal(query, 404, "item-not-found")


_HANDLERS: dict[str, Callable[[NetworkState, Link, Node], Node]] = {
    "encrypt": _keys,
    "usync": _users,
    "w:m": _media,
    "passive": _passive,
    "privacy": _privacy,
    "w:profile:picture": _missing,
}
