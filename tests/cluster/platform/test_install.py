"""The chart on a real node: pods become ready under enforced Pod Security, `helm test` passes, the inbox opens."""

import json
import logging

import pytest
from playwright.sync_api import expect
from tests.cluster.installation import NAMESPACE, Installation
from tests.cluster.platform.product import GROUP, PODS, Product
from tests.support.browser import Agent, launched, person

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]
COMPONENTS = {"api", "frontend", "operator", "postgres", "realtime", "redis", "simulator", "worker-default"}

log = logging.getLogger(__name__)


def test_every_pod_is_ready(installation: Installation) -> None:
    pods = installation.client.items(PODS)
    running = {
        pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod["status"]
        for pod in pods
        if pod["status"]["phase"] != "Succeeded"
    }
    assert running.keys() == COMPONENTS
    for name, status in running.items():
        assert {one["type"]: one["status"] for one in status["conditions"]}["Ready"] == "True", name
        assert sum(one["restartCount"] for one in status["containerStatuses"]) == 0, name


def test_its_namespace_admits_restricted_pods_only(installation: Installation) -> None:
    labels = installation.client.get(f"/api/v1/namespaces/{NAMESPACE}")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    root = ("run", "root", "--image=localhost/visitor:1", "--dry-run=server")
    refused = installation.cluster.control.run_kubectl(f"--namespace={NAMESPACE}", *root)
    assert "violates PodSecurity" in refused.stderr


def test_helm_test_links_a_phone_and_leaves_nothing_behind(installation: Installation) -> None:
    said = installation.helm.run("test", "recado", "--logs", "--timeout=120s")
    log.info("%s", said)
    assert "ok: the connection is Ready" in said
    for plural in ("companies", "whatsappconnections"):
        assert installation.client.items(f"{GROUP}/{plural}") == []


def test_the_inbox_opens_in_a_browser_through_its_service(product: Product) -> None:
    with launched() as browser, person(browser) as somebody:
        page = somebody.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        agent = Agent(page, product).signed_in()
        agent.go("Conexões")
        expect(page.get_by_role("button", name="Nova conexão")).to_be_visible()
    assert complaints == []


def test_the_notes_say_how_to_go_on(installation: Installation) -> None:
    notes = json.loads(installation.helm.run("status", "recado", "--output=json"))["info"]["notes"]
    assert installation.url in notes
    assert installation.password not in notes
    for word in ("kubectl apply", "helm test recado", "evaluation only"):
        assert word in notes
