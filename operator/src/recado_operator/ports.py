"""What the operator needs from its surroundings. Kubernetes implements both with its API, the local stack with child
processes and a local database socket; the tests with lists in memory.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

from msgspec import Struct

from recado_core.errors import RecadoError
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.port import Resource
from recado_core.resources.session_options import SecretReference
from recado_operator.world import ObservedCompany, ObservedSession, OverdueConnection, SessionProcess

FirstAdminAnswer = Literal["created", "has_people", "no_place", "email_taken"]


class SessionOrder(Struct, frozen=True, kw_only=True):
    """Everything that a new session needs. The password is good for this epoch only."""

    resource: WhatsAppConnection
    connection_id: UUID
    epoch: int
    password: str


class DeclarationRefusedError(RecadoError):
    """The database cannot take this resource as it stands; the text says what to correct."""

    code = "declaration_refused"
    title = "The connection was not declared"
    again_after = 30.0
    """Seconds; what is refused may become possible without a change of the resource."""


class PredecessorError(DeclarationRefusedError):
    """The connection that had this name before is not retained yet: its device and conversations will be this one's."""

    again_after = 1.0


class SessionRefusedError(DeclarationRefusedError):
    """The cluster does not take the session's pod as it is declared; the text says why. Each attempt costs an epoch."""

    code = "session_refused"
    title = "The session was not started"

    def __init__(self, detail: str, again_after: float) -> None:
        super().__init__(detail)
        self.again_after = again_after


class DatabaseUnavailableError(RecadoError):
    """PostgreSQL cannot be asked at present. Sessions run on; try again later."""

    code = "database_unavailable"
    title = "The database cannot be reached"


class Declarations(Protocol):
    """The resources as they were last seen; reading them costs nothing."""

    @property
    def finalizers(self) -> bool:
        """Whether a resource can be held until its end is carried out."""
        ...

    async def keys(self) -> Collection[UUID]: ...

    async def get(self, connection_id: UUID) -> WhatsAppConnection | None: ...

    async def company_keys(self) -> Collection[UUID]: ...

    async def company(self, uid: UUID) -> Company | None: ...

    async def company_of(self, resource: WhatsAppConnection) -> Company | None: ...

    async def companies(self) -> Sequence[Company]: ...

    async def vanished(self, seen: ObservedSession, /) -> bool:
        """Whether the resource of a row that nobody declares is gone; not of a company that is somebody else's."""
        ...

    async def write_status(self, resource: Resource) -> None:
        """Writes the status that `resource` carries."""
        ...

    async def hold(self, resource: Resource, *, held: bool) -> None:
        """Puts our finalizer on, or takes it off; nothing to do when it is so already."""
        ...


class Policies(Protocol):
    """What keeps companies apart."""

    @property
    def exist(self) -> bool:
        """There are none on one machine."""
        ...

    def harmed(self, company: Company, /) -> bool:
        """Whether somebody took away or changed what `isolate` wrote."""
        ...

    async def isolate(self, company: Company) -> None:
        """Writes the company's policies, its quota and the account of its sessions. Raises ForbiddenError."""
        ...


class Sessions(Protocol):
    """Starts and ends session processes. Every call may be repeated."""

    async def keys(self) -> Collection[UUID]:
        """The connections that have a process, running or ended."""
        ...

    async def of(self, connection_id: UUID) -> Sequence[SessionProcess]: ...

    def expected(self, resource: WhatsAppConnection, company: Company | None) -> Mapping[str, Any]:
        """The fields of `World` that say what should run: `versions`, `version`, `turn`, `strangers`."""
        ...

    async def correct(self, resource: WhatsAppConnection, epoch: int, *, image: bool) -> None:
        """Brings the running pod in place to what it should be; with `image`, which interrupts it, the release too.
        Raises SessionRefusedError.
        """
        ...

    async def adopt(self, resource: WhatsAppConnection, name: str) -> None:
        """Makes `resource` the owner of a pod that nobody owns."""
        ...

    def wait(self, connection_id: UUID) -> float:
        """How many seconds a start must wait, so that many wishes at once do not become many starts at once."""
        ...

    async def start(self, order: SessionOrder) -> None:
        """Raises SessionRefusedError."""
        ...

    async def end(self, connection_id: UUID, epoch: int, grace: float) -> None:
        """Asks the process to stop and kills it after `grace` seconds; does not wait for either."""
        ...

    async def forget(self, connection_id: UUID, epoch: int) -> None:
        """Clears an ended process away: `of` does not name it any more."""
        ...

    async def discard(self, connection_id: UUID) -> None:
        """Removes what a deleted connection left behind, its journal above all."""
        ...


class Leases(Protocol):
    """The database's side: who may write for a connection. Implemented over `operator_api`."""

    async def observe(self, connection_id: UUID) -> ObservedSession | None: ...

    async def list(self) -> Sequence[ObservedSession]:
        """All of them, in one call."""
        ...

    async def fingerprints(self, silence: timedelta) -> Mapping[UUID, int]:
        """A number for each of them, in one call; it changes with what `observe` says. Of the age of a heartbeat only
        whether it is longer than `silence` counts.
        """
        ...

    async def declare(self, resource: WhatsAppConnection, company_id: int, connection_id: UUID) -> None:
        """Row, lease, role and schema. Raises DeclarationRefusedError."""
        ...

    async def take_over(self, connection_id: UUID, expected_epoch: int, password: str) -> int | None:
        """The new epoch, or None when somebody else was faster."""
        ...

    async def fence(self, connection_id: UUID) -> None: ...

    async def record_exit(self, connection_id: UUID, epoch: int, exit_code: int) -> None: ...

    async def report_state(self, connection_id: UUID, epoch: int, state: str, reason: str) -> None: ...

    async def request_logout(self, connection_id: UUID) -> None:
        """Wishes that the session unlinks its device at WhatsApp and ends."""
        ...

    async def retain(self, connection_id: UUID) -> None:
        """Nobody may write any more; the linked device waits for a resource of the same name."""
        ...

    async def remove(self, connection_id: UUID, *, purge: bool) -> None:
        """Role, schema, lease; with `purge` the conversations too. A device that is still linked after
        `request_logout` is recorded as one that a person must unlink.
        """
        ...

    async def overdue(self, retention: timedelta) -> Sequence[OverdueConnection]:
        """The retained ones whose resource went at least that long ago, those that wait longest first."""
        ...

    async def collect(self, connection_id: UUID, retention: timedelta) -> bool:
        """Role, schema, lease, of one that is still overdue. Whether they went: not when it was taken up meanwhile, or
        somebody works on it. A device that is still linked is recorded as one that a person must unlink.
        """
        ...


class Companies(Protocol):
    """The database's side of companies. Implemented over `operator_api`."""

    async def observe_company(self, uid: UUID) -> ObservedCompany | None:
        """The row that belongs to the resource with this uid."""
        ...

    async def provision(self, resource: Company) -> int:
        """`companies.id` of the row, made or adopted and brought up to date. Raises DeclarationRefusedError."""
        ...

    async def make_first_admin(self, company_id: int, email: str, password_hash: str) -> FirstAdminAnswer:
        """Nobody is made in a company that ever had people, and nobody who is there is changed."""
        ...

    async def purge_company(self, company_id: int) -> None: ...


class Secrets(Protocol):
    """Where passwords come from."""

    @property
    def readable(self) -> bool:
        """Whether anybody allowed it."""
        ...

    async def value(self, namespace: str, reference: SecretReference) -> bytes | None:
        """None when there is no such Secret, or no such key in it. Raises ForbiddenError."""
        ...


class Bell(Protocol):
    """Says "look now". A lost ring costs the seconds until the other side looks by itself."""

    async def ring(self, company_id: int, connection_id: UUID) -> None:
        """Tells the workers that `inbox_event` has news."""
        ...

    async def ring_session(self, connection_id: UUID) -> None:
        """Tells the session that something is wished of it."""
        ...
