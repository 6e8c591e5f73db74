"""One cluster with Recado in it for all tests of this folder, installed once; each test has a connection of its own."""

import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from tests.cluster.installation import Installation
from tests.cluster.platform.product import Product, company
from tests.cluster.programs import ROOT
from tests.cluster.real_cluster import RealCluster

HERE = Path(__file__).parent
BUILD_SECONDS = 1500
FIRST = ("test_install", "test_journey", "test_texts")
"""What a new user does, in that order; the others find it done."""
LAST = "test_leaving"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts the tests of this folder among themselves; others stay where they are."""
    ours = [item for item in items if HERE in item.path.parents]
    in_order = iter(sorted(ours, key=_place))
    items[:] = [next(in_order) if HERE in item.path.parents else item for item in items]


def _place(item: pytest.Item) -> tuple[int, int]:
    """The last module's tests in the order of their lines: after its last one nothing is left."""
    module = item.path.stem
    if module == LAST:
        return len(FIRST) + 1, item.location[1] or 0
    return FIRST.index(module) if module in FIRST else len(FIRST), 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what was there."""
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.failed and product is not None:
        for what in (("get", "pods,wac,co", "-o", "wide"), ("logs", "deploy/recado-operator", "--tail=60")):
            done = product.installation.cluster.control.run_kubectl("--namespace=recado", *what)
            report.sections.append((" ".join(what), done.stdout + done.stderr))
    return report


@pytest.fixture(scope="session")
def images() -> None:
    """Builds what changed."""
    subprocess.run([ROOT / "scripts/images"], check=True, stdout=subprocess.DEVNULL, timeout=BUILD_SECONDS)  # noqa: S603 - ours


@pytest.fixture(scope="session")
def installation(images: None) -> Iterator[Installation]:
    with RealCluster(spares=1) as cluster:
        recado = Installation(cluster)
        recado.install()
        yield recado


@pytest.fixture(scope="session")
def product(installation: Installation) -> Iterator[Product]:
    with Product(installation) as product:
        yield product


@pytest.fixture
def acme(product: Product) -> Product:
    """The product, and a Company in it that the inbox can declare connections of."""
    product.apply(company())
    product.kubectl("wait", "--for=condition=Ready", "co/acme", "--timeout=60s")
    return product
