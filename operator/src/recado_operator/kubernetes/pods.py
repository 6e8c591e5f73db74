"""What the planner needs of a pod, a tenth of what the API server sends. Thousands of these stay in memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from recado_kubernetes.objects import ObjectMeta, decode
from recado_operator.build import names


class PodView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    namespace: str
    name: str
    uid: str
    version: int
    connection_id: UUID | None
    """The resource that controls it; None for a pod that only wears our labels."""
    epoch: int
    phase: str
    node: str
    created: datetime | None
    started: datetime | None
    """When its container last started; None while it has not."""
    deleting: bool
    exit_code: int | None
    """Of the container's last end, whether or not it runs again."""
    restarts: int
    ready: bool
    disrupted: bool
    """Evicted or preempted: what ended it was not the session."""
    waiting: str
    """Why it does not run: the container's or the scheduler's reason."""
    message: str
    """The same, in the words of the scheduler or the kubelet."""
    template_hash: str
    resources_hash: str
    marks_hash: str
    image: str
    labelled: str
    """The connection whose label it wears."""
    marks: tuple[int, ...]
    """A number for each label and annotation: enough to see that one is missing, whatever it says."""
    adoptable: bool
    unreachable: bool
    """Its node does not answer."""
    ended: str
    """What the session said last (termination message)."""
    hidden: bool = False
    """No watch or list tells of it any more, though nobody saw it end: perhaps it lost the labels that we ask for."""

    @property
    def running(self) -> bool:
        return self.phase not in {"Succeeded", "Failed"}


class _Terminated(msgspec.Struct, rename="camel"):
    exit_code: int = 0
    message: str = ""


class _Running(msgspec.Struct, rename="camel"):
    started_at: datetime | None = None


class _Waiting(msgspec.Struct):
    reason: str = ""
    message: str = ""


class _ContainerState(msgspec.Struct, rename="camel"):
    running: _Running | None = None
    waiting: _Waiting | None = None
    terminated: _Terminated | None = None


class _ContainerStatus(msgspec.Struct, rename="camel"):
    state: _ContainerState = msgspec.field(default_factory=_ContainerState)
    last_state: _ContainerState = msgspec.field(default_factory=_ContainerState)
    restart_count: int = 0
    ready: bool = False


class _Condition(msgspec.Struct):
    type: str
    status: str
    reason: str = ""
    message: str = ""


class _Status(msgspec.Struct, rename="camel"):
    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    conditions: list[_Condition] = []
    container_statuses: list[_ContainerStatus] = []


class _Container(msgspec.Struct):
    image: str = ""


class _Spec(msgspec.Struct, rename="camel"):
    node_name: str = ""
    containers: list[_Container] = []


class _Pod(msgspec.Struct):
    metadata: ObjectMeta
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)


_EPOCH = re.compile(r"-e(\d{1,18})$")


def view_pod(raw: bytes | msgspec.Raw | Mapping[str, Any]) -> PodView:
    pod = decode(raw, _Pod)
    metadata, status = pod.metadata, pod.status
    container = status.container_statuses[0] if status.container_statuses else _ContainerStatus()
    ended = container.state.terminated or container.last_state.terminated
    waiting, message = _hindrance(status, container)
    return PodView(
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        version=metadata.version,
        connection_id=_uuid(metadata.controller),
        epoch=_epoch(metadata),
        phase=status.phase,
        node=pod.spec.node_name,
        created=metadata.creation_timestamp,
        started=container.state.running.started_at if container.state.running else None,
        deleting=metadata.deletion_timestamp is not None,
        exit_code=ended.exit_code if ended else None,
        restarts=container.restart_count,
        ready=_is_true(status.conditions, "Ready"),
        disrupted=_is_true(status.conditions, "DisruptionTarget"),
        waiting=waiting,
        message=message,
        template_hash=metadata.annotations.get(names.TEMPLATE_HASH, ""),
        resources_hash=metadata.annotations.get(names.RESOURCES_HASH, ""),
        marks_hash=metadata.annotations.get(names.MARKS_HASH, ""),
        labelled=metadata.labels.get(names.CONNECTION, ""),
        marks=(*marks_of(metadata.labels), *marks_of(metadata.annotations)),
        adoptable=metadata.labels.get(names.ADOPTABLE) == "true",
        unreachable=_left_alone(status),
        image=pod.spec.containers[0].image if pod.spec.containers else "",
        ended=ended.message if ended else "",
    )


def marks_of(worn: Mapping[str, str]) -> Iterator[int]:
    """Of labels or annotations; good in this process only."""
    return (hash(item) for item in worn.items())


def _epoch(metadata: ObjectMeta) -> int:
    found = _EPOCH.search(metadata.name)
    return int(found.group(1)) if found else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_true(conditions: Sequence[_Condition], kind: str) -> bool:
    return any(condition.type == kind and condition.status == "True" for condition in conditions)


def _left_alone(status: _Status) -> bool:
    """The node controller calls the pods of a node that it no longer hears of not ready, and says no more than that. A
    kubelet would do so only for the sake of containers: pods of sessions have no readiness gates.
    """
    lost = any(found.type == "Ready" and found.reason == "NodeLost" for found in status.conditions)
    marked = _is_true(status.conditions, "ContainersReady") and _is_false(status.conditions, "Ready")
    return lost or marked or status.reason == "NodeLost" or _is_false_for(status.conditions, "NodeNotReady")


def _is_false(conditions: Sequence[_Condition], kind: str) -> bool:
    return any(condition.type == kind and condition.status == "False" for condition in conditions)


def _is_false_for(conditions: Sequence[_Condition], reason: str) -> bool:
    return any(found.type == "Ready" and found.status != "True" and found.reason == reason for found in conditions)


def _hindrance(status: _Status, container: _ContainerStatus) -> tuple[str, str]:
    if container.state.waiting is not None:
        return container.state.waiting.reason, container.state.waiting.message
    for condition in status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason, condition.message
    return status.reason, status.message
