"""A long conversation is where people expect it: at its end, however often it is opened."""

from playwright.sync_api import Request, expect
from tests.support.browser import Agent
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

MESSAGES, OPENINGS = 150, 10


def test_a_conversation_opens_at_its_end_and_is_fetched_once(agent: Agent, linked_stack: RecadoStack) -> None:
    newest = f"long 1 {MESSAGES}"
    linked_stack.simulator.burst(customers=2, messages=2, rate=100, prefix="other")
    wait_until("the first burst is over", lambda: linked_stack.simulator.ledger("burst_done"))
    linked_stack.simulator.burst(customers=1, messages=MESSAGES, rate=150, prefix="long")
    expect(agent.ticket("Cliente 1")).to_contain_text(newest, timeout=30_000)
    fetched: list[Request] = []
    agent.page.on("request", lambda request: fetched.append(request) if "/messages?" in request.url else None)
    for _ in range(OPENINGS):
        agent.ticket("Cliente 1").click()
        expect(agent.bubble(newest)).to_be_in_viewport()
        agent.ticket("Cliente 2").click()
        expect(agent.bubble("other 2 1")).to_be_in_viewport()
    assert len(fetched) == 2, [request.url for request in fetched]
