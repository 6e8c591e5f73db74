"""What to write down about processes that have ended, before anything else is decided."""

from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.plan.actions import Action, Forget, RecordExit, ReportState
from recado_operator.world import World


def note(world: World) -> tuple[Action, ...]:
    actions: list[Action] = []
    seen, current = world.observed, world.ended
    if seen and current and current.exit_code is not None and seen.exit_code is None:
        actions.append(RecordExit(seen.epoch, current.exit_code))
        how = outcome.classify(current.exit_code, seen.state)
        if how is Outcome.CRASHED and not current.stopping:
            actions.append(ReportState(seen.epoch, "reconnecting", "session_crashed"))
        if how is Outcome.REFUSED_SETTINGS:
            actions.append(ReportState(seen.epoch, "failed", "session_settings"))
    return (*actions, *(Forget(process.epoch) for process in world.processes if not process.running))
