"""The breaker of a number that WhatsApp limits (error 463): it stops speaking for a time that grows with each refusal,
goes on listening, then tries one message; the first that is taken closes it. Sending on regardless is how a number that
is restricted becomes one that is banned.

Trade-off: a refusal may concern one contact only, and all of them wait. The refused message itself waits longer than
the number, so that others are tried before it.
"""

from datetime import UTC, timedelta

import msgspec

from recado_core.clock import Clock
from recado_session.states import Transition

FIRST_SECONDS = 60.0
LONGEST_SECONDS = 3600.0


class NumberHealth:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusals = 0
        self._until = 0.0
        self._reason = ""

    @property
    def restricted(self) -> bool:
        """Nothing may be sent now."""
        return self._clock.monotonic() < self._until

    @property
    def on_trial(self) -> bool:
        """The last message that was tried was refused: one at a time until one is taken."""
        return self._refusals > 0

    def refused(self, reason: str) -> None:
        seconds = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(self._refusals, 10))
        self._refusals += 1
        self._until = self._clock.monotonic() + seconds
        ends = self._clock.now().astimezone(UTC) + timedelta(seconds=seconds)
        self._reason = f"{reason}:until {ends:%Y-%m-%dT%H:%M:%SZ}"

    def taken(self) -> None:
        self._refusals = 0

    def judge(self, transition: Transition) -> Transition:
        """What to tell people: a number that is online and may not speak is restricted."""
        if transition.state != "online" or not self.restricted:
            return transition
        return msgspec.structs.replace(transition, state="restricted", reason=self._reason)
