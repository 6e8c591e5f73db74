"""Which streams a user may follow: the company's, and those of the queues that the user sees."""

from collections.abc import Iterable

from recado_domain.queues.views import QueueView
from recado_domain.streams.events import COMPANY_STREAM
from recado_domain.streams.rules import queue_stream


def visible_streams(queues: Iterable[QueueView]) -> frozenset[str]:
    return frozenset({COMPANY_STREAM, *(queue_stream(queue.id) for queue in queues)})
