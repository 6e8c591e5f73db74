"""One place decides how PostgreSQL is trusted, for every driver that we use."""

import ssl

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings


def database_ssl(settings: DatabaseSettings) -> ssl.SSLContext | bool:
    """What asyncpg takes as `ssl`: False without DB_SSL, a verifying context by default with it."""
    if not settings.ssl:
        return False
    context = _trusting(settings.ssl_ca)
    if not settings.ssl_reject_unauthorized:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(authority: str) -> ssl.SSLContext:
    """Only `authority` when there is one: whoever names it does not want to be fooled by any other."""
    try:
        return ssl.create_default_context(cadata=authority or None)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigurationError(
            "DB_SSL_CA holds no certificate. Give the text of the PEM file, with its BEGIN and END lines"
        ) from error
