"""What Prometheus and the heartbeat are told about this session."""

from collections.abc import Callable
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Info

from recado_core.session_states import SESSION_STATES, SessionState
from recado_session.session_api import Outcome

ENGINE_CHANNEL = 101
"""Messages that the engine may hold, acknowledged to WhatsApp, before they reach our journal (measured)."""


class Metrics:
    def __init__(self, journal_depth: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.journal_depth = journal_depth
        self._unclean_exits = 0
        self._state = Gauge("recado_session_state", "1 for the state of now.", ["state"], registry=self.registry)
        self.show_state("starting")
        depth = Gauge("recado_session_journal_depth", "Events not yet in PostgreSQL.", registry=self.registry)
        depth.set_function(journal_depth)
        self.unwritten = Gauge(
            "recado_session_journal_unwritten", "Events that the disk refused.", registry=self.registry
        )
        self.ingested = Counter("recado_session_ingested", "Events stored in PostgreSQL.", registry=self.registry)
        self.sent = Counter("recado_session_sends", "Messages by outcome.", ["outcome"], registry=self.registry)
        for outcome in get_args(Outcome):  # from 0: whoever asks for an increase does not see a first value
            self.sent.labels(outcome)
        self._unclean = Counter(
            "recado_inbound_unclean_exit",
            f"Processes that vanished while online: up to {ENGINE_CHANNEL} messages may be lost each time.",
            registry=self.registry,
        )
        Info("recado_session_build", "What runs here.", registry=self.registry).info({"engine": "neonize"})

    def show_state(self, state: SessionState) -> None:
        for known in SESSION_STATES:
            self._state.labels(known).set(known == state)

    def show_unclean_exits(self, count: int) -> None:
        """Those of the processes before this one; called once."""
        self._unclean_exits = count
        self._unclean.inc(count)

    def for_heartbeat(self) -> dict[str, Any]:
        """Short, because it is stored every five seconds."""
        told: dict[str, Any] = {"journalDepth": self.journal_depth(), "uncleanExits": self._unclean_exits}
        if self._unclean_exits:
            told["note"] = f"up to {ENGINE_CHANNEL} messages may be lost"
        return told
