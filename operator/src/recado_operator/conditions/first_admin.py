"""What became of `spec.initialAdmin`. Neither e-mail nor password stands in it."""

from recado_core.resources.conditions import Condition, ConditionType, Reason, condition
from recado_operator.conditions.writing import Explanation, Writer
from recado_operator.plan import first_admin
from recado_operator.world import CompanyWorld

_MESSAGES = (
    Explanation(
        Reason.CREATED,
        "The first person was made and may sign in. The Secret is not read again; delete it if nobody else needs it.",
    ),
    Explanation(
        Reason.ALREADY_HAS_PEOPLE, "The company has people already, so nobody was made. Remove spec.initialAdmin."
    ),
    Explanation(
        Reason.SECRET_NOT_READABLE,
        "The operator may not read Secrets. Set operator.allowSecretReads of the chart to true; where you make roles "
        "yourself grant it get on secrets. For the oldest company the chart's firstAdmin makes an admin without it.",
    ),
    Explanation(
        Reason.SECRET_NOT_FOUND,
        "There is no such Secret in this namespace, or it has no such key. Make it, or correct "
        "spec.initialAdmin.passwordSecretRef; it is looked at again every minute.",
    ),
    Explanation(
        Reason.PASSWORD_TOO_SHORT,
        "The password has less than 10 characters. Put a longer one into the Secret; it is read again every minute.",
    ),
    Explanation(
        Reason.PASSWORD_UNUSABLE,
        "The password is no text, or has more than 128 characters, so nobody could type it. Put another one into the "
        "Secret; it is read again every minute.",
    ),
    Explanation(
        Reason.EMAIL_TAKEN,
        "Somebody of another company signs in with this e-mail already. Set spec.initialAdmin.email to another one.",
    ),
    Explanation(
        Reason.AGENT_QUOTA_EXCEEDED, "The company may have nobody. Raise spec.quotas.agents; it is tried again then."
    ),
    Explanation(Reason.PENDING, "The first person is made in a moment. Nothing to do."),
)
_TOLD = {told.reason: told for told in _MESSAGES}


def describe_first_admin(writer: Writer, world: CompanyWorld) -> list[Condition]:
    """Nothing when nobody is declared."""
    if world.resource.spec.initial_admin is None:
        return []
    reason = _reason(world)
    done = reason in first_admin.DONE
    return [writer.write(ConditionType.INITIAL_ADMIN, "True" if done else "False", _TOLD[reason])]


def _reason(world: CompanyWorld) -> Reason:
    last = first_admin.attempt(world)
    came_of = last.reason if last is not None else Reason.PENDING if world.secrets else Reason.SECRET_NOT_READABLE
    peopled = world.observed is not None and world.observed.agents > 0
    if came_of is Reason.CREATED or not (peopled or came_of is Reason.ALREADY_HAS_PEOPLE):
        return came_of
    before = condition(world.resource.status.conditions, ConditionType.INITIAL_ADMIN)
    created = before is not None and before.reason == Reason.CREATED  # by an operator before this one
    return Reason.CREATED if created else Reason.ALREADY_HAS_PEOPLE
