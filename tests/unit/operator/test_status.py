"""A status holds little, changes seldom, and gives nothing away."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

import recado_operator
from recado_core.resources.conditions import ABNORMAL, ConditionType, Reason
from recado_core.resources.connection import Pairing, WhatsAppConnectionStatus
from recado_core.session_states import SESSION_STATES
from recado_operator.conditions.connection import describe
from recado_operator.world import Moment, World

from .worlds import NOW, process, seen, with_spec, world

STARTED = NOW.wall - timedelta(seconds=7)


def writes(*worlds: World) -> list[WhatsAppConnectionStatus]:
    """The statuses that are written when the world goes from one to the next, a second apart."""
    written: list[WhatsAppConnectionStatus] = []
    for seconds, of in enumerate(worlds):
        last = written[-1] if written else WhatsAppConnectionStatus()
        now = Moment(NOW.monotonic + seconds, NOW.wall + timedelta(seconds=seconds, milliseconds=37 * seconds))
        resource = replace(of.resource, status=last) if of.resource else None
        status = describe(now, replace(of, resource=resource))
        if status != last:
            written.append(status)
    return written


def running(state: str, age: float, *, linked: bool = False, epoch: int = 1) -> World:
    pod = process(epoch, age_seconds=age, name=f"wa-support-e{epoch}", started_at=STARTED)
    return world(pod, observed=seen(epoch, state=state, linked=linked, heartbeat_age_seconds=1.0))


def test_a_start_costs_two_writes() -> None:
    linked = [running(state, float(age), linked=True) for age, state in enumerate(("", "starting", "online"))]
    assert len(writes(*linked)) == 2
    fresh = [running(state, float(age)) for age, state in enumerate(("", "starting", "qr", "qr", "qr"))]
    assert len(writes(*fresh)) == 2


@pytest.mark.parametrize(("state", "linked"), [("online", True), ("qr", False), ("pairing", False), ("degraded", True)])
def test_at_rest_nothing_is_written(state: str, linked: bool) -> None:  # noqa: FBT001 - a value of the case
    looks = [running(state, float(age), linked=linked) for age in range(30)]
    assert len(writes(*looks)) == 1


def test_waiting_for_the_next_attempt_is_written_once() -> None:
    def waits(second: int) -> World:
        ended = world(observed=seen(state="reconnecting", linked=True, exit_code=75))
        memory = replace(ended.memory, failures=4, not_before=NOW.monotonic + 8.0)
        return replace(ended, memory=memory, watched_seconds=float(second))

    (written,) = writes(*(waits(second) for second in range(7)))
    assert written.retry is not None
    assert (written.retry.count, written.retry.last_reason) == (4, "BackOff")
    assert written.retry.next_attempt_at == NOW.wall + timedelta(seconds=8)


def test_the_time_of_a_condition_is_that_of_its_last_change() -> None:
    first, second = writes(running("qr", 0.0), running("qr", 1.0), running("online", 2.0, linked=True))
    before = {told.type: told for told in first.conditions}
    after = {told.type: told for told in second.conditions}
    assert after["Accepted"].last_transition_time == before["Accepted"].last_transition_time == NOW.wall
    assert after["Ready"].last_transition_time == NOW.wall + timedelta(seconds=2)


@pytest.mark.parametrize("state", SESSION_STATES)
@pytest.mark.parametrize("exit_code", [None, 0, 75])
def test_numbers_codes_and_addresses_never_stand_in_a_status(state: str, exit_code: int | None) -> None:
    secrets = ("5511999990000", "2@qr", "900001@lid")
    lease = seen(state=state, reason=f"x:{' '.join(secrets)}", linked=True, phone="+5511999990000", exit_code=exit_code)
    resource = with_spec(phone_number="+5511999990000")
    for pods in ((), (process(),)):
        told = str(describe(NOW, world(*pods, observed=lease, resource=resource)))
        assert not [secret for secret in secrets if secret in told]
    assert describe(NOW, world(observed=lease)).phone == "+55•••••0000"


@pytest.mark.parametrize("state", SESSION_STATES)
@pytest.mark.parametrize("exit_code", [None, 0, 1, 75, 78])
@pytest.mark.parametrize("pods", [(), (process(),), (process(waiting="Unschedulable", message="0/3 nodes fit."),)])
def test_every_condition_that_is_not_as_it_should_be_says_what_to_do(
    state: str, exit_code: int | None, pods: tuple[object, ...]
) -> None:
    of = world(*pods, observed=seen(state=state, exit_code=exit_code))  # type: ignore[arg-type]
    status = describe(NOW, of)
    kinds = [told.type for told in status.conditions]
    assert len(kinds) == len(set(kinds)) <= 16
    assert not {"Reconciling", "Stalled"} <= set(kinds), "it waits for somebody or it goes on, not both"
    for told in status.conditions:
        wrong = (told.status == "True") == (told.type in ABNORMAL)
        assert told.message.endswith(".")
        assert told.reason in set(Reason)
        advice = ("Set", "Open", "Wait", "Nothing to do", "Ready says", "Read", "Stop", "Upgrade", "Ask", "Send")
        if wrong and told.type not in {"Restricted", "Suspended"}:
            assert any(word.lower() in told.message.lower() for word in (*advice, "make room", "keep")), told


def test_the_page_to_scan_at_is_told_while_a_code_waits() -> None:
    waiting = replace(running("qr", 10.0), inbox_url="https://inbox.example.com/")
    pairing = describe(NOW, waiting).pairing
    assert pairing is not None
    assert pairing.url == "https://inbox.example.com/connections"
    assert pairing.expires_at == NOW.wall + timedelta(seconds=290)
    linked = describe(NOW, replace(running("online", 10.0, linked=True), inbox_url="https://inbox.example.com")).pairing
    assert linked is not None
    assert (linked.state, linked.url, linked.expires_at) == ("Completed", None, None)


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        ("qr", "type_the_code", "AwaitingCode"),
        ("pairing", "code_scanned", "AwaitingCode"),
        ("qr", "scan_the_code", "AwaitingScan"),  # of a session that began before the method was changed
    ],
)
def test_a_code_that_waits_to_be_typed_is_told_as_such(state: str, reason: str, shown: str) -> None:
    resource = with_spec(phone_number="+5511999990000", pairing=Pairing(method="PairingCode"))
    waiting = world(process(age_seconds=10.0), observed=seen(state=state, reason=reason), resource=resource)
    pairing = describe(NOW, replace(waiting, inbox_url="https://inbox.example.com")).pairing
    assert pairing is not None
    assert (pairing.state, pairing.url) == (shown, "https://inbox.example.com/connections")
    assert pairing.expires_at == NOW.wall + timedelta(seconds=290)


def test_every_reason_is_given_somewhere_and_explained() -> None:
    sources = "".join(path.read_text() for path in Path(str(recado_operator.__file__)).parent.rglob("*.py"))
    for member in (*Reason, *ConditionType):
        assert f"{type(member).__name__}.{member.name}" in sources, f"nobody gives {member}"
        assert member.meaning.endswith(".")
