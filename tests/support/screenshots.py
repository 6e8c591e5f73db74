"""`python -m tests.support.screenshots DIRECTORY`: what the product looks like, with a morning's conversations.

The inbox in the README is made this way too, so that it never shows what does not exist.
"""

import functools
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from tests.support.browser import DESKTOP, PHONE, Agent, Phones, launched, person
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

MARIA, JOAO, ANA, TIAGO = "5511988887777", "5511977776666", "5531966665555", "351912345678"
CARLA, PEDRO, LUCIA, RENATA = "5521955554444", "5541944443333", "5571933332222", "5548922221111"
NEW = {CARLA: "Carla Mendes", PEDRO: "Pedro Nogueira", LUCIA: "Lúcia Barros", RENATA: "Renata Oliveira"}

CUSTOMER, TEAM = "customer", "team"
MORNING = (
    (TIAGO, CUSTOMER, "Bom dia! Fazem envios para Portugal?"),
    (TIAGO, TEAM, "Bom dia, Tiago! Fazemos, sim. O prazo é de 8 a 12 dias."),
    (TIAGO, CUSTOMER, "Perfeito, obrigado 🙏"),
    (LUCIA, CUSTOMER, "Oi! Recebi o pedido certinho, adorei 😍"),
    (LUCIA, TEAM, "Que bom, Lúcia! Obrigada por avisar 💚"),
    (PEDRO, CUSTOMER, "Boa tarde, vocês emitem nota para empresa?"),
    (ANA, CUSTOMER, "O boleto venceu ontem, consigo um novo?"),
    (JOAO, CUSTOMER, "Qual o horário de vocês no sábado?"),
    (JOAO, TEAM, "No sábado abrimos das 9h às 13h, João."),
    (RENATA, CUSTOMER, "Ainda tem a jaqueta jeans no 42?"),
    (RENATA, CUSTOMER, "E chega até sexta em Floripa?"),
    (MARIA, CUSTOMER, "Oi, tudo bem?"),
    (MARIA, CUSTOMER, "Comprei um vestido na segunda e queria trocar por um *tamanho maior*"),
    (MARIA, TEAM, "Oi, Maria! Tudo ótimo, e com você?"),
    (MARIA, TEAM, "Claro que dá para trocar. Me passa o número do pedido, por favor?"),
    (MARIA, CUSTOMER, "É o 48213, o vestido azul 💙"),
    (MARIA, TEAM, "Achei aqui! Temos o M em estoque. Prefere retirar na loja ou que a gente envie?"),
    (MARIA, CUSTOMER, "Retirar na loja, passo amanhã depois das 18h"),
    (MARIA, TEAM, "Combinado, deixei separado no seu nome. Até amanhã! 👋"),
    (CARLA, CUSTOMER, "Vi o anúncio no Instagram, ainda está com desconto?"),
)


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    with RecadoStack() as stack, launched() as browser:
        stack.link("Loja Centro")
        _live_through_the_morning(stack)
        for scheme in ("light", "dark"):
            _on_the_desk(stack, browser, directory, scheme)
        _in_the_hand(stack, browser, directory)
        _simulated_phones(stack, browser, directory)


def _live_through_the_morning(stack: RecadoStack) -> None:
    for phone, name in NEW.items():
        stack.simulator.add_customer(phone, name)
    for phone in (MARIA, LUCIA):
        stack.simulator.set_phone(phone, reads=True)
    for phone, writer, text in MORNING:
        if writer == CUSTOMER:
            stack.simulator.write(phone, text)
            wait_until(f"{text} arrived", functools.partial(_is_last, stack, phone, text))
        else:
            _answer(stack, phone, text)
    wait_until("Maria has read the answer", lambda: _state(stack, MARIA) == "read")


def _ticket(stack: RecadoStack, phone: str) -> dict[str, Any] | None:
    return next((one for one in stack.api.tickets() if (one["contact"]["phone"] or "").endswith(phone)), None)


def _state(stack: RecadoStack, phone: str) -> str:
    ticket = _ticket(stack, phone)
    return ticket["lastMessageState"] if ticket else ""


def _answer(stack: RecadoStack, phone: str, text: str) -> None:
    ticket = _ticket(stack, phone)
    assert ticket, f"{phone} has not written yet"
    stack.api.call("POST", f"/tickets/{ticket['id']}/read")
    if ticket["assigneeId"] is None:
        stack.api.call("POST", f"/tickets/{ticket['id']}/take")
    stack.api.send(ticket["id"], text)
    wait_until(f"{text} is delivered", lambda: _state(stack, phone) in {"delivered", "read"})


def _is_last(stack: RecadoStack, phone: str, text: str) -> bool:
    ticket = _ticket(stack, phone)
    return ticket is not None and ticket["lastMessagePreview"] == text


def _on_the_desk(stack: RecadoStack, browser: Browser, directory: Path, scheme: Any) -> None:
    with person(browser, viewport=DESKTOP, color_scheme=scheme) as context:
        agent = Agent(context.new_page(), stack)
        agent.open()
        expect(agent.page.get_by_role("heading", name="Entrar no Recado")).to_be_visible()
        _save(agent.page, directory / f"sign-in-{scheme}.png")
        agent.signed_in()
        _save(agent.page, directory / f"blank-{scheme}.png")
        agent.ticket("Maria Silva").click()
        expect(agent.bubble("Até amanhã!")).to_be_visible()
        _save(agent.page, directory / f"inbox-{scheme}.png")
        agent.go("Conexões")
        _save(agent.page, directory / f"connections-{scheme}.png")
        agent.page.get_by_role("button", name="Nova conexão").click()
        agent.page.get_by_role("textbox", name="Nome da conexão").fill("Suporte")
        agent.page.get_by_role("button", name="Continuar").click()
        expect(agent.page.get_by_role("img", name="Código QR")).to_be_visible(timeout=15_000)
        _save(agent.page, directory / f"code-{scheme}.png")
        agent.page.get_by_role("button", name="Fechar").click()
        agent.page.get_by_role("button", name="Excluir Suporte").click()
        agent.page.get_by_role("button", name="Excluir conexão").click()
        expect(agent.connection("Suporte")).to_be_hidden()


def _in_the_hand(stack: RecadoStack, browser: Browser, directory: Path) -> None:
    with person(browser, viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2) as context:
        agent = Agent(context.new_page(), stack).signed_in()
        expect(agent.ticket("Maria Silva")).to_be_visible()
        _save(agent.page, directory / "phone-inbox.png")
        agent.ticket("Maria Silva").click()
        expect(agent.bubble("Até amanhã!")).to_be_visible()
        _save(agent.page, directory / "phone-conversation.png")
        agent.open("/connections")
        expect(agent.connection("Loja Centro")).to_be_visible()
        _save(agent.page, directory / "phone-connections.png")


def _simulated_phones(stack: RecadoStack, browser: Browser, directory: Path) -> None:
    with person(browser, viewport=DESKTOP) as context:
        phones = Phones(context.new_page(), stack)
        phones.hold("Maria Silva")
        expect(phones.bubble("Até amanhã!")).to_be_visible()
        _save(phones.page, directory / "phones.png")


def _save(page: Page, path: Path) -> None:
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => document.fonts.ready.then(() => true)")
    page.screenshot(path=path, animations="disabled", caret="hide")


if __name__ == "__main__":
    main()
