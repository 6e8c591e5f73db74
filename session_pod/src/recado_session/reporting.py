"""Sends crashes to Sentry when SENTRY_DSN is set. Local variables stay here: they may hold what customers wrote."""

import importlib

from recado_core.settings import ObservabilitySettings


def configure(settings: ObservabilitySettings) -> None:
    """Loads Sentry only when it is wanted: 4 MB, a thousand times, is a machine."""
    if settings.sentry_dsn:
        sentry = importlib.import_module("sentry_sdk")
        sentry.init(dsn=settings.sentry_dsn, send_default_pii=False, include_local_variables=False)
