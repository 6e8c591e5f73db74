"""What each state of a session means for people: one row a state, while it runs and after it ended for good."""

from recado_core.resources.conditions import Reason
from recado_operator.conditions.writing import Explanation

PAIR_AGAIN = "Set spec.pairing.request to a new value, or ask for new codes under Connections in Recado"
RECONNECT = "set spec.reconnect.request to a new value"

RUNNING = {
    "online": Explanation(Reason.CONNECTED, "Messages flow."),
    "degraded": Explanation(Reason.DEGRADED, "Messages flow slowly. If it lasts, read the session's log."),
    "starting": Explanation(Reason.CONNECTING, "The session is starting. Nothing to do."),
    "qr": Explanation(Reason.AWAITING_PAIRING, "Open Recado, go to Connections and scan the QR code with the phone."),
    "pairing": Explanation(Reason.AWAITING_PAIRING, "The phone is being linked. Keep WhatsApp open on it."),
    "reconnecting": Explanation(Reason.CONNECTING, "Trying to reach WhatsApp again. Nothing to do."),
    "restricted": Explanation(Reason.RATE_LIMITED, "WhatsApp limits this number. Send fewer messages and wait."),
    "replaced": Explanation(
        Reason.STREAM_REPLACED, f"Another program uses this linked device. Stop it, then {RECONNECT}."
    ),
}
"""While the session runs; states that are not here are on their way to one that is."""
TYPE_THE_CODE = (
    "Open Recado, go to Connections and type its code on the phone, under Linked devices, Link with phone number."
)
AWAITING_CODE = Explanation(Reason.AWAITING_PAIRING, TYPE_THE_CODE)
"""While the session runs and shows a code to type, not one to scan."""


def _needs_somebody(reason: Reason, message: str, stalled: Reason = Reason.NEEDS_HUMAN) -> Explanation:
    return Explanation(reason, message, stalled)


FINAL = {
    "banned": _needs_somebody(
        Reason.TEMPORARILY_BANNED,
        f"WhatsApp banned this number and did not say for how long. See the phone's WhatsApp, wait, then {RECONNECT}.",
    ),
    "restricted": _needs_somebody(
        Reason.RATE_LIMITED, f"WhatsApp limits this number. Send fewer messages, wait, then {RECONNECT}."
    ),
    "outdated": _needs_somebody(
        Reason.CLIENT_OUTDATED, f"WhatsApp refuses this version. Upgrade Recado, then {RECONNECT}."
    ),
    "logged_out": _needs_somebody(
        Reason.LOGGED_OUT, f"The phone unlinked this device. {PAIR_AGAIN}.", Reason.NEEDS_PAIRING
    ),
    "passkey_required": _needs_somebody(
        Reason.PASSKEY_REQUIRED,
        "WhatsApp links this account with a passkey only, which Recado cannot do yet. Link another number. "
        f"{PAIR_AGAIN}.",
        Reason.NEEDS_PAIRING,
    ),
    "qr": _needs_somebody(
        Reason.PAIRING_EXPIRED, f"Nobody linked a phone in time. {PAIR_AGAIN}.", Reason.NEEDS_PAIRING
    ),
    "pairing": _needs_somebody(
        Reason.PAIRING_EXPIRED, f"The phone did not finish linking. {PAIR_AGAIN}.", Reason.NEEDS_PAIRING
    ),
}
"""After the session ended for good in that state."""
FINAL_REASONS = {
    "banned": _needs_somebody(
        Reason.BANNED,
        f"WhatsApp banned this number. Ask for a review in the phone's WhatsApp and wait for it. {PAIR_AGAIN}.",
    ),
    "locked": _needs_somebody(
        Reason.LOCKED,
        "WhatsApp locked this account, or it moved to another phone. See the phone's WhatsApp and do what it asks. "
        f"{PAIR_AGAIN}.",
    ),
    "code_refused": _needs_somebody(
        Reason.PAIRING_EXPIRED,
        f"WhatsApp gave no code for spec.phoneNumber. Check the number, wait some minutes. {PAIR_AGAIN}.",
        Reason.NEEDS_PAIRING,
    ),
}
"""By the code of a reason that tells more than its state does."""


def final(state: str, reason: str) -> Explanation:
    """After the session ended for good in `state`, or shows no codes any more."""
    return FINAL_REASONS.get(reason.partition(":")[0]) or FINAL[state]


DELETING = Explanation(Reason.DELETING, "The connection is being removed. Nothing to do.")
PURGE_NOT_CONFIRMED = Explanation(
    Reason.PURGE_NOT_CONFIRMED,
    "deletionPolicy is Purge. To remove the conversations too, annotate this resource with "
    "recado.dev/confirm-purge: <its name>. Without it the phone is unlinked after ten minutes and they stay.",
)
SUSPENDED = Explanation(Reason.SUSPENDED, "Suspended by a person. Set spec.suspend to false to go on.")
PENDING = Explanation(Reason.PENDING, "The session starts in a moment. Nothing to do.")
CRASHING = Explanation(Reason.CRASHING, "The session keeps ending and is started again. Read the end of its log.")
EXHAUSTED = _needs_somebody(
    Reason.CRASHING,
    f"The session ended ten times in a row. Read its log, correct the cause, then {RECONNECT}.",
    Reason.BACK_OFF_EXHAUSTED,
)
BACKING_OFF = Explanation(Reason.BACK_OFF, "The session ended and starts again in a moment. Nothing to do.")
NODE_UNREACHABLE = Explanation(
    Reason.NODE_UNREACHABLE, "The session's node does not answer. It moves as spec.failover says. Nothing to do."
)
TERMINATING = Explanation(Reason.TERMINATING, "The session is on its way out. Nothing to do.")
WRONG_NUMBER = _needs_somebody(
    Reason.PHONE_NUMBER_MISMATCH,
    f"Another number than spec.phoneNumber was linked, and is unlinked again. {PAIR_AGAIN} and use the right phone.",
    Reason.NEEDS_PAIRING,
)
RECONCILE_ERROR = Explanation(
    Reason.RECONCILE_ERROR, "The operator met an error and tries again. Read the operator's log if it lasts."
)
DATABASE_UNAVAILABLE = Explanation(
    Reason.DATABASE_UNAVAILABLE,
    "The operator cannot reach PostgreSQL, so it does not know; sessions run on. Bring the database back.",
)


def refused(complaint: str) -> Explanation:
    """`complaint` is what the session said about its settings; empty when that is lost."""
    what = f"The session refuses its settings: {complaint}" if complaint else "The session refuses its settings."
    return _needs_somebody(Reason.SETTINGS_REFUSED, f"{what} Correct this, then change the resource or {RECONNECT}.")
