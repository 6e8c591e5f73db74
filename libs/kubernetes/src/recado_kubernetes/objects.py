"""The parts of an object's metadata that decisions need, decoded from an answer or from a watch's dictionary."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class OwnerReference(msgspec.Struct, frozen=True, rename="camel", gc=False):
    uid: str
    controller: bool = False


class ManagedFields(msgspec.Struct, frozen=True, rename="camel", gc=False):
    manager: str = ""
    operation: str = ""
    subresource: str = ""


class ObjectMeta(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = "0"
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    finalizers: list[str] = []
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: list[OwnerReference] = []

    @property
    def version(self) -> int:
        """Grows with every change of the object; comparable between objects of one kind."""
        return int(self.resource_version)

    @property
    def controller(self) -> str:
        """The uid of the object that manages this one; empty when there is none."""
        return next((owner.uid for owner in self.owner_references if owner.controller), "")


class Identified(msgspec.Struct):
    """Any object, of which only the metadata matters."""

    metadata: ObjectMeta


def decode(raw: bytes | msgspec.Raw | Mapping[str, Any], into: type[T]) -> T:
    """From JSON, or from what a watch has already turned into a dictionary."""
    if isinstance(raw, Mapping):
        return msgspec.convert(raw, into)
    return msgspec.json.decode(raw, type=into)
