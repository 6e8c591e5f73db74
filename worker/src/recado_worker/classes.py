"""Classes of work, each with a queue of its own, so that what takes long never holds up what people wait for.

A process takes from one class or from all: on one machine a single worker does everything, in a cluster each class may
have pods of its own size and number. Every class runs `concurrency` jobs at a time of its own.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from msgspec import Struct

from recado_core.settings import RedisSettings
from recado_domain.unit_of_work import Database
from recado_worker.dispatcher import Dispatcher
from recado_worker.jobs import Ledger
from recado_worker.listener import listen, look
from recado_worker.projection import Projector
from recado_worker.publisher import Publisher
from recado_worker.queue import PatientQueue
from recado_worker.runner import BackgroundJobs, InboxJobs, create_background_runner, create_inbox_runner
from recado_worker.settings import QueueClass
from recado_worker.sweepers import Sweeper, background_sweepers, inbox_sweepers


class Tools(Struct, frozen=True):
    """What all classes of one process share. `stack` takes apart in reverse what they make."""

    redis: RedisSettings
    concurrency: int
    database: Database
    publisher: Publisher
    ledger: Ledger
    stack: AsyncExitStack


class Taken(Struct, frozen=True):
    """What a process runs for one class, for ever."""

    parts: Mapping[str, Coroutine[Any, Any, None]]
    sweepers: Sequence[Sweeper]


def take_inbox(tools: Tools) -> Taken:
    queue = _queue(tools, QueueClass.INBOX)
    dispatcher = Dispatcher(Projector(tools.database).batch, InboxJobs(queue))
    tools.stack.push_async_callback(dispatcher.finish)
    runner = create_inbox_runner(queue, dispatcher, tools.concurrency)
    parts = {
        "listener": listen(tools.redis, dispatcher),
        "look": look(tools.database, dispatcher),
        "inbox jobs": runner.start(),
    }
    return Taken(parts, inbox_sweepers(tools.database, tools.publisher))


def take_background(tools: Tools) -> Taken:
    queue = _queue(tools, QueueClass.BACKGROUND)
    jobs = BackgroundJobs(queue)
    runner = create_background_runner(queue, tools.ledger, tools.concurrency)
    sweepers = background_sweepers(tools.database, lambda: tools.ledger.enqueue_due(jobs.enqueue))
    return Taken({"background jobs": runner.start()}, sweepers)


TAKE: Mapping[QueueClass, Callable[[Tools], Taken]] = {
    QueueClass.INBOX: take_inbox,
    QueueClass.BACKGROUND: take_background,
}


def _queue(tools: Tools, taken: QueueClass) -> PatientQueue:
    queue = PatientQueue(tools.redis, taken, tools.concurrency)
    tools.stack.push_async_callback(queue.disconnect)
    return queue
