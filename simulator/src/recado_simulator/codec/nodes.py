"""Stanzas as values: what the binary XML of WhatsApp says, without how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

PHONE_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"


@dataclass(frozen=True, slots=True)
class Jid:
    """An address: a user on a server, perhaps one device of that user."""

    user: str
    server: str
    device: int = 0

    def __str__(self) -> str:
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}" if self.user else self.server

    @classmethod
    def parse(cls, text: str) -> "Jid":
        user, _, server = text.rpartition("@")
        user, _, device = user.partition(":")
        return cls(user, server, int(device or 0))

    @property
    def bare(self) -> "Jid":
        return replace(self, device=0)


SERVER = Jid("", PHONE_SERVER)


def phone_jid(number: str, device: int = 0) -> Jid:
    return Jid(number, PHONE_SERVER, device)


def lid_jid(lid: str, device: int = 0) -> Jid:
    return Jid(lid, LID_SERVER, device)


Attributes = dict[str, "str | Jid"]


@dataclass(slots=True)
class Node:
    tag: str
    attributes: Attributes = field(default_factory=dict)
    content: "Sequence[Node] | bytes | None" = None

    @property
    def children(self) -> "Sequence[Node]":
        return () if self.content is None or isinstance(self.content, bytes) else self.content

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else b""

    def find(self, *path: str) -> "Node | None":
        """The first child with that tag, and its first child with the next, and so on."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> "list[Node]":
        return [child for child in self.children if child.tag == tag]

    def text(self, name: str, default: str = "") -> str:
        """An attribute as text."""
        return str(self.attributes.get(name, default))

    def jid(self, name: str) -> Jid | None:
        """An attribute as an address; None when it is absent."""
        value = self.attributes.get(name)
        if isinstance(value, Jid):
            return value
        return Jid.parse(value) if value else None
