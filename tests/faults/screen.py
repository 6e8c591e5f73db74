"""What a page shows, row by row, and where that differs from what the server says."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from playwright.sync_api import Locator, Page
from tests.support.browser import Agent
from tests.support.stack import RecadoStack

TICKETS = """list => [...list.querySelectorAll('[data-ticket]')]
    .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
    .map(row => ({id: row.dataset.ticket, state: '', lines: row.innerText.split('\\n')}))"""
MESSAGES = """log => [...log.querySelectorAll('[data-message]')]
    .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
    .map(row => ({id: row.dataset.message, state: row.dataset.state, lines: row.innerText.split('\\n')}))"""
UP = "log => { log.scrollTop -= log.clientHeight / 2; return log.scrollTop === 0 }"
UNREAD = re.compile(r"(\d+) não lidas?")


class Row(msgspec.Struct, frozen=True):
    id: str
    state: str
    lines: list[str]

    @property
    def unread(self) -> int:
        marks = [int(found[1]) for line in self.lines if (found := UNREAD.fullmatch(line))]
        return marks[0] if marks else 0


def differences(agent: Agent, stack: RecadoStack, prefix: str, opened: str) -> list[str]:
    """Between the page and the API, in the list and in the opened conversation; in words, for whoever must find why."""
    shown = _rows(agent.page.get_by_role("list", name="Conversas"), TICKETS)
    tickets = list(stack.api.tickets())[: len(shown)]
    found = _compare("ticket", shown, tickets, lambda row, ticket: _row_says(row, ticket, prefix))
    messages = list(stack.api.messages(opened))
    return found + _compare("message", whole_conversation(agent), messages, _bubble_says)


def whole_conversation(agent: Agent) -> list[Row]:
    """Scrolled through from the end to the beginning."""
    agent.messages.evaluate("log => { log.scrollTop = log.scrollHeight }")
    agent.page.wait_for_timeout(100)
    rows = _rows(agent.messages, MESSAGES)
    idle = 0
    while idle < 3:
        at_top = agent.messages.evaluate(UP)
        agent.page.wait_for_timeout(100)  # older pages are being fetched, rows are being measured
        known = {row.id for row in rows}
        above = [row for row in _rows(agent.messages, MESSAGES) if row.id not in known]
        rows = above + rows
        idle = idle + 1 if at_top and not above else 0
    return rows


def wait(page: Page, condition: Callable[[], Any], seconds: float) -> bool:
    """Polls while the page lives on: the line's faults are injected by this very thread."""
    for _ in range(int(seconds * 2)):
        if condition():
            return True
        page.wait_for_timeout(500)
    return False


def _rows(place: Locator, script: str) -> list[Row]:
    return msgspec.convert(place.evaluate(script), list[Row])


def _compare(
    what: str, shown: list[Row], told: list[dict[str, Any]], says: Callable[[Row, dict[str, Any]], str | None]
) -> list[str]:
    order = [row.id for row in shown]
    expected = [one["id"] for one in told]
    if order != expected:
        missing, surplus = set(expected) - set(order), set(order) - set(expected)
        return [f"{what}s: {len(missing)} missing, {len(surplus)} too many, or in another order"]
    return [difference for row, one in zip(shown, told, strict=True) if (difference := says(row, one))]


def _row_says(row: Row, ticket: dict[str, Any], prefix: str) -> str | None:
    preview = ticket["lastMessagePreview"] or ""
    if row.unread != ticket["unreadCount"]:
        return f"ticket {row.id}: {row.unread} unread instead of {ticket['unreadCount']}"
    if preview.startswith(prefix) and preview not in row.lines:
        return f"ticket {row.id}: {preview} is not among {row.lines}"
    return None


def _bubble_says(row: Row, message: dict[str, Any]) -> str | None:
    if row.state == message["state"] and (message["kind"] != "text" or message["text"] in row.lines):
        return None
    return f"message {row.id}: {row.state} {row.lines} instead of {message['state']} {message['text']}"
