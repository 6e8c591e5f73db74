"""What can be done about a connection or a company. Every action may be repeated, or carried out by two operators."""

from msgspec import Struct

from recado_core.resources.company import CompanyStatus
from recado_core.resources.connection import WhatsAppConnectionStatus
from recado_operator.world import CompanyMemory, Memory


class HoldResource(Struct, frozen=True, tag=True):
    """Put our finalizer on the resource: from now on it cannot go before its session has."""


class ReleaseResource(Struct, frozen=True, tag=True):
    """Take our finalizer off: the resource may go."""


class Declare(Struct, frozen=True, tag=True):
    """Tell the database about the connection of this company: row, lease, role, schema."""

    company_id: int


class Start(Struct, frozen=True, tag=True):
    """Take over from `expected_epoch` and start a session with the next one."""

    expected_epoch: int


class End(Struct, frozen=True, tag=True):
    """Stop a process: politely for `grace` seconds, then by force."""

    epoch: int
    grace: float


class Forget(Struct, frozen=True, tag=True):
    """Clear an ended process away."""

    epoch: int


class Correct(Struct, frozen=True, tag=True):
    """Bring the running pod in place to what it should be: metadata, size and, with `image`, the release too."""

    epoch: int
    image: bool = False


class Adopt(Struct, frozen=True, tag=True):
    """Make the resource the owner of a pod that nobody owns."""

    name: str


class RecordExit(Struct, frozen=True, tag=True):
    epoch: int
    exit_code: int


class ReportState(Struct, frozen=True, tag=True):
    """Say in the session's stead what it can no longer say itself."""

    epoch: int
    state: str
    reason: str


class Fence(Struct, frozen=True, tag=True):
    """Take the database away from whatever may still run."""


class RequestLogout(Struct, frozen=True, tag=True):
    """Wish that the session unlinks its device at WhatsApp, and tell it."""


class Retain(Struct, frozen=True, tag=True):
    """Fence, and keep the linked device for a resource of the same name."""


class Remove(Struct, frozen=True, tag=True):
    """Drop the connection's schema, role and journal; with `purge` its conversations too."""

    purge: bool = False


Action = (
    HoldResource
    | ReleaseResource
    | Declare
    | Start
    | End
    | Forget
    | Correct
    | Adopt
    | RecordExit
    | ReportState
    | Fence
    | RequestLogout
    | Retain
    | Remove
)


class Provision(Struct, frozen=True, tag=True):
    """Tell the database about the company: row, limits, whether it is suspended."""


class Isolate(Struct, frozen=True, tag=True):
    """Write the policies (and the quota) that keep the company apart."""


class PurgeCompany(Struct, frozen=True, tag=True):
    """Remove everything that the database has of the company."""

    company_id: int


class MakeFirstAdmin(Struct, frozen=True, tag=True):
    """Make the person that `spec.initialAdmin` declares, if the company has nobody."""

    company_id: int


CompanyAction = HoldResource | ReleaseResource | Provision | Isolate | PurgeCompany | MakeFirstAdmin


class Plan(Struct, frozen=True, kw_only=True):
    memory: Memory
    actions: tuple[Action, ...] = ()
    status: WhatsAppConnectionStatus | None = None
    """None when there is no resource left to write it to."""
    wake_after: float | None = None
    """Seconds until the world changes by time alone."""


class CompanyPlan(Struct, frozen=True, kw_only=True):
    memory: CompanyMemory
    status: CompanyStatus
    actions: tuple[CompanyAction, ...] = ()
    wake_after: float | None = None
