"""One control plane for all modules that leave it as they found it; those that break it start their own."""

import uuid
from collections.abc import Iterator

import pytest
from tests.cluster.client import KubernetesClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.real_cluster import require


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there can be no real node, its tests are skipped and say why."""
    nodes = [item for item in items if item.get_closest_marker("node")]
    if not nodes:
        return
    try:
        require()
    except RuntimeError as error:
        for item in nodes:
            item.add_marker(pytest.mark.skip(reason=str(error)))


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    with ControlPlane() as control:
        yield control


@pytest.fixture
def client(control_plane: ControlPlane) -> KubernetesClient:
    """The admin's."""
    return control_plane.client


@pytest.fixture
def namespace(client: KubernetesClient) -> Iterator[str]:
    """A namespace of the test's own, deleted (not awaited) afterwards."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    client.create("/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    client.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def fault_proxy(control_plane: ControlPlane) -> Iterator[FaultProxy]:
    with control_plane.fault_proxy() as proxy:
        yield proxy
