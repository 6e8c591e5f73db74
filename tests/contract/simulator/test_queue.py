"""Nothing leaves a device's queue before the device said that it has it: not by kill, restart or a lost session."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.contract.simulator.conftest import MakeWorld, World
from tests.contract.simulator.processes import Engine, SimulatorProcess, eventually


def test_a_killed_engine_resumes_and_gets_the_rest_in_order(world: World, engine: Engine) -> None:
    world.say("antes")
    engine.hear("message")
    eventually(lambda: world.queued() == 0)
    engine.kill()
    texts = [f"enquanto fora {number}" for number in range(30)]
    for text in texts:
        world.say(text)
    engine = world.resume(engine)
    engine.hear("connected")
    assert engine.hear("offline_preview")["messages"] == len(texts)
    assert [heard["text"] for heard in engine.hear_all("message", len(texts))] == texts
    engine.hear("offline_completed")
    eventually(lambda: world.queued() == 0)
    assert len(world.simulator.ledger("linked", device=world.device)) == 1


def test_what_was_handed_over_but_not_acknowledged_comes_again(world: World, engine: Engine) -> None:
    world.say("conhecida")
    engine.hear("message")
    eventually(lambda: world.queued() == 0)
    engine.freeze()
    ids = [world.say(f"no meio {number}") for number in range(3)]
    for wa_id in ids:
        world.simulator.await_ledger("handed", id=wa_id)
    engine.kill()
    assert world.queued() == len(ids)
    engine = world.resume(engine)
    assert [heard["id"] for heard in engine.hear_all("message", len(ids))] == ids
    again = world.simulator.await_ledger("handed", 2, id=ids[0])
    assert [(entry["time"], entry["offline"]) for entry in again] == [(1, False), (2, True)]
    eventually(lambda: world.queued() == 0)


def test_a_killed_simulator_forgets_nothing(tmp_path: Path, make_world: MakeWorld) -> None:
    simulator = SimulatorProcess(tmp_path / "own")
    told = simulator.told
    world = make_world(simulator)
    engine = world.link()
    world.say("uma")
    engine.hear("message")
    engine.ask("send", to=world.customer, text="resposta")
    eventually(lambda: world.queued() == 0)
    engine.kill()
    waiting = world.say("guardada")
    entries = simulator.ledger("written")
    simulator.kill()

    simulator.start()
    assert simulator.told == told
    assert simulator.ledger("written") == entries
    engine = world.resume(engine)
    assert engine.hear("message")["id"] == waiting
    engine.ask("send", to=world.customer, text="de novo aqui")
    simulator.await_ledger("arrived", phone=world.customer, text="de novo aqui")
    assert world.bubble(world.customer, waiting)["text"] == "guardada"
    engine.kill()
    assert simulator.stop() == 0


def test_the_engine_comes_back_by_itself_when_the_simulator_does(tmp_path: Path, make_world: MakeWorld) -> None:
    simulator = SimulatorProcess(tmp_path / "own")
    world = make_world(simulator)
    engine = world.link()
    simulator.kill()
    engine.hear("disconnected")
    simulator.start()
    engine.hear("connected")
    world.say("voltou")
    assert engine.hear("message")["text"] == "voltou"
    engine.kill()
    assert simulator.stop() == 0


def test_an_engine_that_lost_its_signal_session_asks_again(world: World, engine: Engine) -> None:
    world.say("lida")
    engine.hear("message")
    engine.ask("send", to=world.customer, text="ok")
    world.simulator.await_ledger("arrived", phone=world.customer)
    eventually(lambda: world.queued() == 0)
    engine.kill()
    with closing(sqlite3.connect(engine.database)) as database:
        database.execute("delete from whatsmeow_sessions")
        database.commit()
    engine = world.resume(engine)
    engine.hear("connected")
    wa_id = world.say("de novo")
    assert engine.hear("undecryptable")["id"] == wa_id
    assert engine.hear("message", id=wa_id)["text"] == "de novo"
    assert world.simulator.ledger("receipt", id=wa_id, type="retry")
    eventually(lambda: world.queued() == 0)


def test_a_burst_arrives_complete_and_in_order(world: World, engine: Engine) -> None:
    asked = {"customers": 10, "messages": 1000, "rate": 250, "prefix": "b", "account": world.owner}
    world.simulator.post("burst", **asked)
    heard = [one["text"] for one in engine.hear_all("message", 1000)]
    by_chat: dict[str, list[int]] = {}
    for text in heard:
        _, chat, number = text.split(" ")
        by_chat.setdefault(chat, []).append(int(number))
    assert by_chat == {str(chat): list(range(1, 101)) for chat in range(1, 11)}
    written = [entry["at"] for entry in world.simulator.ledger("written") if entry["text"].startswith("b ")]
    assert 1000 / (written[-1] - written[0]) * 1000 > 200
