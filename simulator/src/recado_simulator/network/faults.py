"""Faults that a test or a curious person asks for. They live in memory: a restart of the simulator ends them."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec

FaultKind = Literal[
    "drop_socket", "late_ack", "error_ack", "never_ack", "replace", "ban", "connect_failure", "malformed", "none"
]


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    kind: FaultKind
    account: str = ""
    """Only this owner's devices; empty: all."""
    count: int | None = None
    """How often it strikes; None: until `none` is asked for (at once and once, for those that strike at once)."""
    code: int = 0
    seconds: int = 0
    """ban: how long the client is told that it lasts, and how long it does last."""
    ms: int = 0
    when: Literal["now", "send"] = "now"
    """drop_socket: at once, or when the device next sends a message."""
    deliver: bool = True
    """Whether the message that is not properly acknowledged reaches its recipient anyway."""
    variant: Literal["stanza", "frame", "panic", "ciphertext", "receipt"] = "stanza"
    """malformed: a message without sender, bytes that are no stanza, a stanza without a tag (which
    some engines die of), a broken seal, a receipt of an unknown type."""


class Faults:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._armed: list[Fault] = []
        self._until: dict[int, float] = {}

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)
        if fault.kind == "ban" and fault.seconds:
            self._until[id(fault)] = self._clock() + fault.seconds

    def clear(self) -> None:
        self._armed.clear()

    def take(self, number: str, *kinds: FaultKind) -> Fault | None:
        """The first armed fault of these kinds for that owner; uses it up by one."""
        for fault in self.armed:
            if fault.kind in kinds and fault.account in {"", number}:
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._armed.remove(fault)
                return fault
        return None

    @property
    def armed(self) -> list[Fault]:
        """What may still strike; bans that are over are let go."""
        now = self._clock()
        self._armed = [fault for fault in self._armed if self._until.get(id(fault), now) >= now]
        return list(self._armed)
