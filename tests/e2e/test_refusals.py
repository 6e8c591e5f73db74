"""What people see when something is not possible now, and that it is made good when it is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.support.browser import Agent
from tests.support.stack import RecadoStack

CUSTOMER, CUSTOMER_PHONE = "Ana Pereira", "5531966665555"
OFFLINE = "Sem conexão. O que você escrever fica guardado e será enviado quando ela voltar."
WHEN_ONLINE = "Número desconectado — será enviado ao reconectar"


def test_a_wrong_password_is_told(context: BrowserContext, linked_stack: RecadoStack) -> None:
    agent = Agent(context.new_page(), linked_stack)
    agent.sign_in(password="wrong")
    expect(agent.page.get_by_role("alert")).to_have_text("E-mail ou senha incorretos. Confira os dois e tente de novo.")
    expect(agent.page.get_by_role("heading", name="Entrar no Recado")).to_be_visible()


def test_a_cut_line_is_told_and_made_good(agent: Agent, linked_stack: RecadoStack) -> None:
    open_conversation(agent, linked_stack, "Vocês entregam hoje?")
    agent.page.context.set_offline(True)
    expect(agent.page.get_by_text(OFFLINE)).to_be_visible()
    written = agent.send("Entregamos, sim.")
    expect(written.get_by_role("img", name="Aguardando conexão")).to_be_visible()
    linked_stack.simulator.write(CUSTOMER_PHONE, "Até que horas?")
    assert not arrived(linked_stack, "Entregamos, sim.")
    agent.page.context.set_offline(False)
    expect(agent.page.get_by_text(OFFLINE)).to_be_hidden(timeout=10_000)
    expect(agent.bubble("Até que horas?")).to_be_visible()
    expect(written.get_by_role("img", name="Entregue")).to_be_visible()
    assert arrived(linked_stack, "Entregamos, sim.") == 1


@pytest.fixture
def paused(agent: Agent, linked_stack: RecadoStack) -> Iterator[Agent]:
    """An agent who has paused the number; it is online again afterwards, also for a test that failed."""
    open_conversation(agent, linked_stack, "Tem na cor azul?")
    connection = linked_stack.connection()
    agent.go("Conexões")
    agent.connection(connection["displayName"]).get_by_role("button", name="Pausar").click()
    expect(agent.connection(connection["displayName"])).to_contain_text("Pausado")
    yield agent
    linked_stack.api.call("POST", f"/connections/{connection['id']}/resume")
    linked_stack.online()


def test_a_paused_number_sends_when_it_is_online_again(paused: Agent, linked_stack: RecadoStack) -> None:
    paused.go("Conversas")
    paused.ticket(CUSTOMER).click()
    expect(paused.page.get_by_text(WHEN_ONLINE)).to_be_visible()
    written = paused.send("Temos em azul e verde.")
    expect(written.get_by_role("img", name="Na fila")).to_be_visible()
    assert not arrived(linked_stack, "Temos em azul e verde.")
    paused.go("Conexões")
    paused.page.get_by_role("button", name="Retomar").click()
    paused.go("Conversas")
    paused.ticket(CUSTOMER).click()
    expect(written.get_by_role("img", name="Entregue")).to_be_visible(timeout=20_000)
    expect(paused.page.get_by_text(WHEN_ONLINE)).to_be_hidden()
    assert arrived(linked_stack, "Temos em azul e verde.") == 1


def test_signing_out_ends_the_session(agent: Agent) -> None:
    page = agent.page
    page.get_by_role("button", name="Conta:").click()
    page.get_by_role("menuitem", name="Sair").click()
    expect(page.get_by_role("heading", name="Entrar no Recado")).to_be_visible()
    agent.open("/connections")
    expect(page.get_by_role("heading", name="Entrar no Recado")).to_be_visible()
    assert not [cookie for cookie in page.context.cookies() if cookie.get("name") == "recado_refresh"]


def open_conversation(agent: Agent, stack: RecadoStack, text: str) -> None:
    stack.simulator.write(CUSTOMER_PHONE, text)
    expect(agent.ticket(CUSTOMER)).to_contain_text(text)
    agent.ticket(CUSTOMER).click()
    expect(agent.bubble(text)).to_be_visible()


def arrived(stack: RecadoStack, text: str) -> int:
    """How often the customers' phones received a text."""
    return sum(1 for entry in stack.simulator.ledger("arrived") if entry["text"] == text)
