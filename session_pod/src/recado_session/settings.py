"""Settings of the session process, read once from the environment at the start."""

from typing import Annotated

import msgspec
from msgspec import Meta

from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load


class SessionSettings(msgspec.Struct, frozen=True, kw_only=True):
    epoch: Annotated[int, Setting("RECADO_EPOCH", "Number of this session, given by the operator."), Meta(ge=1)]
    journal_directory: Annotated[
        str, Setting("RECADO_JOURNAL_DIR", "Directory of this connection's journal; must survive the process.")
    ]
    proxy: Annotated[
        str, Setting("RECADO_WHATSAPP_PROXY", "Proxy towards WhatsApp (http:// or socks5://); empty means direct.")
    ] = ""
    simulator_root_key: Annotated[
        str,
        Setting("RECADO_SIMULATOR_ROOT_KEY", "Root key (hex) of a simulated WhatsApp. Never set it in production."),
        Meta(pattern=r"^([0-9a-f]{64})?$"),
    ] = ""
    simulator_url: Annotated[
        str,
        Setting("RECADO_SIMULATOR_URL", "Where a simulated WhatsApp tells its root key and authority. As above."),
        Meta(pattern=r"^(https?://.+)?$"),
    ] = ""
    uncertain_seconds: Annotated[
        float,
        Setting("RECADO_UNCERTAIN_SECONDS", "Seconds online without receipt until an unsure message is `unknown`."),
        Meta(ge=0),
    ] = 60.0
    limiter_max: Annotated[
        int,
        Setting("REDIS_OPT_LIMITER_MAX", "Messages a connection may send per duration; 0 means no limit."),
        Meta(ge=0),
    ] = 0
    limiter_duration: Annotated[
        int, Setting("REDIS_OPT_LIMITER_DURATION", "That duration in milliseconds."), Meta(ge=1)
    ] = 1000
    health_port: Annotated[int, Setting("RECADO_HEALTH_PORT", "Port of /livez and /readyz; 0 switches them off.")] = 0
    health_host: Annotated[str, Setting("RECADO_HEALTH_HOST", "Address of /livez and /readyz.")] = "127.0.0.1"
    qr_round: Annotated[
        int,
        Setting("RECADO_QR_ROUND", "Set by the session itself when it shows a further round of QR codes."),
        Meta(ge=1),
    ] = 1


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    session: SessionSettings
    database: DatabaseSettings
    redis: RedisSettings
    observability: ObservabilitySettings


def load_settings() -> Settings:
    """Raises ConfigurationError, naming the variable."""
    return Settings(
        session=load(SessionSettings),
        database=load(DatabaseSettings),
        redis=load(RedisSettings),
        observability=load(ObservabilitySettings),
    )
