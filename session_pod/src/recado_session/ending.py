"""How a session process ends: which state is stored, which exit code its parent sees, and how much time there is."""

from enum import Enum, auto

from recado_core.session_states import ExitCode, SessionState
from recado_session.states import Transition


class Haste(Enum):
    ORDERLY = auto()
    """The message in flight may land first."""
    HURRIED = auto()
    """Somebody else may start soon: disconnect first, then store what may still be stored."""
    FENCED = auto()
    """Somebody else has started: disconnect and write nothing."""


class SessionEnd(Exception):  # noqa: N818 - an end, most often no error
    """Raised in any task of the session to end it."""

    state: SessionState

    def __init__(self, state: SessionState, reason: str, exit_code: ExitCode, haste: Haste = Haste.ORDERLY) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.exit_code = exit_code
        self.haste = haste

    @classmethod
    def after(cls, transition: Transition) -> "SessionEnd":
        if transition.exit_code is None:
            raise ValueError(f"{transition.state} does not end a session")
        return cls(transition.state, transition.reason, transition.exit_code)


class QrRoundEnded(Exception):  # noqa: N818 - an end, not an error
    """All codes of a round expired and another round is due: the engine can only start over in a fresh process."""

    def __init__(self, next_round: int) -> None:
        super().__init__(next_round)
        self.next_round = next_round


class StoreLostError(Exception):
    """PostgreSQL went away, and the engine's keys with it. What WhatsApp delivers now cannot be read; after five tries
    the sender's phone gives up, so WhatsApp has to be left at once: it keeps messages for a device that is away.
    """


def fenced() -> SessionEnd:
    return SessionEnd("failed", "fenced", ExitCode.TRY_AGAIN, Haste.FENCED)
