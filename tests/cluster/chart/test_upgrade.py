"""From the previous release to this one with `helm upgrade`, as users do: nothing that Kubernetes refuses to change.

`previous.tgz` is that release with its files of values; `scripts/chart release` keeps the next one.
"""

import base64
import shutil
import tarfile
from pathlib import Path

import pytest
from tests.cluster.chart.helm import Helm
from tests.cluster.chart.test_install import expect_pods
from tests.cluster.chart.value_files import EACH
from tests.cluster.control_plane import ControlPlane
from tests.unit.chart.charts import CHART, values_of

PREVIOUS = Path(__file__).with_name("previous.tgz")

pytestmark = pytest.mark.usefixtures("what_the_values_name")


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("previous")
    with tarfile.open(PREVIOUS) as archive:
        archive.extractall(directory, filter="data")
    return directory / "recado"


def test_there_is_something_to_upgrade_from(previous: Path) -> None:
    before, now = (values_of(chart / "Chart.yaml")["version"] for chart in (previous, CHART))
    assert before != now
    assert len(list((previous / "ci").glob("*-values.yaml"))) >= 8


@pytest.mark.parametrize("file", EACH)
def test_every_installation_is_upgraded(
    chart_cluster: ControlPlane, place: str, helm: Helm, previous: Path, file: Path
) -> None:
    """With the values that it was installed with: a release never asks its users to change them."""
    given = previous / "ci" / file.name
    values = values_of(given if given.exists() else file)
    helm.install(previous, values)
    try:
        expect_pods(chart_cluster, place, helm.manifest())
        helm.upgrade(CHART, values)
        assert helm.status()["version"] == 2
        expect_pods(chart_cluster, place, helm.manifest())
    finally:
        helm.uninstall()


def test_what_an_earlier_release_did_not_generate_is_added(
    chart_cluster: ControlPlane, place: str, helm: Helm, previous: Path
) -> None:
    """Sessions had no login of their own to Redis; nobody is asked to make one."""

    def kept(name: str) -> dict[str, str]:
        found = chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/{name}")["data"]
        return {key: base64.b64decode(value).decode() for key, value in found.items()}

    helm.install(previous, {})
    before = kept("recado-secrets")
    helm.upgrade(CHART, {})
    now = kept("recado-secrets")
    assert before.items() <= now.items()
    login = f"redis://session:{now['redis-session-password']}@"
    assert kept("recado-session-settings")["REDIS_URI"].startswith(login)
    helm.uninstall()


def test_what_cannot_be_changed_would_be_refused(helm: Helm, previous: Path, tmp_path: Path) -> None:
    """The test above has teeth."""
    broken = tmp_path / "recado"
    shutil.copytree(CHART, broken)
    names = broken / "templates" / "_names.tpl"
    selector = '{{- define "recado.selector" -}}\n'
    assert selector in names.read_text()
    names.write_text(names.read_text().replace(selector, f"{selector}recado.dev/new: label\n"))
    helm.install(previous, {})
    assert "field is immutable" in helm.refused("upgrade", broken, {})
    helm.uninstall()
