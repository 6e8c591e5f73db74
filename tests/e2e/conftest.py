"""One running product and one browser for all journeys; each test is a person with a browser of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.support.browser import Agent, launched, person
from tests.support.stack import RecadoStack


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journey comes first: it links the number that the others find linked."""
    items.sort(key=lambda item: "test_journey" not in item.nodeid)


@pytest.fixture(scope="session")
def stack() -> Iterator[RecadoStack]:
    with RecadoStack() as running:
        yield running


@pytest.fixture(scope="session")
def linked_stack(stack: RecadoStack) -> RecadoStack:
    """With a number, whether or not the journey ran."""
    if stack.api.call("GET", "/connections")["items"]:
        stack.online()
    else:
        stack.link("Loja")
    return stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with person(browser) as opened:
        yield opened


@pytest.fixture
def agent(context: BrowserContext, linked_stack: RecadoStack) -> Agent:
    """Signed in, at the list of conversations."""
    return Agent(context.new_page(), linked_stack).signed_in()
