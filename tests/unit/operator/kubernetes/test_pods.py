"""What we keep of a pod, and what it means as a session process."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from recado_operator.kubernetes.pods import view_pod
from recado_operator.kubernetes.processes import COMPLAINT_LENGTH, as_process

from . import objects

NOW = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
CONNECTION = UUID(objects.UID)


def process_of(raw: dict[str, Any]) -> Any:
    return as_process(CONNECTION, view_pod(raw), NOW)


def test_the_same_is_seen_in_a_watch_and_in_a_list() -> None:
    raw = objects.pod(status=objects.running())
    assert view_pod(raw) == view_pod(msgspec.json.encode(raw))


def test_a_running_pod_is_a_running_process_as_old_as_its_container() -> None:
    process = process_of(objects.pod(status=objects.running()))
    assert (process.epoch, process.running, process.age_seconds, process.exit_code) == (3, True, 55.0, None)


def test_a_pod_without_a_node_runs_but_has_no_age() -> None:
    hindered = {
        "phase": "Pending",
        "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"}
        ],
    }
    view = view_pod(objects.pod(status=hindered))
    assert (view.waiting, view.message) == ("Unschedulable", "0/3 nodes are available")
    assert (process_of(objects.pod(status=hindered)).running, process_of(objects.pod()).age_seconds) == (True, 0.0)


@pytest.mark.parametrize(
    ("status", "running", "code"),
    [
        ({"phase": "Succeeded", "containerStatuses": [{"state": {"terminated": {"exitCode": 0}}}]}, False, 0),
        ({"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory"}, False, None),
        (objects.crashing(75, 2), True, None),
        (objects.crashing(75, 5), False, 75),
        (objects.crashing(78, 1), False, 78),
        (objects.running(restarts=9), True, None),
    ],
    ids=["ended", "evicted", "tries in place", "tried often enough", "settings refused", "runs again"],
)
def test_when_a_pod_counts_as_ended(status: dict[str, Any], running: bool, code: int | None) -> None:  # noqa: FBT001
    process = process_of(objects.pod(status=status))
    assert (process.running, process.exit_code) == (running, code)


def test_a_pod_that_is_being_deleted_is_stopping() -> None:
    assert process_of(objects.pod(deletionTimestamp="2026-11-23T12:00:30Z")).stopping


@pytest.mark.parametrize("owners", [[], [{"uid": "x", "controller": True}], [{"uid": objects.UID}]])
def test_a_pod_that_only_wears_our_labels_belongs_to_nobody(owners: list[Any]) -> None:
    assert view_pod(objects.pod(ownerReferences=owners)).connection_id is None


def _conditions(**told: str) -> list[dict[str, str]]:
    return [{"type": kind, "status": status} for kind, status in told.items()]


@pytest.mark.parametrize(
    ("conditions", "unreachable"),
    [
        (_conditions(ContainersReady="True", Ready="True"), False),
        (_conditions(ContainersReady="False", Ready="False"), False),
        (_conditions(ContainersReady="True", Ready="False"), True),
        (_conditions(PodScheduled="True"), False),
    ],
    ids=["ready", "a container is not ready", "marked by the node controller", "just made"],
)
def test_a_pod_that_is_less_ready_than_its_containers_is_on_a_lost_node(
    conditions: list[dict[str, str]],
    unreachable: bool,  # noqa: FBT001 - a table
) -> None:
    pod = view_pod(objects.pod(status={"phase": "Running", "conditions": conditions}))
    assert pod.unreachable == unreachable


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ('{"event": "starts"}\n{"event": "cannot start", "problem": "DB_HOST is missing."}\n', "DB_HOST is missing."),
        ('{"problem": "no disk"}\nTraceback (most recent call last):\n  boom', "no disk"),
        ("panic: 5511999999999\n[1, 2]\n7\n", ""),
        ("", ""),
        (f'{{"problem": "{"x" * 1999}"}}', "x" * COMPLAINT_LENGTH),
    ],
    ids=["said last", "said before it fell", "no line of ours", "silent", "long"],
)
def test_what_an_ended_session_complained_about_is_the_problem_that_it_logged_last(log: str, complaint: str) -> None:
    ended = {"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"exitCode": 78, "message": log}}}]}
    assert process_of(objects.pod(status=ended)).complaint == complaint


def test_a_running_session_complains_about_nothing() -> None:
    again = objects.crashing(75, 2)
    again["containerStatuses"][0]["lastState"]["terminated"]["message"] = '{"problem": "DB_HOST is missing."}'
    assert process_of(objects.pod(status=again)).complaint == ""
