"""Sentry, when there is a DSN: stacks only. No bodies, no cookies, no local variables, no user data."""

import sentry_sdk

from recado_core.settings import ObservabilitySettings


def configure(settings: ObservabilitySettings, process: str) -> None:
    if not settings.sentry_dsn:
        return
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        server_name=process,
    )
