"""Makes the SQLAlchemy engine: one place decides about pools, time-outs, TLS and JSON for every process.

Pools are small on purpose: ten for each process must stay below 70 % of max_connections; a request that waits five
seconds for a connection is better answered with an error than queued.
"""

from typing import Any

import msgspec
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl
from recado_domain.liveness import refuse_dead_connections


def database_url(settings: DatabaseSettings) -> URL:
    """A host that begins with a slash is the directory of a Unix socket; asyncpg wants that in the query."""
    query = {"host": settings.host, "port": str(settings.port)} if settings.host.startswith("/") else {}
    return URL.create(
        "postgresql+asyncpg",
        username=settings.user,
        password=settings.password,
        host=None if query else settings.host,
        port=None if query else settings.port,
        database=settings.name,
        query=query,
    )


def create_engine(
    settings: DatabaseSettings, *, application: str = "recado", pool_size: int = 5, max_overflow: int = 5
) -> AsyncEngine:
    """For long-running processes; dispose of it when the process ends."""
    engine = create_async_engine(
        database_url(settings),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=5,
        pool_recycle=1800,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # they are people's messages, and errors end in logs
        connect_args=_connect_args(settings, application) | {"command_timeout": 10},
    )
    refuse_dead_connections(engine)
    return engine


def create_migration_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Without pool and without time-out per command: building an index may take minutes."""
    return create_async_engine(
        database_url(settings), poolclass=NullPool, connect_args=_connect_args(settings, "recado-migrate")
    )


def _connect_args(settings: DatabaseSettings, application: str) -> dict[str, Any]:
    return {
        "ssl": database_ssl(settings),
        "timeout": 5,
        "server_settings": {
            "application_name": application,
            "timezone": "UTC",
            # A generic plan made while a table was small is kept until the next ANALYZE, and scans what has grown.
            "plan_cache_mode": "force_custom_plan",
        },
    }
