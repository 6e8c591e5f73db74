"""Every screen, light and dark, on a desk and in a hand: no violation that axe knows, nothing wider than the screen.

The browser's console stays silent meanwhile: no errors, nothing that the content security policy had to stop.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.support.browser import DESKTOP, PHONE, Agent, person
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CUSTOMER, CUSTOMER_PHONE = "João Souza", "5511977776666"
STILL = "() => document.getAnimations().every((one) => one.playState !== 'running')"
WIDTHS = "() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"


@pytest.fixture(scope="module")
def stack_with_content(linked_stack: RecadoStack) -> Iterator[RecadoStack]:
    """A conversation with both sides in it, and numbers that wait for a code to be scanned and typed."""
    linked_stack.simulator.write(
        CUSTOMER_PHONE, "Bom dia! Qual o prazo para *Belo Horizonte*? https://example.com/frete"
    )
    linked_stack.simulator.write_content(CUSTOMER_PHONE, content={"kind": "image"})
    ticket = wait_until("João's ticket is there", lambda: ticket_of(linked_stack, CUSTOMER))
    linked_stack.api.send(ticket["id"], "Bom dia, João! São três dias úteis.")
    waiting = linked_stack.api.create_connection("Filial")
    typed = linked_stack.api.create_connection("Quiosque", codeFor="+5511933334444")
    wait_until("a QR code is shown", lambda: linked_stack.api.pairing(waiting["id"])["qr"])
    wait_until("a code to type is shown", lambda: linked_stack.api.pairing(typed["id"])["code"])
    yield linked_stack
    for connection in (waiting, typed):
        linked_stack.api.call("DELETE", f"/connections/{connection['id']}")


@pytest.mark.parametrize("viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_every_screen(
    browser: Browser, stack_with_content: RecadoStack, viewport: dict[str, int], scheme: str
) -> None:
    touch = viewport == PHONE
    with person(browser, viewport=viewport, color_scheme=scheme, has_touch=touch, is_mobile=touch) as context:
        page = context.new_page()
        said = listen(page)
        found = {name: problems(page) for name in visit(Agent(page, stack_with_content))}
    assert found == {
        "sign-in": [],
        "inbox": [],
        "conversation": [],
        "connections": [],
        "code": [],
        "letters": [],
        "new": [],
    }
    assert said == []


def visit(agent: Agent) -> Iterator[str]:
    """Walks from screen to screen and names each while it is shown."""
    page = agent.page
    agent.open()
    expect(page.get_by_role("heading", name="Entrar no Recado")).to_be_visible()
    yield "sign-in"
    agent.signed_in()
    expect(agent.ticket(CUSTOMER)).to_be_visible()
    yield "inbox"
    agent.ticket(CUSTOMER).click()
    expect(agent.bubble("São três dias úteis.")).to_be_visible()
    yield "conversation"
    agent.open("/connections")
    waiting = agent.connection("Filial")
    expect(waiting).to_contain_text("Aguardando o código")
    yield "connections"
    waiting.get_by_role("button", name="Mostrar código").click()
    expect(page.get_by_role("img", name="Código QR")).to_be_visible()
    yield "code"
    page.keyboard.press("Escape")
    agent.connection("Quiosque").get_by_role("button", name="Mostrar código").click()
    expect(page.get_by_role("status", name="Código para digitar no celular")).to_be_visible()
    yield "letters"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Nova conexão").click()
    page.get_by_role("radio", name="Digitar um código no celular").check()
    page.get_by_role("textbox", name="Número do celular").fill("+55 11 93333-4444")
    yield "new"


def problems(page: Page) -> list[str]:
    """What axe objects to, and whether something must be scrolled sideways."""
    page.wait_for_function(STILL)  # a colour on its way to another one is nobody's choice
    page.evaluate(AXE.read_text())
    violations: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    found = [f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}" for one in violations]
    wanted, given = page.evaluate(WIDTHS)
    return found + ([f"wider than the screen by {wanted - given} px"] if wanted > given else [])


def listen(page: Page) -> list[str]:
    """Everything that the page complains about from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def ticket_of(stack: RecadoStack, customer: str) -> dict[str, Any] | None:
    return next((one for one in stack.api.tickets() if one["contact"]["name"] == customer), None)
