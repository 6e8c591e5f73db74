import pytest
from msgspec.structs import replace

from recado_core.resources.conditions import Condition
from recado_core.session_states import SESSION_STATES
from recado_operator.conditions.connection import describe
from recado_operator.conditions.explaining import MANY_FAILURES
from recado_operator.plan.connection import plan
from recado_operator.world import Memory, World

from .worlds import COMPANY, KNOWN, NOW, process, seen, with_spec, world

SUSPENDED_COMPANY = replace(COMPANY, spec=replace(COMPANY.spec, suspend=True))
NEW_COMPANY = replace(COMPANY, status=replace(COMPANY.status, company_id=None))


def conditions(of: World) -> dict[str, Condition]:
    return {condition.type: condition for condition in describe(NOW, of).conditions}


def test_an_online_session_is_ready() -> None:
    found = conditions(world(process(), observed=seen(linked=True)))
    assert {kind: condition.status for kind, condition in found.items()} == {
        "Ready": "True",
        "Accepted": "True",
        "SessionRunning": "True",
        "Paired": "True",
        "Connected": "True",
        "UpToDate": "True",
        "Suspended": "False",
        "Restricted": "False",
    }


@pytest.mark.parametrize(
    ("of", "reason", "stalled"),
    [
        (world(), "Pending", False),
        (world(process(), observed=seen(state="qr")), "AwaitingPairing", False),
        (world(process(), observed=seen(state="qr", reason="type_the_code")), "AwaitingPairing", False),
        (world(process(), observed=seen(state="")), "Connecting", False),
        (world(process(), observed=seen(state="online", linked=False)), "AwaitingPairing", False),
        (world(observed=seen(state="logged_out", exit_code=0)), "LoggedOut", True),
        (world(observed=seen(state="logged_out", reason="unlinked:logged_out", exit_code=0)), "LoggedOut", True),
        (world(observed=seen(state="logged_out", reason="banned:unknown_logout", exit_code=0)), "Banned", True),
        (world(observed=seen(state="logged_out", reason="locked:main_device_gone", exit_code=0)), "Locked", True),
        (world(observed=seen(state="banned", reason="temporary_ban:unknown", exit_code=0)), "TemporarilyBanned", True),
        (world(observed=seen(state="qr", exit_code=0)), "PairingExpired", True),
        (world(observed=seen(state="qr", reason="code_refused:429", exit_code=0)), "PairingExpired", True),
        (world(observed=seen(state="online", exit_code=75)), "BackOff", False),
        (world(observed=seen(state="failed", exit_code=78)), "SettingsRefused", True),
        (world(observed=seen(exit_code=-9), memory=replace(KNOWN, failures=MANY_FAILURES)), "Crashing", False),
        (world(observed=seen(exit_code=75), memory=replace(KNOWN, failures=10)), "Crashing", True),
        (world(observed=seen(), resource=with_spec(suspend=True)), "Suspended", False),
        (world(observed=seen(), company=SUSPENDED_COMPANY), "CompanySuspended", False),
        (world(observed=seen(), company=None), "CompanyNotFound", True),
        (world(observed=seen(), company=NEW_COMPANY), "CompanyNotReady", False),
        (world(observed=seen(deleted=True)), "Deleting", False),
        (world(memory=Memory(refusal="There is no company 7.")), "DeclarationRefused", True),
    ],
)
def test_what_is_wrong_is_named(of: World, reason: str, stalled: bool) -> None:  # noqa: FBT001 - values of the case
    found = conditions(of)
    assert (found["Ready"].status, found["Ready"].reason, "Stalled" in found) == ("False", reason, stalled)


@pytest.mark.parametrize(
    ("reason", "paired", "what"),
    [("scan_the_code", "QRAvailable", "scan the QR code"), ("type_the_code", "PairingCodeAvailable", "type its code")],
)
def test_it_says_whether_a_code_is_scanned_or_typed(reason: str, paired: str, what: str) -> None:
    found = conditions(world(process(), observed=seen(state="qr", reason=reason)))
    assert (found["Paired"].status, found["Paired"].reason) == ("False", paired)
    assert what in found["Paired"].message
    assert what in found["Ready"].message


def test_a_refused_code_asks_to_check_the_number() -> None:
    refused = seen(state="qr", reason="code_refused:400", exit_code=0)
    for memory in (KNOWN, replace(KNOWN, pairing_expired=True)):
        assert "Check the number" in conditions(world(observed=refused, memory=memory))["Ready"].message


@pytest.mark.parametrize(
    ("reason", "kind", "what"),
    [
        ("unlinked:logged_out", "LoggedOut", "unlinked this device"),
        ("banned:unknown_logout", "Banned", "Ask for a review in the phone's WhatsApp"),
        ("locked:main_device_gone", "Locked", "See the phone's WhatsApp"),
    ],
)
def test_whoever_took_the_device_it_says_what_to_do_and_starts_nothing(reason: str, kind: str, what: str) -> None:
    ended = world(observed=seen(state="logged_out", reason=reason, exit_code=0))
    planned = plan(NOW, ended)
    assert (planned.actions, planned.wake_after) == ((), None)
    assert planned.status is not None
    found = {condition.type: condition for condition in planned.status.conditions}
    assert (found["Restricted"].status, found["Restricted"].reason) == ("True", kind)
    assert found["Paired"].status == "False"
    for about in ("Ready", "Stalled", "Restricted"):
        assert what in found[about].message
        assert "spec.pairing.request" in found[about].message
    told = planned.status.restriction
    assert told is not None
    assert (told.kind, told.code) == (kind, reason.partition(":")[2])


def test_a_temporary_ban_says_when_it_ends_and_is_not_stalled() -> None:
    found = conditions(world(observed=seen(state="banned", exit_code=0, reason="until 2026-11-23T13:30:00Z")))
    assert found["Ready"].reason == "TemporarilyBanned"
    assert "2026-11-23 13:30 UTC" in found["Ready"].message
    assert "Stalled" not in found


@pytest.mark.parametrize("state", SESSION_STATES)
@pytest.mark.parametrize("exit_code", [None, 0, 1, 75, 78, -9])
@pytest.mark.parametrize("running", [True, False])
def test_every_condition_that_is_false_says_what_to_do(state: str, exit_code: int | None, running: bool) -> None:  # noqa: FBT001 - values of the case
    of = world(process(running=running, exit_code=exit_code), observed=seen(state=state, exit_code=exit_code))
    for condition in conditions(of).values():
        assert condition.reason.isidentifier()
        assert condition.message.endswith(".")


def test_a_reason_with_a_number_in_it_never_reaches_the_status() -> None:
    secret = "5511999990000@s.whatsapp.net"
    told = describe(NOW, world(process(), observed=seen(state="reconnecting", reason=secret)))
    assert secret not in str(told)


def test_refused_settings_are_told_in_the_words_of_the_session() -> None:
    ended = process(running=False, exit_code=78, complaint="DB_HOST is missing.")
    planned = plan(NOW, world(ended, observed=seen(state="failed", exit_code=78)))
    later = world(observed=seen(state="failed", exit_code=78), memory=planned.memory)
    assert "refuses its settings: DB_HOST is missing. Correct" in conditions(later)["Ready"].message
