"""A control plane of its own: the chart brings definitions for the whole cluster, which other tests need not see."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.chart.foreign import KINDS, definition
from tests.cluster.chart.helm import Helm
from tests.cluster.control_plane import ControlPlane

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ENFORCED = {"pod-security.kubernetes.io/enforce": "restricted"}


@pytest.fixture(scope="session")
def chart_cluster() -> Iterator[ControlPlane]:
    with ControlPlane() as control:
        for kind in KINDS:
            control.client.create(DEFINITIONS, definition(*kind))
        control.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        yield control


OTHERS = ("acme", "globex")
"""Namespaces that one of the files of values watches."""
CLASSES = ("platform", "sessions")
"""Its priority classes."""


def make_namespace(control: ControlPlane, name: str) -> None:
    """With Pod Security enforced, as a careful platform team has it."""
    metadata: dict[str, Any] = {"name": name, "labels": ENFORCED}
    control.client.create("/api/v1/namespaces", {"metadata": metadata})


@pytest.fixture(scope="session")
def what_the_values_name(chart_cluster: ControlPlane) -> None:
    for name in OTHERS:
        make_namespace(chart_cluster, name)
    for name in CLASSES:
        priority = {"metadata": {"name": name}, "value": 1000}
        chart_cluster.client.create("/apis/scheduling.k8s.io/v1/priorityclasses", priority)


@pytest.fixture
def place(chart_cluster: ControlPlane) -> Iterator[str]:
    name = f"chart-{uuid.uuid4().hex[:8]}"
    make_namespace(chart_cluster, name)
    yield name
    chart_cluster.client.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def helm(chart_cluster: ControlPlane, place: str) -> Iterator[Helm]:
    """A release; afterwards the definitions go, which belong to it and would be in the way of the next one."""
    yield Helm(chart_cluster, place)
    ours = ("companies.recado.dev", "whatsappconnections.recado.dev")
    chart_cluster.kubectl("delete", "crd", *ours, "--ignore-not-found", "--timeout=60s")
