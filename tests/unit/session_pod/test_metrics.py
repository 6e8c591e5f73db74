from prometheus_client import generate_latest

from recado_session.metrics import Metrics


def test_exactly_one_state_is_shown() -> None:
    metrics = Metrics(lambda: 3)
    assert 'recado_session_state{state="starting"} 1.0' in generate_latest(metrics.registry).decode()
    metrics.show_state("online")
    metrics.show_state("degraded")
    text = generate_latest(metrics.registry).decode()
    assert 'recado_session_state{state="degraded"} 1.0' in text
    assert 'recado_session_state{state="online"} 0.0' in text
    assert "recado_session_journal_depth 3.0" in text


def test_unclean_exits_are_counted_and_said_in_the_heartbeat() -> None:
    metrics = Metrics(lambda: 0)
    assert metrics.for_heartbeat() == {"journalDepth": 0, "uncleanExits": 0}
    metrics.show_unclean_exits(2)
    assert metrics.for_heartbeat()["note"] == "up to 101 messages may be lost"
    assert "recado_inbound_unclean_exit_total 2.0" in generate_latest(metrics.registry).decode()
