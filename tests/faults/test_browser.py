"""A browser on a bad line shows what the server says in the end, without ever being loaded again."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from playwright.sync_api import Browser, Request, Route
from tests.faults.bad_line import FAULTS, BadLine
from tests.faults.inbound import customer_texts
from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import open_chats
from tests.faults.screen import differences, wait
from tests.support.browser import Agent, launched, person
from tests.support.stack import RecadoStack
from tests.support.verdict import report

SHORT = Load(messages=150, chats=10, rate=18, faults=1)
FULL = Load(messages=1000, chats=20, rate=20, faults=1)
CUT_SHARE = 0.6
"""Of the load's time: 5 s of the short one, 30 s of the full one."""
ANSWERS = 5
TALL = {"width": 1280, "height": 1500}
"""High enough for all of the load's conversations in the list."""
COMPLETE_SECONDS = 30.0


class BrowserVerdict(msgspec.Struct, frozen=True):
    differences: list[str]
    reloads: int
    disturbed: dict[str, int]


@pytest.fixture
def browser() -> Iterator[Browser]:
    """For one test only: Playwright's event loop must not be under way when another module needs its own."""
    with launched() as running:
        yield running


@short_and_full(SHORT, FULL)
def test_a_bad_line_costs_nothing(linked_stack: RecadoStack, browser: Browser, load: Load) -> None:
    verdict = follow_on_a_bad_line(linked_stack, browser, f"line{load.messages}", load)
    report("browser", verdict, messages=load.messages, cut_seconds=cut_seconds(load))
    assert verdict.differences == []
    assert verdict.reloads == 0
    assert min(verdict.disturbed.get(fault, 0) for fault in FAULTS) > 0


@pytest.mark.twin
def test_a_browser_that_does_not_read_the_log_stays_behind(linked_stack: RecadoStack, browser: Browser) -> None:
    verdict = follow_on_a_bad_line(linked_stack, browser, "nolog", SHORT, reading_the_log=False)
    report("browser_twin", verdict)
    assert verdict.differences


def follow_on_a_bad_line(
    stack: RecadoStack, browser: Browser, prefix: str, load: Load, *, reading_the_log: bool = True
) -> BrowserVerdict:
    opened = open_chats(stack, prefix, load.chats)[0]
    with person(browser, viewport=TALL) as context:
        page = context.new_page()
        line = BadLine(page)
        if not reading_the_log:
            page.route("**/api/events*", answer_nothing)
        agent = Agent(page, stack).signed_in()
        agent.open(f"/inbox/{opened}")
        agent.bubble(f"hello-{prefix}").wait_for()
        loads: list[Request] = []
        page.on("request", lambda request: loads.append(request) if request.is_navigation_request() else None)
        put_under_load(stack, line, prefix, load, opened)
        wait(page, lambda: not differences(agent, stack, prefix, opened), COMPLETE_SECONDS if reading_the_log else 10)
        return BrowserVerdict(differences(agent, stack, prefix, opened), len(loads), dict(line.disturbed))


def put_under_load(stack: RecadoStack, line: BadLine, prefix: str, load: Load, opened: str) -> None:
    """Customers write and the team answers while the line is bad, then cut, then bad again."""
    stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
    rest = (load.messages / load.rate - cut_seconds(load)) * 1000
    line.page.wait_for_timeout(rest / 2)
    with line.cut():
        for number in range(ANSWERS):
            stack.api.send(opened, f"{prefix}-answer {number}")
        line.page.wait_for_timeout(cut_seconds(load) * 1000)
    line.page.wait_for_timeout(rest / 2)

    def stored() -> bool:
        return sum(len(chat) for chat in customer_texts(stack, prefix)) == load.messages

    assert wait(line.page, stored, 60), "The server itself did not get all messages: see the other modules"


def cut_seconds(load: Load) -> float:
    return load.messages / load.rate * CUT_SHARE


def answer_nothing(route: Route) -> None:
    """Whatever happened since the asked cursor: nothing did."""
    asked = parse_qs(urlsplit(route.request.url).query)["cursor"][0]
    cursor = {stream: int(seq) for stream, seq in (pair.split("=") for pair in asked.split(","))}
    route.fulfill(json={"frames": [], "cursor": cursor, "reset": False})
