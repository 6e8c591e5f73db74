"""The promise to platform teams: one `kubectl apply`, one scan, and customers are answered."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from tests.cluster.platform.product import Product, company, connection
from tests.support.browser import Agent, launched, person

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]
SHOP, CUSTOMER, NAME = "5511900000001", "5511988887777", "Maria Silva"

Timed = dict[str, float]


@contextmanager
def taking(seconds: Timed, what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[what] = round(time.monotonic() - began, 1)


@pytest.fixture
def seconds() -> Iterator[Timed]:
    """How long each step took; printed as one JSON line however the story ends."""
    measured: Timed = {}
    yield measured
    print(json.dumps({"kubectl_journey": measured}), flush=True)  # noqa: T201 - the figures are the result


def test_from_kubectl_apply_to_an_answered_customer(product: Product, seconds: Timed) -> None:
    with taking(seconds, "applied"):
        said = product.apply(company(), connection("support", displayName="Support"))
    assert said.split("\n")[:2] == ["company.recado.dev/acme created", "whatsappconnection.recado.dev/support created"]
    with taking(seconds, "code_shown"):
        product.code("support")
    assert product.session("support")["podName"] == "wa-support-e1"
    product.link("support", SHOP)
    with taking(seconds, "ready"):
        product.wait_ready("support")
    with launched() as browser, person(browser) as somebody:
        converse(Agent(somebody.new_page(), product), product, seconds)


def converse(agent: Agent, product: Product, seconds: Timed) -> None:
    """What a customer writes is seen by whoever is in front of the inbox, and the answer by the customer."""
    agent.signed_in()
    with taking(seconds, "ticket_shown"):
        product.write(CUSTOMER, SHOP, "Oi, tudo bem?")
        expect(agent.ticket(NAME)).to_contain_text("Oi, tudo bem?", timeout=20_000)
    agent.ticket(NAME).click()
    expect(agent.bubble("Oi, tudo bem?")).to_be_visible()
    with taking(seconds, "delivered"):
        bubble = agent.send("Tudo ótimo, Maria!")
        expect(bubble.get_by_role("img", name="Entregue")).to_be_visible(timeout=20_000)
    (arrived,) = [one for one in product.simulator.ledger("arrived") if one.get("text") == "Tudo ótimo, Maria!"]
    assert arrived["phone"] == CUSTOMER
