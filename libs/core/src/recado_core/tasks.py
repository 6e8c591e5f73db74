"""Background tasks that must not end. A guarded task that returns or fails takes its process down, loudly:
a pump that stopped without a word is how messages are lost (back-end research §4.1).
"""

import asyncio
from collections.abc import Coroutine

from recado_core.log import logger

log = logger(__name__)


async def run_guarded(tasks: dict[str, Coroutine[object, object, None]]) -> None:
    """Runs all until the first ends; the others are cancelled and its exception, or a RuntimeError, is raised."""
    running = {asyncio.create_task(task, name=name) for name, task in tasks.items()}
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    for task in done:
        log.error("guarded task ended", task=task.get_name())
        task.result()
        raise RuntimeError(f"The task {task.get_name()} ended, it never should")
