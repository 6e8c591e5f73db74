"""One place decides how PostgreSQL is trusted, for every driver that we use."""

import ssl

from recado_core.settings import DatabaseSettings


def database_ssl(settings: DatabaseSettings) -> ssl.SSLContext | bool:
    """What asyncpg takes as `ssl`: False without DB_SSL, a verifying context by default with it."""
    if not settings.ssl:
        return False
    context = ssl.create_default_context()
    if not settings.ssl_reject_unauthorized:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
