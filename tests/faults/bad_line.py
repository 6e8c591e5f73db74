"""A line between browser and server that loses, doubles and swaps frames, and that can be cut."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocketRoute

FAULTS = ("dropped", "doubled", "swapped")
COPIES = {None: 1, "dropped": 0, "doubled": 2, "swapped": 0}
EVERY = 5
"""One of so many frames is not delivered as it was sent."""


class BadLine:
    """Must be there before the page is loaded. Its faults come in turn, so that each run has all of them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cut = False
        self._sides: list[WebSocketRoute] = []
        self._late: list[str | bytes] = []
        self._frames = itertools.count(1)
        self._faults = itertools.cycle(FAULTS)
        self.disturbed: Counter[str] = Counter()
        page.route_web_socket(re.compile("/socket.io/"), self._connect)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing passes meanwhile, neither on the socket nor as a request."""
        self.page.context.set_offline(True)
        self._cut = True
        for side in self._sides:
            side.close()
        self._sides.clear()
        yield
        self._cut = False
        self.page.context.set_offline(False)

    def _connect(self, page_side: WebSocketRoute) -> None:
        if self._cut:
            page_side.close()
            return
        server_side = page_side.connect_to_server()
        self._sides += [page_side, server_side]
        self._late.clear()
        server_side.on_message(lambda message: self._deliver(page_side, message))

    def _deliver(self, page_side: WebSocketRoute, message: str | bytes) -> None:
        is_frame = isinstance(message, str) and '"frame"' in message
        fault = next(self._faults) if is_frame and next(self._frames) % EVERY == 0 else None
        if fault:
            self.disturbed[fault] += 1
        if fault == "swapped":  # it comes after the next one
            self._late.append(message)
        for _ in range(COPIES[fault]):
            page_side.send(message)
        while self._late and not fault:
            page_side.send(self._late.pop())
