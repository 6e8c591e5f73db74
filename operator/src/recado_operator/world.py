"""What the operator knows about one connection when it decides. Plain values only, so that deciding stays pure."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionSpec


class Moment(Struct, frozen=True):
    """Both clocks of one instant: waiting is measured on the one that never jumps, bans end on the other."""

    monotonic: float
    wall: datetime


class ObservedSession(Struct, frozen=True, kw_only=True):
    """What the database says: one row of `operator_api.observe`."""

    company_id: int
    connection_id: UUID
    name: str
    epoch: int = 0
    state: str = ""
    reason: str = ""
    heartbeat_age_seconds: float | None = None
    exit_code: int | None = None
    linked: bool = False
    paused: bool = False
    deleted: bool = False
    pairing_requested: bool = False


class SessionProcess(Struct, frozen=True, kw_only=True):
    """A session process or pod that we started, running or ended."""

    connection_id: UUID
    epoch: int
    running: bool
    age_seconds: float = 0.0
    stopping: bool = False
    exit_code: int | None = None
    """Negative: the signal that ended it. None: still running, or nobody knows."""


class Memory(Struct, frozen=True, kw_only=True):
    """What one operator remembers between two looks at a connection. Losing it costs one early attempt, no more."""

    resource: WhatsAppConnection | None = None
    """As the database was last told it; all that is known of a connection whose resource is gone."""
    logout_asked_at: float | None = None
    """When the session was first asked to unlink its device, because the connection goes."""
    failures: int = 0
    not_before: float = 0.0
    """No start before this moment of the monotonic clock."""
    online_since: float | None = None
    refused: WhatsAppConnectionSpec | None = None
    """The spec with which a session ended for its settings: not tried again until it changes."""
    asked_at: float | None = None
    """When a start was last planned because somebody asked for QR codes."""
    refusal: str = ""
    """Why the database did not take `resource`; what to correct."""

    @property
    def declared(self) -> WhatsAppConnectionSpec | None:
        return self.resource.spec if self.resource else None


class World(Struct, frozen=True, kw_only=True):
    resource: WhatsAppConnection | None
    """None when it was deleted."""
    company: Company | None = None
    """The one that `spec.companyRef` names. None while there is no such resource."""
    observed: ObservedSession | None
    """None when the database does not know the connection yet."""
    processes: tuple[SessionProcess, ...] = ()
    memory: Memory = Memory()
    watched_seconds: float = 0.0
    """For how long heartbeats could be seen without a break: silence that nobody listened to does not count."""
    jitter: float = 0.0
    """A random number from 0 to 1 for this look, so that many sessions do not start in step."""

    @property
    def running(self) -> tuple[SessionProcess, ...]:
        return tuple(process for process in self.processes if process.running)

    @property
    def current(self) -> SessionProcess | None:
        """The running process that may write: the one of the lease's epoch."""
        epoch = self.observed.epoch if self.observed else None
        return next((process for process in self.running if process.epoch == epoch), None)

    @property
    def ended(self) -> SessionProcess | None:
        """The process of the lease's epoch, when it has ended and was not yet cleared away."""
        epoch = self.observed.epoch if self.observed else None
        return next((process for process in self.processes if not process.running and process.epoch == epoch), None)

    @property
    def exit_code(self) -> int | None:
        """Of the lease's epoch: as the session itself stored it, else as we saw the process end."""
        stored = self.observed.exit_code if self.observed else None
        return stored if stored is not None or self.ended is None else self.ended.exit_code
