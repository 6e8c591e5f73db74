"""Each fault that can be asked for reaches the real engine as the real network would let it."""

import sqlite3
from contextlib import closing

import pytest
from tests.contract.simulator.conftest import World
from tests.contract.simulator.processes import Engine, eventually


def test_a_dropped_socket_is_connected_again(world: World, engine: Engine) -> None:
    world.fault("drop_socket")
    engine.hear("disconnected")
    world.say("no escuro")
    engine.hear("connected")
    assert engine.hear("message")["text"] == "no escuro"


def test_a_socket_that_drops_while_the_engine_sends(world: World, engine: Engine) -> None:
    """The library sends the same frame again: the phone sees one message."""
    world.fault("drop_socket", when="send", count=1)
    sent = engine.ask("send", to=world.customer, text="uma vez só")["id"]
    assert len(world.simulator.await_ledger("accepted", 2, id=sent)) == 2
    assert len(world.simulator.ledger("arrived", phone=world.customer)) == 1
    assert len(world.simulator.ledger("repeated", phone=world.customer)) == 1


def test_a_late_acknowledgement(world: World, engine: Engine) -> None:
    world.fault("late_ack", ms=700, count=1)
    engine.do("send", to=world.customer, text="devagar")
    world.simulator.await_ledger("arrived", phone=world.customer)
    assert engine.heard_nothing("done", 0.4)
    engine.hear("done")


def test_a_refused_message(world: World, engine: Engine) -> None:
    world.fault("error_ack", code=463, count=1)
    engine.do("send", to=world.customer, text="não pode")
    assert "463" in engine.hear("failed")["reason"]
    assert world.simulator.ledger("arrived", phone=world.customer) == []
    engine.ask("send", to=world.customer, text="agora sim")


@pytest.mark.parametrize("deliver", [True, False])
def test_no_acknowledgement(world: World, engine: Engine, *, deliver: bool) -> None:
    world.fault("never_ack", count=1, deliver=deliver)
    engine.do("send", to=world.customer, text="alô?")
    assert engine.heard_nothing("done", 0.5)
    assert len(world.simulator.ledger("arrived", phone=world.customer)) == int(deliver)
    engine.kill()  # it waits for the answer and would send nothing else


def test_the_same_device_elsewhere_replaces_the_older(world: World, engine: Engine) -> None:
    with (
        closing(sqlite3.connect(engine.database)) as own,
        closing(sqlite3.connect(world.directory / "copy.db")) as copy,
    ):
        own.backup(copy)
    newer = world.start("copy", world.device)
    newer.hear("connected")
    engine.hear("replaced")
    engine.kill()
    assert world.simulator.ledger("replaced", device=world.device)
    world.say("para o novo")
    assert newer.hear("message")["text"] == "para o novo"


def test_replace_by_hand(world: World, engine: Engine) -> None:
    world.fault("replace")
    engine.hear("replaced")
    engine.kill()


def test_a_ban_says_how_long(world: World, engine: Engine) -> None:
    world.fault("ban", code=101, seconds=3600, count=1)
    assert engine.hear("banned")["expire"] == 3600
    engine.kill()


def test_a_refused_connection(world: World, engine: Engine) -> None:
    world.fault("connect_failure", code=405, count=1)
    engine.hear("outdated")
    engine.kill()


def test_unlinked_on_the_phone(newcomer: World) -> None:
    engine = newcomer.link()
    assert newcomer.simulator.post("unlink", account=newcomer.owner)["devices"] == [newcomer.device]
    assert engine.hear("logged_out")["on_connect"] is False


def test_unlinked_while_away(newcomer: World) -> None:
    engine = newcomer.link()
    engine.kill()
    newcomer.simulator.post("unlink", account=newcomer.owner)
    assert newcomer.resume(engine).hear("logged_out")["on_connect"] is True


def test_the_engine_logs_out(newcomer: World) -> None:
    engine = newcomer.link()
    engine.ask("logout")
    assert newcomer.simulator.await_ledger("unlinked", device=newcomer.device)[0]["by"] == "device"


@pytest.mark.parametrize("variant", ["stanza", "frame"])
def test_a_malformed_stanza_does_not_stop_the_others(world: World, engine: Engine, variant: str) -> None:
    world.fault("malformed", variant=variant)
    world.say("depois")
    assert engine.hear("message")["text"] == "depois"


def test_a_broken_seal_is_told(world: World, engine: Engine) -> None:
    world.fault("malformed", variant="ciphertext")
    engine.hear("undecryptable")


def test_an_unknown_receipt_makes_the_engine_deaf(world: World, engine: Engine) -> None:
    """The library's own weakness: whoever drives it must notice, so it must be possible to provoke."""
    world.fault("malformed", variant="receipt")
    assert "Receipt.Type" in engine.hear("deaf")["reason"]
    engine.kill()


def test_a_frame_that_the_engine_dies_of(world: World, engine: Engine) -> None:
    """Also the library's own: a stanza without a tag is a panic of its runtime."""
    world.fault("malformed", variant="panic")
    world.simulator.await_ledger("disconnected", device=world.device)
    eventually(lambda: not engine.alive)
