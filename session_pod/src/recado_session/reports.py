"""Stores what became of a message, whatever it takes: an outcome that is not stored would be a message in doubt."""

from recado_session.bells import Bells
from recado_session.database import patiently
from recado_session.metrics import Metrics
from recado_session.session_api import Report, SessionApi


class Reports:
    def __init__(self, api: SessionApi, bells: Bells, metrics: Metrics) -> None:
        self._api = api
        self._bells = bells
        self._metrics = metrics

    async def store(self, report: Report) -> None:
        """Repeats while PostgreSQL is away. Raises FencedError."""
        await patiently(lambda: self._api.report(report))
        self._metrics.sent.labels(report.outcome).inc()
        self._bells.ring_inbox()
