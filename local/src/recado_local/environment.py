"""The environment of each part. What the caller has set is passed on, except for names that we decide here."""

from collections.abc import Mapping

import msgspec

from recado_local.generated import Secrets
from recado_local.layout import Layout

DATABASE = "recado"
_OURS = ("DB_", "JWT_", "REDIS_URI", "RECADO_EPOCH", "RECADO_JOURNAL_DIR", "RECADO_METRICS_PORT", "FRONTEND_URL")


class Simulator(msgspec.Struct, frozen=True, kw_only=True):
    """The line that the simulator prints when it is ready."""

    phones_url: str
    proxy: str
    ca_file: str
    root_key: str


class Environment:
    """`outside`: the environment of `recado up` itself."""

    def __init__(
        self, layout: Layout, secrets: Secrets, sockets: str, redis_uri: str, outside: Mapping[str, str]
    ) -> None:
        self._secrets = secrets
        inherited = {name: value for name, value in outside.items() if not name.startswith(_OURS)}
        self._common = {
            **inherited,
            "DB_HOST": sockets,
            "DB_PORT": "5432",
            "DB_NAME": DATABASE,
            "REDIS_URI": redis_uri,
            "RECADO_DATA_DIR": str(layout.data),
        }

    def worker(self) -> dict[str, str]:
        return self._as("recado_app", self._secrets.app_password)

    def api(self, url: str, port: int, frontend: str) -> dict[str, str]:
        return {
            **self.worker(),
            "JWT_SECRET": self._secrets.jwt_secret,
            "JWT_REFRESH_SECRET": self._secrets.jwt_refresh_secret,
            "FRONTEND_URL": url,
            "RECADO_API_PORT": str(port),
            "RECADO_FRONTEND_DIR": frontend,
        }

    def operator(self, simulator: Simulator | None) -> dict[str, str]:
        """What it does not need itself is for the sessions that it starts."""
        values = self._as("recado_operator", self._secrets.operator_password)
        if simulator is None:
            return values
        return {
            **values,
            "RECADO_WHATSAPP_PROXY": simulator.proxy,
            "RECADO_SIMULATOR_ROOT_KEY": simulator.root_key,
            "SSL_CERT_FILE": simulator.ca_file,
        }

    def _as(self, role: str, password: str) -> dict[str, str]:
        return {**self._common, "DB_USER": role, "DB_PASS": password}
