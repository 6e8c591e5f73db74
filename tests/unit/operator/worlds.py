"""Worlds for the planner's tests: one connection in whatever shape a test asks for."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from recado_core.resources.company import Company, CompanySpec, CompanyStatus
from recado_core.resources.connection import CompanyReference, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import CompanyMetadata, ConnectionMetadata
from recado_operator.world import Memory, Moment, ObservedSession, SessionProcess, World

CONNECTION = UUID("01890000-0000-7000-8000-000000000001")
COMPANY = Company(
    metadata=CompanyMetadata(name="acme", uid=UUID(int=9)),
    spec=CompanySpec(display_name="Acme"),
    status=CompanyStatus(company_id=1),
)
SPEC = WhatsAppConnectionSpec(
    company_ref=CompanyReference(name="acme"), display_name="Support", deletion_policy="Logout"
)
RESOURCE = WhatsAppConnection(metadata=ConnectionMetadata(name="support", uid=CONNECTION), spec=SPEC)
NOW = Moment(1000.0, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
KNOWN = Memory(resource=RESOURCE)


def at(seconds: float) -> Moment:
    return replace(NOW, monotonic=seconds)


def seen(epoch: int = 1, state: str = "online", **values: object) -> ObservedSession:
    return replace(
        ObservedSession(company_id=1, connection_id=CONNECTION, name="support", epoch=epoch, state=state), **values
    )


def process(epoch: int = 1, *, running: bool = True, **values: object) -> SessionProcess:
    return replace(SessionProcess(connection_id=CONNECTION, epoch=epoch, running=running), **values)


def world(*processes: SessionProcess, observed: ObservedSession | None = None, **values: object) -> World:
    return replace(
        World(
            resource=RESOURCE,
            company=COMPANY,
            observed=observed,
            processes=processes,
            memory=KNOWN,
            watched_seconds=60.0,
        ),
        **values,
    )


def with_spec(**values: object) -> WhatsAppConnection:
    return replace(RESOURCE, spec=replace(SPEC, **values))
