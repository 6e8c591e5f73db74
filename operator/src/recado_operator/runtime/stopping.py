"""SIGTERM and SIGINT set one event, whoever else takes the signals meanwhile."""

import asyncio
import signal


class Stopping:
    def __init__(self) -> None:
        self.wanted = asyncio.Event()

    def listen(self) -> None:
        """May be called again: kopf puts handlers of its own in our place when it starts."""
        loop = asyncio.get_running_loop()
        for received in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(received, self.wanted.set)
