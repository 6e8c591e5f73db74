"""A connection's status: conditions first, then the facts behind them.

It holds what changes rarely: two writes per start, none at rest, nothing that moves with the traffic of messages. QR
codes, JIDs and whole phone numbers never stand in it.
"""

from recado_core.resources.conditions import Condition, ConditionType, Reason
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_operator.conditions import facts, refining
from recado_operator.conditions.explaining import explain, explain_verdict
from recado_operator.conditions.writing import Explanation, Writer
from recado_operator.world import Moment, World

READY = frozenset({Reason.CONNECTED, Reason.DEGRADED})
AT_REST = frozenset({Reason.SUSPENDED, Reason.COMPANY_SUSPENDED, Reason.TEMPORARILY_BANNED})
"""Not ready, and as it should be until somebody, or the time, says otherwise."""
_ACCEPTED = Explanation(Reason.ACCEPTED, "The declaration is in force.")


def describe(now: Moment, world: World) -> WhatsAppConnectionStatus:
    """For a world whose resource is there."""
    resource = world.resource
    if resource is None:
        raise AssertionError("There is no resource left to describe")
    return WhatsAppConnectionStatus(
        observed_generation=resource.metadata.generation,
        connection_id=resource.metadata.uid,
        phone=facts.masked_phone(world),
        pairing=facts.pairing(now, world, resource),
        reconnect=facts.reconnect(world),
        session=facts.session(now, world, resource),
        restriction=facts.restriction(now, world, resource),
        retry=facts.retry(now, world, resource),
        conditions=_conditions(now, world, resource),
    )


def _conditions(now: Moment, world: World, resource: WhatsAppConnection) -> list[Condition]:
    writer = Writer(now.wall, resource.status.conditions, resource.metadata.generation)
    told, refused = explain(now, world), explain_verdict(world)
    ready = told.reason in READY
    written = [
        writer.write(ConditionType.READY, "True" if ready else "False", told),
        writer.write(ConditionType.ACCEPTED, "False" if refused else "True", refused or _ACCEPTED),
        writer.write(ConditionType.SESSION_RUNNING, *refining.session_running(world, told)),
        writer.write(ConditionType.PAIRED, *refining.paired(world, told)),
        writer.write(ConditionType.CONNECTED, *refining.connected(world, told)),
        writer.write(ConditionType.UP_TO_DATE, *refining.up_to_date(world)),
        writer.write(ConditionType.SUSPENDED, *refining.suspended(world)),
        writer.write(ConditionType.RESTRICTED, *refining.restricted(told)),
    ]
    if told.stalled is not None:
        stalled = Explanation(told.stalled, told.message)
        written.append(writer.write(ConditionType.STALLED, "True", stalled))
    elif not ready and told.reason not in AT_REST:
        written.append(writer.write(ConditionType.RECONCILING, "True", told))
    return written
