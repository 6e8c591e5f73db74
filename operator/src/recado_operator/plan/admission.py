"""Whether a declaration can be carried out as it stands, and what happens to its session meanwhile when it cannot."""

from enum import Enum

from msgspec import Struct

from recado_core.resources.conditions import Reason
from recado_core.resources.connection import WhatsAppConnection
from recado_operator.plan.quota import accepted
from recado_operator.world import Peer, World


class Effect(Enum):
    HOLD = "hold"
    """Nothing starts and nothing stops: what is missing may come in a moment."""
    STOP = "stop"


class Verdict(Struct, frozen=True):
    """Why not, and what to do about it."""

    reason: Reason
    message: str
    effect: Effect
    state_reason: str = ""
    """What the database is told about the session that was stopped."""
    passing: bool = False
    """Time will change it, or it is as somebody wants it: nothing to be alarmed about."""


_COMPANY_NOT_READY = Verdict(
    Reason.COMPANY_NOT_READY,
    "The Company is not in force yet. See its conditions, or wait a moment.",
    Effect.HOLD,
    passing=True,
)
_COMPANY_SUSPENDED = Verdict(
    Reason.COMPANY_SUSPENDED,
    "The company is suspended. Set spec.suspend of its Company to false to go on.",
    Effect.STOP,
    "company_suspended",
    passing=True,
)


def refusal(world: World, resource: WhatsAppConnection) -> Verdict | None:
    """The first thing that stands in the way; None when the declaration is accepted."""
    return _company(world, resource) or _quota(world, resource) or _phone(world, resource) or _version(world)


def _company(world: World, resource: WhatsAppConnection) -> Verdict | None:
    if world.company is None:
        name = resource.spec.company_ref.name
        missing = f"There is no Company {name} here. Apply it, or delete this connection and declare it for another."
        return Verdict(Reason.COMPANY_NOT_FOUND, missing, Effect.HOLD)
    if world.company.company_id is None:
        return _COMPANY_NOT_READY
    return _COMPANY_SUSPENDED if world.company.spec.suspend else None


def _quota(world: World, resource: WhatsAppConnection) -> Verdict | None:
    if world.company is None or world.linked or not world.peers:
        return None
    limit = world.company.spec.quotas.connections
    if resource.metadata.uid in accepted(world.peers, limit):
        return None
    message = (
        f"Company {world.company.metadata.name} may have {limit} connections, and older or linked ones come first. "
        "Delete one of them, or raise spec.quotas.connections of the Company."
    )
    return Verdict(Reason.QUOTA_EXCEEDED, message, Effect.STOP, "quota_exceeded")


def _phone(world: World, resource: WhatsAppConnection) -> Verdict | None:
    mine = next((peer for peer in world.peers if peer.id == resource.metadata.uid), None)
    if mine is None or not any(_comes_first(other, mine) for other in world.namesakes):
        return None
    message = "Another connection, older or linked before, has this phone number. Delete one of the two."
    return Verdict(Reason.PHONE_NUMBER_IN_USE, message, Effect.STOP, "phone_number_in_use")


def _comes_first(other: Peer, mine: Peer) -> bool:
    return not other.leaving and (not other.linked, *other.seniority) < (not mine.linked, *mine.seniority)


def _version(world: World) -> Verdict | None:
    if world.versions is None or world.version in world.versions:
        return None
    known = ", ".join(world.versions) or "nothing"
    message = (
        f"The catalogue has no version {world.version or '(none)'}; it holds {known}. "
        "Correct spec.updatePolicy, or have the version added to session.catalog of the chart."
    )
    return Verdict(Reason.VERSION_NOT_IN_CATALOGUE, message, Effect.HOLD)
