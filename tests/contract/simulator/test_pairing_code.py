"""The real engine links by a code that is typed on the phone."""

from tests.contract.simulator.conftest import MakeWorld, World
from tests.contract.simulator.processes import SimulatorProcess
from tests.contract.simulator.test_control_api import refused


def test_a_typed_code_links_and_messages_come(newcomer: World) -> None:
    engine = newcomer.start()
    engine.hear("qr")
    code = engine.ask("code", phone=newcomer.owner)["code"]
    linked = newcomer.simulator.post("link", code=code.lower(), account=newcomer.owner)
    assert linked["account"] == newcomer.owner
    engine.hear("connected")
    newcomer.say("Chegou?")
    assert engine.hear("message")["text"] == "Chegou?"


def test_a_code_counts_on_no_other_phone(newcomer: World, make_world: MakeWorld, simulator: SimulatorProcess) -> None:
    other = make_world(simulator)
    engine = newcomer.start()
    engine.hear("qr")
    code = engine.ask("code", phone=newcomer.owner)["code"]
    status, kind, told = refused(simulator, "/control/link", {"code": code, "account": other.owner})
    assert (status, kind) == (422, "pairing_code_not_valid")
    assert "another number" in told
    assert newcomer.simulator.post("link", code=code, account=newcomer.owner)["account"] == newcomer.owner


def test_a_newer_code_takes_the_place_of_the_older(newcomer: World) -> None:
    engine = newcomer.start()
    engine.hear("qr")
    first = engine.ask("code", phone=newcomer.owner)["code"]
    second = engine.ask("code", phone=newcomer.owner)["code"]
    told = refused(newcomer.simulator, "/control/link", {"code": first, "account": newcomer.owner})
    assert told[:2] == (422, "pairing_code_not_valid")
    newcomer.simulator.post("link", code=second, account=newcomer.owner)
    engine.hear("connected")


def test_a_client_with_an_unusual_name_is_refused(newcomer: World) -> None:
    engine = newcomer.start()
    engine.hear("qr")
    engine.do("code", phone=newcomer.owner, browser="Recado")
    assert "400" in engine.hear("failed")["reason"]
