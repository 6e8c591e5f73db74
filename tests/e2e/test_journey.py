"""The promise, as people live it: from an empty company to an answered customer, and through the loss of a session."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect
from tests.support.browser import Agent, Phones, person
from tests.support.stack import RecadoStack

OWNER, CUSTOMER, OTHER = "Loja Recado", "Maria Silva", "João Souza"
CUSTOMER_PHONE = "5511988887777"
GREETING, ANSWER, LATER = "Oi, tudo bem?", "Tudo ótimo, Maria! Como posso ajudar?", "Vocês abrem no sábado?"
BARS = {"qr_shown": 3.0, "connected": 5.0, "ticket_shown": 2.0, "answer_on_phone": 2.0}

Timed = dict[str, float]


@contextmanager
def taking(seconds: Timed, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - began, 2)


@pytest.fixture
def seconds() -> Iterator[Timed]:
    """How long each step took; printed as one JSON line however the story ends."""
    measured: Timed = {}
    yield measured
    print(json.dumps({"journey": measured, "bars": BARS}), flush=True)  # noqa: T201 - the figures are the result


def test_from_sign_in_to_an_answered_customer(stack: RecadoStack, browser: Browser, seconds: Timed) -> None:
    with person(browser) as team, person(browser) as street:
        tell_the_story(Agent(team.new_page(), stack), Phones(street.new_page(), stack), stack, seconds)
    assert {name: seconds[name] for name, bar in BARS.items() if seconds[name] > bar} == {}


def tell_the_story(agent: Agent, phones: Phones, stack: RecadoStack, seconds: Timed) -> None:
    ask_for_a_code(agent.signed_in(), seconds)
    link_a_number(agent, phones, seconds)
    agent.page.get_by_role("link", name="Abrir as conversas").click()
    receive(agent, phones, seconds)
    answer(agent, phones, stack, seconds)
    lose_the_session(agent, phones, stack, seconds)


def ask_for_a_code(agent: Agent, seconds: Timed) -> None:
    agent.go("Conexões")
    agent.page.get_by_role("button", name="Nova conexão").click()
    agent.page.get_by_role("textbox", name="Nome da conexão").fill("Loja")
    with taking(seconds, "qr_shown"):
        agent.page.get_by_role("button", name="Continuar").click()
        expect(agent.page.get_by_role("img", name="Código QR")).to_be_visible(timeout=15_000)
    agent.page.get_by_role("button", name="Copiar código").click()
    expect(agent.page.get_by_text("Código copiado.")).to_be_visible()


def link_a_number(agent: Agent, phones: Phones, seconds: Timed) -> None:
    phones.hold(OWNER)
    phones.paste_code()
    with taking(seconds, "connected"):
        phones.link()
        expect(agent.page.get_by_role("dialog").get_by_text("Conectado", exact=True)).to_be_visible(timeout=20_000)


def receive(agent: Agent, phones: Phones, seconds: Timed) -> None:
    phones.hold(CUSTOMER)
    with taking(seconds, "ticket_shown"):
        phones.write(GREETING)
        expect(agent.ticket(CUSTOMER)).to_contain_text(GREETING)
    expect(agent.ticket(CUSTOMER)).to_contain_text("1 não lida")


def answer(agent: Agent, phones: Phones, stack: RecadoStack, seconds: Timed) -> None:
    """One tick while the phone is out of reach, two when it has the answer, blue ones when somebody looks at it."""
    agent.ticket(CUSTOMER).click()
    expect(agent.bubble(GREETING)).to_be_visible()
    expect(agent.ticket(CUSTOMER)).not_to_contain_text("não lida")
    phones.hold(OTHER)
    stack.simulator.set_phone(CUSTOMER_PHONE, online=False)
    bubble = agent.send(ANSWER)
    expect(bubble.get_by_role("img", name="Enviada")).to_be_visible()
    with taking(seconds, "delivered"):
        stack.simulator.set_phone(CUSTOMER_PHONE, online=True)
        expect(bubble.get_by_role("img", name="Entregue")).to_be_visible()
    with taking(seconds, "read"):
        phones.hold(CUSTOMER)
        expect(phones.bubble(ANSWER)).to_be_visible()
        expect(bubble.get_by_role("img", name="Lida")).to_be_visible()
    with taking(seconds, "answer_on_phone"):
        agent.send("Estou aqui.")
        expect(phones.bubble("Estou aqui.")).to_be_visible()


def lose_the_session(agent: Agent, phones: Phones, stack: RecadoStack, seconds: Timed) -> None:
    """What customers write while the process is dead arrives when it is back, and nobody scans anything."""
    with taking(seconds, "session_back"):
        dead = stack.kill(stack.session)
        phones.write(LATER)
        stack.wait_for_new(stack.session, dead)
        expect(agent.bubble(LATER)).to_be_visible(timeout=30_000)
    connection = stack.online()
    assert stack.api.pairing(connection["id"])["qr"] is None
    assert len(stack.simulator.ledger("linked")) == 1
    phones.write("E no domingo?")
    expect(agent.bubble("E no domingo?")).to_be_visible()
