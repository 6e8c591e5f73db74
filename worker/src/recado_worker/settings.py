"""What a worker can be told from outside: read once, at the start."""

from collections.abc import Mapping
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    concurrency: Annotated[
        int, Meta(ge=1, le=64), Setting("RECADO_WORKER_CONCURRENCY", "How many jobs one worker runs at the same time.")
    ] = 4


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    database: DatabaseSettings
    redis: RedisSettings = RedisSettings()
    queue: QueueSettings = QueueSettings()
    observability: ObservabilitySettings = ObservabilitySettings()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises ConfigurationError that names the variable to set."""
        return cls(
            database=load(DatabaseSettings, environ),
            redis=load(RedisSettings, environ),
            queue=load(QueueSettings, environ),
            observability=load(ObservabilitySettings, environ),
        )
