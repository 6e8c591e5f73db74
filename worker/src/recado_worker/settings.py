"""What a worker can be told from outside: read once, at the start."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load


class QueueClass(StrEnum):
    INBOX = "inbox"
    """What customers wrote and what answers wait: seconds count."""
    BACKGROUND = "background"
    """The ledger of jobs (campaigns, imports, webhooks) and retention: minutes do not."""


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    concurrency: Annotated[
        int, Meta(ge=1, le=64), Setting("RECADO_WORKER_CONCURRENCY", "How many jobs one worker runs at the same time.")
    ] = 4
    classes: Annotated[
        str,
        Setting(
            "RECADO_WORKER_QUEUES", "Classes of work it takes, comma separated: inbox, background; empty means all."
        ),
    ] = ""

    def taken(self) -> list[QueueClass]:
        """Raises ConfigurationError for a class that there is not."""
        named = {part.strip() for part in self.classes.split(",") if part.strip()}
        if unknown := named - set(QueueClass):
            raise ConfigurationError(
                f"RECADO_WORKER_QUEUES names {', '.join(sorted(unknown))}. Choose from {', '.join(QueueClass)}"
            )
        return [one for one in QueueClass if one in named or not named]


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    database: DatabaseSettings
    redis: RedisSettings = RedisSettings()
    queue: QueueSettings = QueueSettings()
    observability: ObservabilitySettings = ObservabilitySettings()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises ConfigurationError that names the variable to set."""
        settings = cls(
            database=load(DatabaseSettings, environ),
            redis=load(RedisSettings, environ),
            queue=load(QueueSettings, environ),
            observability=load(ObservabilitySettings, environ),
        )
        settings.queue.taken()
        return settings
