"""Who counts as whom: a connection as its peers see it, and companies that stand in each other's way. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from recado_core.resources.company import Company
from recado_core.resources.conditions import ConditionType, condition
from recado_core.resources.connection import WhatsAppConnection
from recado_core.session_states import TERMINAL_STATES, WORKING_STATES
from recado_operator.build.draw import update_policy
from recado_operator.plan.admission import refusal
from recado_operator.plan.releases import Member
from recado_operator.world import Drift, ObservedSession, Peer, World

SHUT = TERMINAL_STATES - {"passkey_required"}
LOST = SHUT | {"restricted"}

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


def member_of(key: UUID, world: World) -> Member | None:
    """None for a connection that is gone."""
    resource, seen, current = world.resource, world.observed, world.current
    if resource is None:
        return None
    state = seen.state if seen else ""
    policy = update_policy(resource, world.company)
    channel = policy.channel if policy else "Stable"
    rests = world.going or resource.spec.suspend or refusal(world, resource) is not None
    member = Member(
        id=key,
        company="/".join(company_place(resource)),
        channel=channel,
        wanted=not rests,
        linked=world.linked,
        lost=state in LOST,
        shut=state in SHUT,
    )
    if current is None:
        return member
    ready = current.ready and not current.stopping and state in WORKING_STATES
    return replace(
        member,
        image=current.image,
        repinned=channel == "Pinned" and current.drift is Drift.IMAGE,
        launch=(current.epoch, current.restarts),
        ready=ready,
        held=current.image if ready else "",
        stale=current.drift is Drift.TEMPLATE,
        moving_out=current.drift is Drift.NODE,
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
