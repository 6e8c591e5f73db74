"""`WhatsAppConnection`: one number. `crds/whatsappconnections.yaml` says the same; a test keeps both equal."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, field

from recado_core.resources.company import Count
from recado_core.resources.conditions import Conditions
from recado_core.resources.metadata import API_VERSION, CompanyName, ConnectionMetadata
from recado_core.resources.session_options import (
    Annotations,
    Eviction,
    Labels,
    Scheduling,
    SecretReference,
    SessionResources,
    UpdatePolicy,
)

INTERNATIONAL = r"^\+[1-9][0-9]{6,14}$"
PhoneNumber = Annotated[str, Meta(max_length=16, pattern=INTERNATIONAL)]
Nonce = Annotated[str, Meta(max_length=64)]
"""Any new value asks once; the status tells which value was answered last."""
PairingState = Literal["Idle", "AwaitingScan", "AwaitingCode", "Expired", "Completed"]
DeletionPolicy = Literal["Retain", "Logout", "Purge"]


class CompanyReference(msgspec.Struct, frozen=True, kw_only=True):
    name: CompanyName


class Pairing(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    method: Literal["QR", "PairingCode"] = "QR"
    timeout_seconds: Annotated[int, Meta(ge=60, le=3600)] = 300
    request: Nonce = ""


class Reconnect(msgspec.Struct, frozen=True, kw_only=True):
    request: Nonce = ""


class Failover(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    policy: Literal["LeaseFenced", "WaitForKubelet"] = "LeaseFenced"
    unreachable_seconds: Annotated[int, Meta(ge=10, le=3600)] = 30


class Proxy(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    secret_ref: SecretReference


class PodMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    labels: Labels | None = None
    annotations: Annotations | None = None


class WhatsAppConnectionSpec(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    company_ref: CompanyReference
    display_name: Annotated[str, Meta(min_length=1, max_length=120)] | None = None
    phone_number: PhoneNumber | None = None
    pairing: Pairing = Pairing()
    reconnect: Reconnect = Reconnect()
    suspend: bool = False
    resources: SessionResources | None = None
    update_policy: UpdatePolicy | None = None
    failover: Failover = Failover()
    eviction: Eviction | None = None
    proxy: Proxy | None = None
    scheduling: Scheduling | None = None
    pod_metadata: PodMetadata | None = None
    deletion_policy: DeletionPolicy = "Retain"

    @property
    def code_for(self) -> str | None:
        """The number whose phone is linked by a typed code; None where a QR code is scanned."""
        return self.phone_number if self.pairing.method == "PairingCode" else None


class PairingStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    observed_request: Nonce = ""
    state: PairingState = "Idle"
    attempt: Count = 0
    expires_at: datetime | None = None
    url: Annotated[str, Meta(max_length=2048)] | None = None
    """The page that shows the code to people who may see it. The code itself never stands in a status."""


class ReconnectStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    observed_request: Nonce = ""


class SessionStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    epoch: Count = 0
    pod_name: Annotated[str, Meta(max_length=63)] | None = None
    pod_uid: Annotated[str, Meta(max_length=64)] | None = field(default=None, name="podUID")
    node_name: Annotated[str, Meta(max_length=253)] | None = None
    version: Annotated[str, Meta(max_length=64)] | None = None
    template_hash: Annotated[str, Meta(max_length=64)] | None = None
    started_at: datetime | None = None
    last_connected_at: datetime | None = None
    restarts: Count = 0


class RestrictionStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    kind: Annotated[str, Meta(max_length=64)] = ""
    code: Annotated[str, Meta(max_length=64)] | None = None
    """WhatsApp's own word for it, such as `blocked_by_users`."""
    since: datetime | None = None
    until: datetime | None = None


class RetryStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    count: Count = 0
    next_attempt_at: datetime | None = None
    last_reason: Annotated[str, Meta(max_length=64)] = ""


class WhatsAppConnectionStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Holds only what changes rarely: nothing in it moves with the traffic of messages."""

    observed_generation: Count | None = None
    connection_id: UUID | None = field(default=None, name="connectionID")
    phone: Annotated[str, Meta(max_length=32)] | None = None
    """Masked: country and the last four digits."""
    pairing: PairingStatus | None = None
    reconnect: ReconnectStatus | None = None
    session: SessionStatus | None = None
    restriction: RestrictionStatus | None = None
    retry: RetryStatus | None = None
    conditions: Conditions = []


class WhatsAppConnection(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    metadata: ConnectionMetadata
    spec: WhatsAppConnectionSpec
    api_version: Literal["recado.dev/v1alpha1"] = API_VERSION
    kind: Literal["WhatsAppConnection"] = "WhatsAppConnection"
    status: WhatsAppConnectionStatus = WhatsAppConnectionStatus()

    @property
    def display_name(self) -> str:
        return self.spec.display_name or self.metadata.name
