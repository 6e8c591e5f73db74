"""Who counts as whom: a connection as its peers see it, and companies that stand in each other's way. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from recado_core.resources.company import Company
from recado_core.resources.conditions import ConditionType, condition
from recado_core.resources.connection import WhatsAppConnection
from recado_operator.world import ObservedSession, Peer

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""For manifests without a time of creation: their ids grow with time, and decide."""

Place = tuple[str, str]
"""Namespace and name."""


def peer_of(resource: WhatsAppConnection, seen: ObservedSession | None) -> Peer | None:
    """None for a resource that has no uid yet."""
    metadata = resource.metadata
    if metadata.uid is None:
        return None
    return Peer(
        id=metadata.uid,
        name=metadata.name,
        created=metadata.creation_timestamp or _BEFORE_ALL,
        linked=seen is not None and seen.linked,
        phone=resource.spec.phone_number or (seen.phone if seen else None),
        leaving=metadata.deletion_timestamp is not None or (seen is not None and seen.deleted),
    )


def company_place(resource: WhatsAppConnection) -> Place:
    return resource.metadata.namespace, resource.spec.company_ref.name


def is_ready(resource: WhatsAppConnection) -> bool:
    told = condition(resource.status.conditions, ConditionType.READY)
    return told is not None and told.status == "True"


def rivals_of(company: Company, companies: Iterable[Company]) -> tuple[Company, ...]:
    """The others that claim the same row, or stand in the same namespace."""
    claimed = {company.spec.company_id, company.status.company_id} - {None}
    return tuple(
        other
        for other in companies
        if other.metadata.uid != company.metadata.uid
        and (
            other.metadata.namespace == company.metadata.namespace
            or claimed & {other.spec.company_id, other.status.company_id}
        )
    )
