"""Chromium as an agent and the owners of the simulated phones use it: found by role and name, as people find things.

Playwright's own browsers are never downloaded: the tests use the Chromium of the machine.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str:
    """RECADO_CHROMIUM when set, else the first Chromium on PATH."""
    chosen = os.environ.get("RECADO_CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    assert chosen, "There is no Chromium. Install it (Debian: apt-get install chromium), or set RECADO_CHROMIUM."
    return chosen


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def person(browser: Browser, **options: Any) -> BrowserContext:
    """A browser of one person in São Paulo, who may copy and paste."""
    settings = {"viewport": DESKTOP, "locale": "pt-BR", "timezone_id": "America/Sao_Paulo", **options}
    return browser.new_context(permissions=["clipboard-read", "clipboard-write"], **settings)


class Place(Protocol):
    """A Recado that runs somewhere. `ready` has `url`, `phones_url`, `email` and `password`."""

    @property
    def ready(self) -> Mapping[str, Any]: ...


class Agent:
    """Somebody of the team, in front of Recado."""

    def __init__(self, page: Page, stack: Place) -> None:
        self.page = page
        self._stack = stack

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self._stack.ready['url']}{path}")

    def sign_in(self, password: str | None = None) -> None:
        self.open()
        self.page.get_by_role("textbox", name="E-mail").fill(self._stack.ready["email"])
        self.page.get_by_label("Senha").fill(password or self._stack.ready["password"])
        self.page.get_by_role("button", name="Entrar").click()

    def signed_in(self) -> "Agent":
        self.sign_in()
        expect(self.page.get_by_role("heading", name="Conversas")).to_be_visible()
        return self

    def go(self, name: str) -> None:
        """To one of the two places in the main navigation."""
        self.page.get_by_role("navigation", name="Navegação principal").get_by_role("link", name=name).click()

    def connection(self, name: str) -> Locator:
        return self.page.get_by_role("article", name=name)

    def ticket(self, customer: str) -> Locator:
        conversations = self.page.get_by_role("list", name="Conversas")
        return conversations.get_by_role("link", name=re.compile(re.escape(customer)))

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Mensagens")

    def bubble(self, text: str) -> Locator:
        return self.messages.get_by_role("article").filter(has_text=text)

    def send(self, text: str) -> Locator:
        """Writes into the open conversation; returns the bubble."""
        self.page.get_by_role("textbox", name="Mensagem").fill(text)
        self.page.keyboard.press("Enter")
        return self.bubble(text)


class Phones:
    """The page of the simulated phones, which shows one phone at a time."""

    def __init__(self, page: Page, stack: Place) -> None:
        self.page = page
        page.goto(stack.ready["phones_url"])

    def hold(self, name: str) -> None:
        """Takes a phone into the hand; a customer's opens the conversation with the shop, which reads it."""
        self.page.get_by_role("navigation", name="Telefones").get_by_role("button", name=re.compile(name)).click()

    def write(self, text: str) -> None:
        self.page.get_by_role("textbox", name="Mensagem").fill(text)
        self.page.keyboard.press("Enter")

    def bubble(self, text: str) -> Locator:
        return self.page.get_by_role("list", name="Conversa").get_by_role("listitem").filter(has_text=text)

    def paste_code(self) -> None:
        self.page.get_by_role("textbox", name="Copie o texto do código QR").click()
        self.page.keyboard.press("Control+V")

    def type_code(self, code: str) -> None:
        self.page.get_by_role("textbox", name="Copie o texto do código QR").fill(code)

    def link(self) -> None:
        self.page.get_by_role("button", name="Conectar", exact=True).click()
