"""What people ask for by changing a value of the resource: a new round of pairing, a new session.

Each value is answered once. The status tells which one was answered; until it does, `Memory` knows. Of a connection
that goes nothing is asked any more.
"""

import re

from recado_operator.world import ObservedSession, SessionProcess, World

_BRAZILIAN_MOBILE = re.compile(r"^(\+55\d{2})9([6-9]\d{7})$")
PAIRING_STATES = frozenset({"", "starting", "qr", "pairing", "passkey_required"})


def answered_pairing(world: World) -> str:
    """The last `spec.pairing.request` that was answered."""
    if world.memory.pairing_answered is not None or world.resource is None:
        return world.memory.pairing_answered or ""
    told = world.resource.status.pairing
    return told.observed_request if told else ""


def answered_reconnect(world: World) -> str:
    """The last `spec.reconnect.request` that was answered."""
    if world.memory.reconnect_answered is not None or world.resource is None:
        return world.memory.reconnect_answered or ""
    told = world.resource.status.reconnect
    return told.observed_request if told else ""


def pairing_pending(world: World) -> bool:
    asked = world.resource.spec.pairing.request if world.resource and not world.going else ""
    return asked not in {"", answered_pairing(world)}


def reconnect_pending(world: World) -> bool:
    asked = world.resource.spec.reconnect.request if world.resource and not world.going else ""
    return asked not in {"", answered_reconnect(world)}


def pairing_overdue(world: World, current: SessionProcess) -> bool:
    """The session shows codes that nobody uses, for longer than `spec.pairing.timeoutSeconds`."""
    seen, resource = world.observed, world.resource
    if seen is None or resource is None or seen.linked or seen.state not in PAIRING_STATES:
        return False
    return current.age_seconds > resource.spec.pairing.timeout_seconds


def shows_code(seen: ObservedSession) -> bool:
    """The session shows a code to be typed, not one to be scanned."""
    return (seen.state, seen.reason) == ("qr", "type_the_code")


def pairing_expired(world: World) -> bool:
    """Nobody linked a phone in time, and nobody asked again."""
    if world.linked or pairing_pending(world) or world.resource is None:
        return False
    told = world.resource.status.pairing
    return world.memory.pairing_expired or (told is not None and told.state == "Expired")


def wrong_number(world: World) -> bool:
    """Another number than the declared one is linked."""
    seen, resource = world.observed, world.resource
    if seen is None or resource is None or not seen.linked or not seen.phone:
        return False
    wanted = resource.spec.phone_number
    return wanted is not None and _as_linked(wanted) != _as_linked(seen.phone)


def _as_linked(phone: str) -> str:
    """Without the ninth digit of Brazilian mobiles: WhatsApp knows older accounts by their number from before it."""
    return _BRAZILIAN_MOBILE.sub(r"\1\2", phone)
