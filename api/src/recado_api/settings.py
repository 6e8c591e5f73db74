"""What the API and the realtime process can be told from outside: everything here is read once, at the start."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from recado_core.errors import ConfigurationError
from recado_core.secrets import require_secret
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load

Role = Literal["all", "http", "realtime"]


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    jwt_secret: Annotated[str, Setting("JWT_SECRET", "Signs access tokens; 32 or more random bytes.", secret=True)] = ""
    jwt_refresh_secret: Annotated[
        str, Setting("JWT_REFRESH_SECRET", "Keys the hashes of refresh tokens; 32 or more random bytes.", secret=True)
    ] = ""
    frontend_url: Annotated[
        str, Setting("FRONTEND_URL", "Where browsers find the inbox; its origin is the only one allowed to call.")
    ] = "http://127.0.0.1:8080"
    role: Annotated[
        Role, Setting("RECADO_API_ROLE", "What it serves: http (/api), realtime (/socket.io/) or all of it.")
    ] = "all"
    host: Annotated[str, Setting("RECADO_API_HOST", "Address the API listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535), Setting("RECADO_API_PORT", "Port the API listens on.")] = 8080
    trusted_proxies: Annotated[
        str, Setting("RECADO_TRUSTED_PROXIES", "CIDRs, comma separated, whose X-Forwarded-For is believed.")
    ] = ""
    requests_per_minute: Annotated[
        int, Meta(ge=1), Setting("RECADO_API_REQUESTS_PER_MINUTE", "How many requests one user may make in a minute.")
    ] = 3000
    sign_ins_per_minute: Annotated[
        int, Meta(ge=1), Setting("RECADO_SIGN_INS_PER_MINUTE", "How many sign-ins one address may try in a minute.")
    ] = 60

    watch_namespaces: Annotated[
        str, Setting("RECADO_WATCH_NAMESPACES", "Namespaces that the operator serves, comma separated; empty: its own.")
    ] = ""

    def __repr__(self) -> str:
        """Without secrets, wherever it may be printed."""
        return f"WebSettings(frontend_url={self.frontend_url!r}, host={self.host!r}, port={self.port})"

    @property
    def cookies_are_secure(self) -> bool:
        return self.frontend_url.startswith("https://")


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    database: DatabaseSettings
    redis: RedisSettings
    web: WebSettings
    observability: ObservabilitySettings = ObservabilitySettings()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises ConfigurationError that names the variable to set."""
        settings = cls(
            database=load(DatabaseSettings, environ),
            redis=load(RedisSettings, environ),
            web=load(WebSettings, environ),
            observability=load(ObservabilitySettings, environ),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuses secrets that are missing, short, published or the same. Raises ConfigurationError."""
        require_secret("JWT_SECRET", self.web.jwt_secret)
        require_secret("JWT_REFRESH_SECRET", self.web.jwt_refresh_secret)
        if self.web.jwt_secret == self.web.jwt_refresh_secret:
            raise ConfigurationError("JWT_REFRESH_SECRET is the same as JWT_SECRET. Give each its own random value")
