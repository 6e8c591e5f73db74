"""Why a session is started with a new epoch: a few words, so that they can be counted."""

from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.plan import requests
from recado_operator.world import World

_ENDED = {
    Outcome.TRY_AGAIN: "ended",
    Outcome.CRASHED: "crashed",
    Outcome.REFUSED_SETTINGS: "settings",
    Outcome.WAITS_FOR_PERSON: "ban_over",
}


def cause_of(world: World, expected_epoch: int) -> str:
    """`first`, `requested`, `silent`, `disrupted`, `ended`, `crashed`, `settings`, `ban_over`, or `replaced`: its
    process was taken away, by us or by others.
    """
    if expected_epoch == 0:
        return "first"
    asked = world.observed is not None and world.observed.pairing_requested
    if asked or requests.pairing_pending(world) or requests.reconnect_pending(world):
        return "requested"
    if world.running:
        return "silent"
    if world.ended is not None and world.ended.disrupted:
        return "disrupted"
    state = world.observed.state if world.observed else ""
    return _ENDED.get(outcome.classify(world.exit_code, state), "replaced")
