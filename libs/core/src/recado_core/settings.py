"""Settings come from environment variables, once, into one frozen msgspec struct per process.

Each field says its variable, meaning and default in its own `Setting`, so `docs/settings.md` is generated from the
code and cannot go stale. Values are converted by msgspec in its lax mode ("true", "1", "30" are understood).
"""

import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from recado_core.errors import ConfigurationError


class Setting(msgspec.Struct, frozen=True):
    """Documents one variable; sits in the field's `Annotated`. `secret` values are never printed."""

    variable: str
    meaning: str
    secret: bool = False


class SettingsStruct(msgspec.Struct, frozen=True):
    """Base of every settings struct: secrets do not show when it is printed, not even in a traceback."""

    def __repr__(self) -> str:
        shown = [f"{field.name}={_shown(note, getattr(self, field.name))}" for note, field in describe(type(self))]
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(note: Setting, value: object) -> str:
    return "***" if note.secret and value else repr(value)


T = TypeVar("T", bound=msgspec.Struct)


def describe(kind: type[msgspec.Struct]) -> list[tuple[Setting, msgspec.structs.FieldInfo]]:
    """The documented variables of a settings struct, in order."""
    hints = get_type_hints(kind, include_extras=True)
    described: list[tuple[Setting, msgspec.structs.FieldInfo]] = []
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        if get_origin(hint) is Annotated:
            described += [(note, field) for note in get_args(hint)[1:] if isinstance(note, Setting)]
    return described


def load(kind: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Reads `kind` from the environment; one ConfigurationError names the variable that does not fit."""
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting, field in describe(kind):
        if (raw := source.get(setting.variable)) not in (None, ""):
            values[field.name] = raw
        elif field.required:
            raise ConfigurationError(f"{setting.variable} is missing: {setting.meaning}")
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"A setting does not fit: {_name_variable(kind, str(error))}") from error


def _name_variable(kind: type[msgspec.Struct], text: str) -> str:
    for setting, field in describe(kind):
        text = text.replace(f"`$.{field.name}`", setting.variable)
    return text


class DatabaseSettings(SettingsStruct, frozen=True, kw_only=True):
    host: Annotated[str, Setting("DB_HOST", "Host of PostgreSQL, or the directory of its Unix socket.")]
    port: Annotated[int, Setting("DB_PORT", "Port of PostgreSQL.")] = 5432
    user: Annotated[str, Setting("DB_USER", "Role to log in with.")] = "recado_app"
    password: Annotated[str, Setting("DB_PASS", "Password of that role.", secret=True)] = ""
    name: Annotated[str, Setting("DB_NAME", "Name of the database.")] = "recado"
    ssl: Annotated[bool, Setting("DB_SSL", "Encrypt the connection to PostgreSQL.")] = False
    ssl_reject_unauthorized: Annotated[
        bool, Setting("DB_SSL_REJECT_UNAUTHORIZED", "Verify the certificate of PostgreSQL (with DB_SSL).")
    ] = True
    ssl_ca: Annotated[
        str, Setting("DB_SSL_CA", "PEM of the authority that signed its certificate; empty: what the system trusts.")
    ] = ""


class RedisSettings(SettingsStruct, frozen=True, kw_only=True):
    uri: Annotated[str, Setting("REDIS_URI", "Where Redis is: redis://, rediss:// or unix:///path.", secret=True)] = (
        "redis://127.0.0.1:6379/0"
    )


class ObservabilitySettings(SettingsStruct, frozen=True, kw_only=True):
    log_level: Annotated[str, Setting("RECADO_LOG_LEVEL", "debug, info, warning or error.")] = "info"
    metrics_port: Annotated[
        int, Setting("RECADO_METRICS_PORT", "Port for Prometheus on its own listener; 0 switches it off.")
    ] = 0
    metrics_host: Annotated[str, Setting("RECADO_METRICS_HOST", "Address of that listener.")] = "127.0.0.1"
    sentry_dsn: Annotated[str, Setting("SENTRY_DSN", "Sentry project; empty switches it off.", secret=True)] = ""
