"""Why a row could not be read."""

from recado_core.errors import RecadoError


class DecodeError(RecadoError):
    """The bytes are not what the engine promises. `detail` becomes the reason of the quarantined row."""

    code = "undecodable"
    title = "What WhatsApp sent could not be read"
