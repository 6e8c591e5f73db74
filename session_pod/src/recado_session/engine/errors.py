"""What the engine's error texts mean for a message. Pure; the texts are those that were observed, word by word.

An unknown text counts as uncertain: that a message may have left is the safe assumption, never a blind retry.
"""

import re

from recado_session.gateway import NoSuchRecipient, NotSent, Rejected, Restricted, SendOutcome, Uncertain

_NEVER_LEFT = {
    "websocket not connected": "not_connected",
    "failed to prefetch sessions": "store_unavailable",
    "failed to get device list": "recipient_lookup_failed",
    "failed to get user info": "recipient_lookup_failed",
    "failed to get LID for PN": "recipient_lookup_failed",
    "the store doesn't contain a device JID": "not_linked",
    "client is nil": "not_started",
}
_MAY_HAVE_LEFT = {
    "timed out waiting for message send response": "no_answer",
    "websocket disconnected before message send returned response": "connection_lost",
}
_BAD_CALL = ("message recipient must be a user JID with no device part", "can't send message to unknown server")
_NO_RECIPIENT = re.compile(r"no LID found for \S+ from server")
_REFUSED = re.compile(r"server returned error (\d+)")
_REACH_OUT_LOCK = "463"


def outcome_of(error: str) -> SendOutcome:
    """What to report for a send that raised `error`."""
    if reason := _first(_MAY_HAVE_LEFT, error):
        return Uncertain(reason)
    if _NO_RECIPIENT.search(error):
        return NoSuchRecipient("not_on_whatsapp")
    if refused := _REFUSED.search(error):
        locked = refused[1] == _REACH_OUT_LOCK
        return Restricted("reach_out_restricted") if locked else Rejected(f"refused:{refused[1]}")
    if any(text in error for text in _BAD_CALL):
        return Rejected("bad_address")
    if reason := _first(_NEVER_LEFT, error):
        return NotSent(reason)
    return Uncertain("unknown_error")


def _first(known: dict[str, str], error: str) -> str | None:
    return next((reason for text, reason in known.items() if text in error), None)
