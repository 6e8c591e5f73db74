"""`Company`: the tenant. `crds/companies.yaml` says the same; a test keeps both equal."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from recado_core.resources.conditions import Conditions
from recado_core.resources.metadata import API_VERSION, CompanyMetadata
from recado_core.resources.session_options import LabelName, SecretReference, SessionDefaults

Cidr = Annotated[str, Meta(min_length=3, max_length=43, pattern="^[0-9a-fA-F:.]+/[0-9]{1,3}$")]
Locale = Annotated[str, Meta(min_length=2, max_length=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Timezone = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
CompanyID = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]


class Quotas(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    connections: Annotated[int, Meta(ge=0, le=10_000)] = 5
    agents: Annotated[int, Meta(ge=0, le=100_000)] = 20
    storage_gi: Annotated[int, Meta(ge=0, le=1_000_000)] = 10


class Network(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    egress: Literal["Internet", "ProxyOnly", "Custom"] = "Internet"
    allowed_cidrs: Annotated[list[Cidr], Meta(max_length=64)] | None = field(default=None, name="allowedCIDRs")


class InitialAdmin(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    email: Email
    password_secret_ref: SecretReference


class CompanySpec(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    display_name: Annotated[str, Meta(min_length=1, max_length=120)]
    company_id: CompanyID | None = field(default=None, name="companyID")
    """`companies.id` of a row to adopt."""
    plan: LabelName = "standard"
    quotas: Quotas = Quotas()
    suspend: bool = False
    isolation: Literal["Shared", "Namespace"] = "Shared"
    session_defaults: SessionDefaults | None = None
    network: Network = Network()
    locale: Locale = "pt-BR"
    timezone: Timezone = "America/Sao_Paulo"
    initial_admin: InitialAdmin | None = None
    deletion_policy: Literal["Retain", "Purge"] = "Retain"


class CompanyUsage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    connections: Count = 0
    connections_ready: Count = 0
    agents: Count = 0
    summary: Annotated[str, Meta(max_length=32)] = ""
    """`ready/used/allowed`, as one column shows it."""


class CompanyStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    observed_generation: Count | None = None
    company_id: CompanyID | None = field(default=None, name="companyID")
    namespace_isolation: Literal["Shared", "Namespace"] | None = None
    usage: CompanyUsage | None = None
    conditions: Conditions = []


class Company(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    metadata: CompanyMetadata
    spec: CompanySpec
    api_version: Literal["recado.dev/v1alpha1"] = API_VERSION
    kind: Literal["Company"] = "Company"
    status: CompanyStatus = CompanyStatus()

    @property
    def company_id(self) -> int | None:
        """`companies.id`, once the operator has answered it. What is declared alone counts for little."""
        return self.status.company_id
