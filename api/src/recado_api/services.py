"""What routes need beside their unit of work: one bundle per process, made by the app factory."""

from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from redis.asyncio import Redis

from recado_api.auth.passwords import PasswordCheck
from recado_api.auth.tokens import AccessTokens
from recado_api.http.client_address import Network
from recado_api.http.limits import RateLimits
from recado_api.publisher import Publisher
from recado_api.settings import ApiSettings
from recado_core.clock import Clock
from recado_core.resources.port import Resources
from recado_domain.unit_of_work import Database


class Services(msgspec.Struct, frozen=True, kw_only=True):
    settings: ApiSettings
    clock: Clock
    redis: Redis
    database: Database
    publisher: Publisher
    tokens: AccessTokens
    passwords: PasswordCheck
    limits: RateLimits
    resources: Resources
    trusted_proxies: tuple[Network, ...]


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    services: Services = connection.app.state.services
    return services
