"""What a pod means to the planner: whether it runs, how it ended, and how far it is from what it should be."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from recado_core.session_states import ExitCode
from recado_operator.build import names
from recado_operator.build.blueprint import Blueprint
from recado_operator.build.hashing import marks_hash, resources_hash, template_hash
from recado_operator.build.pod import CONTAINER, build_annotations, build_labels, plain_annotations
from recado_operator.kubernetes.pods import PodView, marks_of
from recado_operator.world import Drift, SessionProcess

LONGEST_IN_PLACE = 5
"""So often the kubelet starts a container again by itself; then the pod counts as ended, and our slower wait begins."""

COMPLAINT_LENGTH = 500


def as_process(connection_id: UUID, pod: PodView, now: datetime, **judged: Any) -> SessionProcess:
    """`judged` are the fields that say what the pod is compared with others: `drift`, `version` …"""
    running = pod.running and not _given_up(pod)
    return SessionProcess(
        connection_id=connection_id,
        epoch=pod.epoch,
        running=running,
        age_seconds=(now - pod.started).total_seconds() if pod.started else 0.0,
        stopping=pod.deleting,
        exit_code=None if running else pod.exit_code,
        complaint="" if running else complaint_of(pod.ended),
        unreachable=pod.unreachable,
        disrupted=pod.disrupted,
        waiting=pod.waiting,
        message=pod.message,
        ready=pod.ready,
        restarts=pod.restarts,
        name=pod.name,
        uid=pod.uid,
        node=pod.node,
        image=pod.image,
        template_hash=pod.template_hash,
        started_at=pod.started,
        **judged,
    )


def complaint_of(log: str) -> str:
    """The `problem` of the last line that names one, at most COMPLAINT_LENGTH long: our sessions log JSON lines."""
    for line in reversed(log.splitlines()):
        try:
            problem = json.loads(line).get("problem", "")
        except (ValueError, AttributeError):
            continue
        if problem:
            return str(problem)[:COMPLAINT_LENGTH]
    return ""


def drift_of(pod: PodView, wanted: Blueprint, *, rigid: bool) -> Drift:
    """The largest difference counts. A `rigid` pod has the size that it was made with."""
    resized = pod.resources_hash != resources_hash(wanted)
    if pod.template_hash != template_hash(wanted) or (rigid and resized):
        return Drift.TEMPLATE
    if pod.image != wanted.image:
        return Drift.IMAGE
    if resized:
        return Drift.RESOURCES
    return Drift.NONE if pod.marks_hash == marks_hash(wanted) else Drift.METADATA


def mends(pod: PodView, wanted: Blueprint, let_be: Collection[int], *, rigid: bool) -> bool:
    """Something differs that can be corrected without an interruption. Missing marks do not count if in `let_be`."""
    sized = rigid or pod.resources_hash == resources_hash(wanted)
    made = sized and pod.marks_hash == marks_hash(wanted)
    return not made or pod.hidden or not missing_marks(pod, wanted) <= {*let_be}


def missing_marks(pod: PodView, wanted: Blueprint) -> set[int]:
    """Labels and annotations that others took away or changed, whatever our hashes on the pod say."""
    return {*marks_of(build_labels(wanted)), *marks_of(plain_annotations(wanted))} - {*pod.marks}


def correction(pod: PodView, wanted: Blueprint, *, image: bool, sized: bool) -> dict[str, Any]:
    """A patch that makes the pod what it should be. What only another pod can have stays told as it is."""
    marks = {**build_annotations(wanted), names.TEMPLATE_HASH: pod.template_hash}
    if not sized:
        marks[names.RESOURCES_HASH] = pod.resources_hash
    labels = {names.GUARDED: None, **build_labels(wanted)}
    change: dict[str, Any] = {"metadata": {"uid": pod.uid, "labels": labels, "annotations": marks}}
    if image and pod.image != wanted.image:
        change["spec"] = {"containers": [{"name": CONTAINER, "image": wanted.image}]}
    return change


def _given_up(pod: PodView) -> bool:
    """Its container has ended in a way, or so often, that starting it in place leads nowhere."""
    if pod.waiting != "CrashLoopBackOff":
        return False
    return pod.exit_code == ExitCode.CONFIGURATION or pod.restarts >= LONGEST_IN_PLACE
