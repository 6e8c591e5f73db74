"""A number is linked without a camera: eight letters from the inbox, typed on the phone."""

from playwright.sync_api import Browser, expect
from tests.support.browser import Agent, Phones, person
from tests.support.stack import RecadoStack

OWNER, NUMBER = "Quiosque do Centro", "5511922223333"


def test_a_number_is_linked_by_a_code_that_is_typed_on_the_phone(linked_stack: RecadoStack, browser: Browser) -> None:
    linked_stack.simulator.add_account(NUMBER, OWNER)
    with person(browser) as team, person(browser) as street:
        agent, phones = Agent(team.new_page(), linked_stack).signed_in(), Phones(street.new_page(), linked_stack)
        code = ask_for_letters(agent)
        phones.hold(OWNER)
        phones.type_code("1111-1111")
        phones.link()
        expect(phones.page.get_by_role("alert")).to_contain_text("Confira as oito letras")
        phones.type_code(code)
        phones.link()
        dialog = agent.page.get_by_role("dialog")
        expect(dialog.get_by_text("Conectado", exact=True)).to_be_visible(timeout=20_000)
        expect(dialog).to_contain_text("+55 11 92222-3333")
    [connection] = [
        one for one in linked_stack.api.call("GET", "/connections")["items"] if one["phone"] == f"+{NUMBER}"
    ]
    assert connection["state"] == "online"
    linked_stack.api.call("DELETE", f"/connections/{connection['id']}")


def ask_for_letters(agent: Agent) -> str:
    page = agent.page
    agent.go("Conexões")
    page.get_by_role("button", name="Nova conexão").click()
    page.get_by_role("textbox", name="Nome da conexão").fill("Quiosque")
    page.get_by_role("radio", name="Digitar um código no celular").check()
    page.get_by_role("textbox", name="Número do celular").fill("+55 (11) 92222-3333")
    page.get_by_role("button", name="Continuar").click()
    letters = page.get_by_role("status", name="Código para digitar no celular")
    expect(letters).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Copiar código").click()
    expect(page.get_by_text("Código copiado.")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    expect(letters).to_have_text(copied)
    return copied
