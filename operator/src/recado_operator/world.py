"""What the operator knows when it decides about one connection or one company. Plain values: deciding is pure."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from msgspec import Struct

from recado_core.resources.company import Company, InitialAdmin
from recado_core.resources.conditions import Reason
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
    phone: str | None = None
    paused: bool = False
    deleted: bool = False
    retained: bool = False
    """Its resource is gone; the linked device waits for another one."""
    pairing_requested: bool = False


class OverdueConnection(Struct, frozen=True, kw_only=True):
    """A retained connection that waited long enough: one row of `operator_api.overdue_connections`."""

    connection_id: UUID
    company_id: int
    name: str
    linked: bool
    """Its device is still in the phone's list."""


class Drift(Enum):
    """How far a running session is from what it should be; the largest difference counts."""

    NONE = 0
    METADATA = 1
    """Labels and annotations: corrected in place at any time."""
    RESOURCES = 2
    """CPU and memory: corrected in place at any time."""
    IMAGE = 3
    """Another version: in place, but the session reconnects, so it waits for its turn."""
    TEMPLATE = 4
    """Something that only another pod can have; waits for its turn too."""
    NODE = 5
    """Its node is being emptied: another pod, elsewhere; waits for its turn too."""


class Turn(Enum):
    """What the roll-out says to a session that should be replaced."""

    WAIT = 0
    GO = 1
    PAUSED = 2


class SessionProcess(Struct, frozen=True, kw_only=True):
    """A session process or pod that we started, running or ended."""

    connection_id: UUID
    epoch: int
    running: bool
    age_seconds: float = 0.0
    stopping: bool = False
    exit_code: int | None = None
    """Negative: the signal that ended it. None: still running, or nobody knows."""
    complaint: str = ""
    """What it could not go on with, in its own words; told only of one that ended with a failure."""
    unreachable: bool = False
    """Its node does not answer: what it was told may not have reached it."""
    disrupted: bool = False
    """Evicted or preempted: its end says nothing against it."""
    waiting: str = ""
    """Why it does not run yet, as the scheduler or the kubelet calls it."""
    message: str = ""
    """The same in their words, for people."""
    drift: Drift = Drift.NONE
    mends: bool = False
    """Labels, annotations or size differ, whatever else does: corrected in place at any time."""
    behind: bool = False
    """Another release is meant for it, now or in a later wave."""
    ready: bool = False
    """As the kubelet says."""
    restarts: int = 0
    name: str = ""
    uid: str = ""
    node: str = ""
    version: str = ""
    image: str = ""
    template_hash: str = ""
    started_at: datetime | None = None


class Stranger(Struct, frozen=True, kw_only=True):
    """A pod with the labels of this connection that no resource owns."""

    name: str
    epoch: int
    adoptable: bool
    """Somebody labelled it `recado.dev/adoptable: "true"`."""


class Peer(Struct, frozen=True, kw_only=True):
    """A connection as far as others depend on it: for quotas, and for numbers that two of them claim."""

    id: UUID
    created: datetime
    name: str = ""
    linked: bool = False
    phone: str | None = None
    """Declared, else the one that is linked."""
    leaving: bool = False

    @property
    def seniority(self) -> tuple[datetime, UUID]:
        return self.created, self.id


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
    complaint: str = ""
    """What that session said about them."""
    asked_at: float | None = None
    """When a start was last planned because somebody asked for QR codes."""
    refusal: str = ""
    """Why the database did not take `resource`; what to correct."""
    pairing_answered: str | None = None
    """The `spec.pairing.request` that was answered last, until the status says so."""
    pairing_expired: bool = False
    """Nobody linked a phone in time, until the status says so."""
    reconnect_answered: str | None = None
    """The `spec.reconnect.request` that was answered last, until the status says so."""
    mismatch_at: float | None = None
    """When a device of the wrong number was last asked to unlink itself."""

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
    peers: tuple[Peer, ...] = ()
    """The connections of the same company, this one among them."""
    namesakes: tuple[Peer, ...] = ()
    """Other connections, of whatever company, that declare or are linked to the same number."""
    strangers: tuple[Stranger, ...] = ()
    versions: tuple[str, ...] | None = None
    """What the catalogue of sessions holds; None where there is no catalogue."""
    version: str = ""
    """The one that this session should run."""
    turn: Turn = Turn.WAIT
    finalizers: bool = False
    """Whether resources are held by a finalizer until their end is carried out; a folder has none."""
    vanished: bool = False
    """Its resource is gone for certain, though nobody here saw it go."""
    inbox_url: str = ""
    """Where people open Recado; empty when nobody said it."""

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

    @property
    def linked(self) -> bool:
        return self.observed is not None and self.observed.linked

    @property
    def going(self) -> bool:
        """The resource is gone or on its way out, or people deleted the connection."""
        if self.resource is None or self.resource.metadata.deletion_timestamp is not None:
            return True
        return self.observed is not None and self.observed.deleted


class ObservedCompany(Struct, frozen=True, kw_only=True):
    """What the database says: one row of `operator_api.observe_companies`."""

    company_id: int
    resource_uid: UUID | None = None
    agents: int = 0
    connections: int = 0
    """Those that are not removed, whoever declared them."""


class AdminAttempt(Struct, frozen=True):
    """What became of `wanted`, at that moment of the monotonic clock."""

    wanted: InitialAdmin
    reason: Reason
    at: float


class CompanyMemory(Struct, frozen=True, kw_only=True):
    declared: Company | None = None
    """As the database was last told it."""
    refusal: str = ""
    """Why the database did not take `declared`; what to correct."""
    not_before: float = 0.0
    """Not asked again before this moment of the monotonic clock."""
    isolated: Company | None = None
    """As its policies were last written."""
    isolated_at: float = 0.0
    isolation_refused: bool = False
    """The operator may not write policies here."""
    admin: AdminAttempt | None = None
    """When its first person was last tried to be made."""


class CompanyWorld(Struct, frozen=True, kw_only=True):
    resource: Company
    observed: ObservedCompany | None
    """None while no row belongs to this resource."""
    peers: tuple[Peer, ...] = ()
    """Its connections."""
    ready: int = 0
    """How many of them are Ready."""
    rivals: tuple[Company, ...] = ()
    """Other companies that claim the same companyID, or stand in a namespace that one of the two wants for itself."""
    memory: CompanyMemory = CompanyMemory()
    finalizers: bool = False
    policies: bool = False
    """Whether there is anything to isolate with; on one machine there is not."""
    harmed: bool = False
    """Somebody took away or changed one of its policies."""
    secrets: bool = False
    """Whether passwords may be read from Secrets."""
