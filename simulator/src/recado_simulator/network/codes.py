"""Linking by pairing code: what the client says of itself, what the phone answers to it, and how the phone learns
whether the right code was typed. The client makes the code; the network sees it never, only keys hidden under it.
"""

import re
import secrets
from dataclasses import dataclass, field

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Phone
from recado_simulator.codec.nodes import SERVER, Attributes, Node, phone_jid
from recado_simulator.crypto import pairing_code
from recado_simulator.crypto.curve import KEY_LENGTH, KeyPair
from recado_simulator.crypto.pairing_code import ALPHABET, CODE_LENGTH, WRAPPED_LENGTH, WrongCodeError
from recado_simulator.network import stanzas

STAGES = "link_code_companion_reg"
_CLIENT_KEY = "link_code_pairing_wrapped_companion_ephemeral_pub"
_PHONE_KEY = "link_code_pairing_wrapped_primary_ephemeral_pub"
_BUNDLE = "link_code_pairing_wrapped_key_bundle"
_REFERENCE = "link_code_pairing_ref"
_DISPLAY = re.compile(r"(Chrome|Edge|Firefox|IE|Opera|Safari) \((Windows|Mac OS|Linux|Ubuntu|Android)\)")


class PairingCodeError(RecadoError):
    code = "pairing_code_not_valid"
    status = 422
    title = "That code links nothing"


def typed(text: str) -> str:
    """What a person typed, as the client made it. Raises PairingCodeError."""
    code = text.upper().replace("-", "").replace(" ", "")
    if len(code) != CODE_LENGTH or not ALPHABET.issuperset(code):
        raise PairingCodeError("A pairing code has eight letters and digits, without 0, I, O and U. Type it again.")
    return code


@dataclass(frozen=True)
class Request:
    """A client waits for its code to be typed on the phone with this number."""

    number: str
    hidden_key: bytes
    reference: bytes = field(default_factory=lambda: secrets.token_urlsafe(32).encode())

    @classmethod
    def read(cls, query: Node) -> "Request | None":
        """None for what WhatsApp refuses, as an unusual name of the client."""
        stage = query.find(STAGES)
        key, display = query.find(STAGES, _CLIENT_KEY), query.find(STAGES, "companion_platform_display")
        phone = stage.jid("jid") if stage else None
        if not (phone and key and display and len(key.data) == WRAPPED_LENGTH):
            return None
        if not _DISPLAY.fullmatch(display.data.decode(errors="replace")):
            return None
        return cls(phone.user, key.data)

    def accepted(self, query: Node) -> Node:
        return stanzas.result(query, Node(STAGES, {}, [Node(_REFERENCE, {}, self.reference)]))


@dataclass(frozen=True)
class Answer:
    """The phone's side, once its owner typed `code`."""

    phone: KeyPair
    request: Request
    hidden_key: bytes
    shared: bytes

    @classmethod
    def make(cls, phone: Phone, request: Request, code: str) -> "Answer":
        """Slow on purpose, see `pairing_code.wrap`: not for the event loop."""
        ours = KeyPair.generate()
        shared = ours.agree(pairing_code.unwrap(code, request.hidden_key))
        return cls(KeyPair(phone.identity), request, pairing_code.wrap(code, ours.public), shared)

    def notification(self) -> Node:
        attributes: Attributes = {"jid": phone_jid(self.request.number), "stage": "primary_hello"}
        children = [
            Node(_PHONE_KEY, {}, self.hidden_key),
            Node("primary_identity_pub", {}, self.phone.public),
            Node(_REFERENCE, {}, self.request.reference),
        ]
        head: Attributes = {"from": SERVER, "type": STAGES, "id": secrets.token_hex(8), "t": stanzas.seconds()}
        return Node("notification", head, [Node(STAGES, attributes, children)])

    def secret(self, finish: Node, identity: bytes) -> bytes:
        """The secret that vouches for the client with that identity, from its last word. Raises WrongCodeError."""
        sealed = finish.find(STAGES, _BUNDLE)
        bundle = pairing_code.unseal(self.shared, sealed.data if sealed else b"")
        if (bundle.client, bundle.phone) != (identity, self.phone.public) or len(identity) != KEY_LENGTH:
            raise WrongCodeError
        return pairing_code.link_secret(self.shared, self.phone, identity, bundle.chance)
