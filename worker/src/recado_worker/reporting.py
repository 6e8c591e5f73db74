"""Logs and Sentry. Sentry gets stacks only: no local variables, for they hold what customers wrote."""

import logging

import sentry_sdk

from recado_core import log
from recado_core.settings import ObservabilitySettings
from recado_worker.queue import Seldom


def configure(settings: ObservabilitySettings) -> None:
    log.configure(settings, "worker")
    logging.getLogger("saq").addFilter(Seldom())
    if settings.sentry_dsn:
        sentry_sdk.init(
            dsn=settings.sentry_dsn, send_default_pii=False, include_local_variables=False, server_name="worker"
        )
