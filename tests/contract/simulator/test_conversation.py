"""The real engine talks to the phones: link, messages and receipts both ways, media, numbers."""

import base64

from tests.contract.simulator.conftest import World
from tests.contract.simulator.processes import Engine, eventually


def test_a_message_and_its_answer(world: World, engine: Engine) -> None:
    wa_id = world.say("Oi, tudo bem?")
    heard = engine.hear("message")
    assert (heard["id"], heard["text"], heard["from_me"]) == (wa_id, "Oi, tudo bem?", False)
    assert heard["chat"].endswith("@lid")
    assert heard["alt"] == world.customer

    sent = engine.ask("send", to=world.customer, text="Tudo ótimo!")
    (arrived,) = world.simulator.await_ledger("arrived", phone=world.customer)
    assert (arrived["wa_id"], arrived["text"], arrived["from"]) == (sent["id"], "Tudo ótimo!", world.owner)
    assert (arrived["same_id"], arrived["same_text"]) == (1, 1)
    eventually(lambda: world.queued() == 0)


def test_receipts_go_both_ways(world: World, engine: Engine) -> None:
    wa_id = world.say("primeira")
    heard = engine.hear("message")
    eventually(lambda: world.bubble(world.customer, wa_id)["state"] == "delivered")
    engine.ask("read", chat=heard["chat"], ids=[wa_id])
    eventually(lambda: world.bubble(world.customer, wa_id)["state"] == "read")

    sent = engine.ask("send", to=world.customer, text="resposta")["id"]
    delivered = engine.hear("receipt")
    assert delivered["ids"] == [sent]
    world.simulator.post(f"phones/{world.customer}/read")
    read = engine.hear("receipt")
    assert read["ids"] == [sent]
    assert read["type"] != delivered["type"]
    assert world.bubble(world.owner, sent)["state"] == "read"


def test_a_switched_off_phone_gets_it_later(world: World, engine: Engine) -> None:
    world.simulator.post(f"phones/{world.customer}", online=False)
    sent = engine.ask("send", to=world.customer, text="até amanhã")["id"]
    assert engine.heard_nothing("receipt", 0.3)
    assert world.simulator.ledger("arrived", phone=world.customer) == []
    world.simulator.post(f"phones/{world.customer}", online=True)
    assert engine.hear("receipt")["ids"] == [sent]
    assert world.simulator.ledger("arrived", phone=world.customer)[0]["text"] == "até amanhã"


def test_many_turns_of_the_ratchet(world: World, engine: Engine) -> None:
    for number in range(20):
        world.say(f"pergunta {number}")
        assert engine.hear("message")["text"] == f"pergunta {number}"
        engine.ask("send", to=world.customer, text=f"resposta {number}")
    arrived = world.simulator.await_ledger("arrived", 20, phone=world.customer)
    assert [entry["text"] for entry in arrived] == [f"resposta {number}" for number in range(20)]


def test_the_engine_writes_first(world: World, engine: Engine) -> None:
    engine.ask("send", to=world.customer, text="Seu pedido saiu")
    world.simulator.await_ledger("arrived", phone=world.customer, text="Seu pedido saiu")
    world.say("Obrigada")
    assert engine.hear("message")["text"] == "Obrigada"


def test_the_owner_answers_on_the_phone(world: World, engine: Engine) -> None:
    ids = world.simulator.post("owner/messages", customer=world.customer, account=world.owner, text="Já vou")["ids"]
    heard = engine.hear("message")
    assert (heard["id"], heard["text"], heard["from_me"]) == (ids[0], "Já vou", True)
    assert heard["alt"] == world.customer
    sent = engine.ask("send", to=world.customer, text="da equipe")["id"]
    world.simulator.await_ledger("echoed", id=sent, phone=world.owner, to=world.customer, text="da equipe")
    assert world.bubble(world.owner, sent)["via"] == world.device


def test_other_kinds_of_content(world: World, engine: Engine) -> None:
    for content, name in (({"kind": "image", "caption": "foto"}, "imageMessage"), ({"kind": "audio"}, "audioMessage")):
        world.simulator.post("messages", customer=world.customer, account=world.owner, content=content)
        assert name in engine.hear("message")["content"]
    raw = base64.b64encode(b"\xff\xff\xff").decode()
    ids = world.simulator.post("messages", customer=world.customer, account=world.owner, raw_base64=raw)["ids"]
    world.simulator.await_ledger("acknowledged", id=ids[0])
    world.say("ainda aqui")
    assert engine.hear("message")["text"] == "ainda aqui"


def test_media_goes_up_and_comes_back(engine: Engine) -> None:
    data = base64.b64encode(bytes(range(256)) * 100).decode()
    assert engine.ask("media", data=data)["data"] == data


def test_which_numbers_exist(world: World, engine: Engine) -> None:
    found = engine.ask("exists", numbers=[f"+{world.customer}", "+5599900001111"])["found"]
    assert sorted(found.values()) == [False, True]


def test_nobody_has_that_number(world: World, engine: Engine) -> None:
    engine.do("send", to="5599900001111", text="alguém?")
    assert "no LID found" in engine.hear("failed")["reason"]


def test_two_devices_of_one_owner(newcomer: World) -> None:
    world = newcomer
    first, second = world.link("first"), world.link("second")
    first.ask("send", to=world.customer, text="de um")
    heard = second.hear("message")
    assert (heard["text"], heard["from_me"], heard["alt"]) == ("de um", True, world.customer)
    world.say("para os dois")
    assert first.hear("message")["text"] == second.hear("message")["text"] == "para os dois"
