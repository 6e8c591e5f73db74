"""When the beginning of a session is worth a status.

Its pod is bound, pulled and run within a second or two, and each of these steps would cost the API server a write, and
everybody who watches an event, to say what the next write takes back. So the first seconds of a start are told once,
when they have led somewhere or have lasted. That somebody is no longer ready is told at once.
"""

from recado_core.resources.conditions import ConditionType, condition
from recado_operator.conditions import states
from recado_operator.conditions.explaining import explain
from recado_operator.world import Moment, World

SETTLING_SECONDS = 3.0


def seconds_untold(now: Moment, world: World) -> float:
    """For how long the status may stay as it is though the world is another; 0.0 when it is due."""
    current, resource = world.current, world.resource
    if current is None or resource is None or current.restarts or current.stopping:
        return 0.0
    left = SETTLING_SECONDS - current.age_seconds
    if left <= 0.0:  # nearly every look: why it is as it is need not be found out for that
        return 0.0
    ready = condition(resource.status.conditions, ConditionType.READY)
    if (ready is not None and ready.status == "True") or explain(now, world) != states.RUNNING["starting"]:
        return 0.0
    return left
