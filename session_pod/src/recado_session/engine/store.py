"""The engine's own tables in the connection's schema. The engine writes them; we read two and write none."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings
from recado_session.database import Database


class TooManyDevicesError(ConfigurationError):
    code = "session.too_many_devices"
    title = "The engine's store holds more than one device"


class Device(msgspec.Struct, frozen=True):
    jid: str
    lid: str | None
    platform: str


def connection_string(settings: DatabaseSettings, authority: Path | None = None) -> str:
    """For the engine's driver (lib/pq). It must start with `postgres`, or the engine makes an SQLite file of this name,
    password included; and it must say `sslmode`, whose default there is to insist on TLS. `authority`: where
    `write_authority` put DB_SSL_CA, since that driver reads files only.
    """
    mode = "disable"
    if settings.ssl:
        mode = "verify-full" if settings.ssl_reject_unauthorized else "require"
    asked = {"host": settings.host, "port": settings.port, "sslmode": mode, "search_path": settings.user}
    query = urlencode(asked | ({"sslrootcert": authority} if authority else {}))
    return f"postgres://{quote(settings.user, '')}:{quote(settings.password, '')}@/{quote(settings.name, '')}?{query}"


def write_authority(settings: DatabaseSettings, directory: Path) -> Path | None:
    """DB_SSL_CA as a file in `directory`; None without it. Raises OSError."""
    if not (settings.ssl and settings.ssl_ca):
        return None
    file = directory / "database-ca.pem"
    file.write_text(settings.ssl_ca)
    return file


class Store:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def device(self) -> Device | None:
        """None before the first link. Raises TooManyDevicesError: the wrong one would speak for somebody else."""
        devices = await self._devices()
        if len(devices) > 1:
            raise TooManyDevicesError(
                f"The store of this connection holds {len(devices)} devices, one is allowed. Remove the connection in "
                "Recado and link the phone again."
            )
        return devices[0] if devices else None

    async def find_attempt(self, attempt_key: bytes) -> str | None:
        if not await self._exists("whatsmeow_message_secrets"):
            return None
        rows = await self._database.fetch(
            "select message_id from whatsmeow_message_secrets where key = $1 limit 1", attempt_key
        )
        return str(rows[0]["message_id"]) if rows else None

    async def _devices(self) -> Sequence[Device]:
        if not await self._exists("whatsmeow_device"):
            return []
        rows = await self._database.fetch("select jid, lid, platform from whatsmeow_device limit 2")
        return [Device(row["jid"], row["lid"] or None, row["platform"]) for row in rows]

    async def _exists(self, table: str) -> bool:
        (row,) = await self._database.fetch("select to_regclass($1) is not null as found", table)
        return bool(row["found"])
