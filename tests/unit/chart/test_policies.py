"""What must hold for every object of every file of values, whatever somebody adds later."""

import re

import pytest
from tests.unit.chart.charts import CHART, Object, containers, matches, named, of_kind, pods, render, values_of, walk

GIVEN = "-given"
"""Ends the names of Secrets and ConfigMaps that the files of values say exist."""
MADE_BY_OTHERS = {"recado-database-ca": "CloudNativePG", "recado-tls": "cert-manager"}
NOT_OURS = {"session"}
"""Pods that the operator makes."""


def test_every_pod_is_restricted(objects: list[Object]) -> None:
    for name, pod in pods(objects):
        spec, security = pod["spec"], pod["spec"]["securityContext"]
        assert security["runAsNonRoot"], name
        assert security["runAsUser"] == security["runAsGroup"] == 65532, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        assert spec["enableServiceLinks"] is False, name
        assert all(set(volume) & {"emptyDir", "configMap", "persistentVolumeClaim"} for volume in spec["volumes"]), name
        for container in containers(pod):
            given = container["securityContext"]
            assert given["allowPrivilegeEscalation"] is False, name
            assert given["readOnlyRootFilesystem"] is True, name
            assert given["capabilities"] == {"drop": ["ALL"]}, name


def test_only_who_talks_to_the_cluster_has_a_token(objects: list[Object]) -> None:
    bound = {subject["name"] for one in of_kind(objects, "RoleBinding") for subject in one["subjects"]}
    mounted = {
        pod["spec"]["serviceAccountName"] for _, pod in pods(objects) if pod["spec"]["automountServiceAccountToken"]
    }
    assert bound <= mounted
    assert mounted <= bound | {"recado-operator", "recado-api"}  # with operator.rbac.create=false somebody else binds
    for account in of_kind(objects, "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False


def test_every_container_is_probed_and_bounded(objects: list[Object]) -> None:
    for name, pod in pods(objects):
        for container in containers(pod):
            assert container["resources"]["requests"].keys() >= {"cpu", "memory"}, name
            assert "memory" in container["resources"]["limits"], name
            assert "cpu" not in container["resources"]["limits"], name
            assert not container["image"].endswith(":latest"), name
            assert re.search(r"(:[\w.-]+|@sha256:[0-9a-f]{64})$", container["image"]), name
        if not name.startswith(("Job/", "Pod/")):
            for container in pod["spec"]["containers"]:
                assert container.keys() >= {"livenessProbe", "readinessProbe"}, name


def test_no_variable_comes_twice(objects: list[Object]) -> None:
    """Server-side apply refuses it."""
    for name, pod in pods(objects):
        for container in containers(pod):
            names = [variable["name"] for variable in container.get("env", [])]
            assert len(names) == len(set(names)), name


def test_what_the_user_adds_wins() -> None:
    objects = render(values_of(CHART / "ci" / "openshift-values.yaml"))
    pod = named(objects, "Deployment", "recado-operator")["spec"]["template"]
    (level,) = [one for one in pod["spec"]["containers"][0]["env"] if one["name"] == "RECADO_LOG_LEVEL"]
    assert level["value"] == "debug"


def test_everything_wears_the_common_labels(objects: list[Object]) -> None:
    wanted = {"name", "instance", "component", "part-of", "version", "managed-by"}
    for one in objects:
        labels = one["metadata"].get("labels", {})
        if one["metadata"]["name"] in {"extra-given", "recado-text"}:
            continue
        assert {f"app.kubernetes.io/{label}" for label in wanted} | {"helm.sh/chart"} <= set(labels), one["metadata"][
            "name"
        ]


def test_every_selector_hits_a_pod(objects: list[Object]) -> None:
    labels = [pod["metadata"]["labels"] for _, pod in pods(objects)]
    selectors = {
        f"{one['kind']}/{one['metadata']['name']}": _selector(one)
        for one in of_kind(
            objects, "Service", "PodDisruptionBudget", "NetworkPolicy", "PodMonitor", "Deployment", "StatefulSet"
        )
    }
    for name, selector in selectors.items():
        if selector["matchLabels"].get("app.kubernetes.io/component") in NOT_OURS:
            continue
        assert any(matches(selector, found) for found in labels), name


def test_every_peer_of_a_policy_is_a_pod(objects: list[Object]) -> None:
    labels = [pod["metadata"]["labels"] for _, pod in pods(objects)]
    for policy in of_kind(objects, "NetworkPolicy"):
        rules = [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]
        peers = [peer for rule in rules for peer in [*rule.get("from", []), *rule.get("to", [])]]
        for peer in [one["podSelector"] for one in peers if "podSelector" in one]:
            foreign = {"cnpg.io/cluster"} & peer["matchLabels"].keys()
            if foreign or peer["matchLabels"].get("app.kubernetes.io/component") in NOT_OURS:
                continue
            if peer["matchLabels"]["app.kubernetes.io/component"] == "tests":
                continue  # a pod that exists during `helm test` only
            assert any(matches(peer, found) for found in labels), (policy["metadata"]["name"], peer)


def test_every_reference_to_a_secret_or_config_resolves(objects: list[Object]) -> None:
    made: dict[tuple[str, str], set[str]] = {
        (one["kind"], one["metadata"]["name"]): {*one.get("data", {}), *one.get("stringData", {})}
        for one in of_kind(objects, "Secret", "ConfigMap")
    }
    for name, pod in pods(objects):
        for kind, wanted, key in _references(pod):
            if wanted.endswith(GIVEN) or wanted in MADE_BY_OTHERS:
                continue
            assert (kind, wanted) in made, (name, wanted)
            assert key is None or key in made[kind, wanted], (name, wanted, key)


def test_every_port_exists(objects: list[Object]) -> None:
    for service in of_kind(objects, "Service"):
        for port in service["spec"]["ports"]:
            selected = [
                pod
                for _, pod in pods(objects)
                if matches({"matchLabels": service["spec"]["selector"]}, pod["metadata"]["labels"])
            ]
            assert selected
            for pod in selected:
                assert port["targetPort"] in _ports(pod), service["metadata"]["name"]
    services = {one["metadata"]["name"]: one for one in of_kind(objects, "Service")}
    for ingress in of_kind(objects, "Ingress"):
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            backend = path["backend"]["service"]
            assert backend["port"]["name"] in {port["name"] for port in services[backend["name"]]["spec"]["ports"]}
    for route in of_kind(objects, "HTTPRoute"):
        for rule in route["spec"]["rules"]:
            (backend,) = rule["backendRefs"]
            assert backend["port"] in {port["port"] for port in services[backend["name"]]["spec"]["ports"]}


def test_probes_and_policies_name_ports_that_exist(objects: list[Object]) -> None:
    for name, pod in pods(objects):
        for path, value in walk(pod["spec"]["containers"]):
            if re.search(r"(httpGet|tcpSocket)\.port$", path):
                assert value in _ports(pod), (name, path)
    for policy in of_kind(objects, "NetworkPolicy"):
        selected = [
            pod for _, pod in pods(objects) if matches(policy["spec"]["podSelector"], pod["metadata"]["labels"])
        ]
        for rule in policy["spec"].get("ingress", []):
            for port in rule["ports"]:
                assert all(port["port"] in _ports(pod) for pod in selected), policy["metadata"]["name"]


def test_accounts_and_volumes_exist(objects: list[Object]) -> None:
    accounts = {one["metadata"]["name"] for one in of_kind(objects, "ServiceAccount")}
    for name, pod in pods(objects):
        assert pod["spec"]["serviceAccountName"] in accounts, name
        templates = [
            claim["metadata"]["name"]
            for one in of_kind(objects, "StatefulSet")
            if name.endswith(f"/{one['metadata']['name']}")
            for claim in one["spec"].get("volumeClaimTemplates", [])
        ]
        volumes = {*(volume["name"] for volume in pod["spec"]["volumes"]), *templates}
        for container in containers(pod):
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            assert mounted <= volumes, name


def test_no_secret_stands_in_the_open(objects: list[Object]) -> None:
    for name, pod in pods(objects):
        for container in containers(pod):
            for variable in container.get("env", []):
                if (
                    re.search(r"PASS|SECRET|DSN|TOKEN", variable["name"])
                    and variable["name"] != "RECADO_SESSION_SETTINGS_SECRET"
                    and not variable["name"].endswith("_PULL_SECRETS")
                ):
                    assert "value" not in variable, (name, variable["name"])
    for one in of_kind(objects, "ConfigMap"):
        assert not re.search(
            r"password|BEGIN .*PRIVATE",
            "".join(one["data"].values())
            .replace("RECADO_PASSWORD", "")
            .replace('"password"', "")
            .replace("admin-password", ""),
        ), one["metadata"]["name"]


def test_a_budget_never_blocks_a_drain(objects: list[Object]) -> None:
    for budget in of_kind(objects, "PodDisruptionBudget"):
        workload = named(objects, "Deployment", budget["metadata"]["name"])
        assert workload["spec"].get("replicas", 2) > 1
        assert "minAvailable" not in budget["spec"]


def test_everything_is_denied_that_is_not_listed() -> None:
    objects = render(values_of(CHART / "ci" / "evaluation-values.yaml"))
    policy = named(objects, "NetworkPolicy", "recado-default-deny")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(policy)
    for name, pod in pods(objects):
        assert matches(policy["podSelector"], pod["metadata"]["labels"]), name


@pytest.mark.parametrize("file", ["minimal", "namespaces", "external"])
def test_the_operator_may_do_what_it_needs_and_no_more(file: str) -> None:
    objects = render(values_of(CHART / "ci" / f"{file}-values.yaml"))
    for role in of_kind(objects, "Role", "ClusterRole"):
        for rule in role["rules"]:
            assert "*" not in str(rule), role["metadata"]["name"]
            if "secrets" in rule["resources"]:
                assert not {"list", "watch", "deletecollection"} & set(rule["verbs"])
                assert ("get" in rule["verbs"]) == (file == "namespaces")
            assert not {"escalate", "bind", "impersonate"} & set(rule["verbs"])
    assert not of_kind(objects, "ClusterRoleBinding")


def test_who_may_read_secrets_may_read_one_by_its_name_and_nothing_else() -> None:
    values = values_of(CHART / "ci" / "minimal-values.yaml")
    objects = render({**values, "operator": {**values.get("operator", {}), "allowSecretReads": True}})
    granted, by_default = _granted(objects), _granted(render(values))
    assert granted - by_default == {("recado-operator", "get", "", "secrets")}
    assert by_default <= granted
    operator = named(objects, "Deployment", "recado-operator")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "RECADO_MAKE_FIRST_ADMINS", "value": "true"} in operator["env"]


def test_nodes_are_seen_only_when_somebody_allows_it() -> None:
    values = values_of(CHART / "ci" / "minimal-values.yaml")
    objects = render({**values, "operator": {**values.get("operator", {}), "drain": {"enabled": True}}})
    role = named(objects, "ClusterRole", "recado-desk-nodes")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    (binding,) = of_kind(objects, "ClusterRoleBinding")
    assert (binding["roleRef"]["name"], binding["subjects"][0]["name"]) == ("recado-desk-nodes", "recado-operator")


def test_each_watched_namespace_has_what_its_sessions_need() -> None:
    objects = render(values_of(CHART / "ci" / "namespaces-values.yaml"))
    for namespace in ("acme", "globex"):
        here = [one for one in objects if one["metadata"].get("namespace") == namespace]
        assert {(one["kind"], one["metadata"]["name"]) for one in here} >= {
            ("Role", "inbox-operator"),
            ("Role", "inbox-api"),
            ("ServiceAccount", "recado-session"),
            ("NetworkPolicy", "inbox-session"),
        }


def test_the_test_declares_where_the_operator_looks() -> None:
    values = values_of(CHART / "ci" / "namespaces-values.yaml") | {"firstAdmin": {"email": "ana@example.com"}}
    objects = render(values)
    pod = named(objects, "Pod", "inbox-test-link")
    told = {one["name"]: one.get("value") for one in containers(pod)[0]["env"]}
    assert (pod["metadata"]["namespace"], told["RECADO_NAMESPACE"]) == ("desk", "acme")
    for kind in ("Role", "RoleBinding"):
        assert named(objects, kind, "inbox-tests")["metadata"]["namespace"] == "acme"


def _granted(objects: list[Object]) -> set[tuple[str, str, str, str]]:
    """Role, verb, group and resource."""
    return {
        (role["metadata"]["name"], verb, group, resource)
        for role in of_kind(objects, "Role", "ClusterRole")
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def _selector(one: Object) -> Object:
    spec = one["spec"]
    if one["kind"] == "Service":
        return {"matchLabels": spec["selector"]}
    found: Object = spec.get("podSelector") or spec["selector"]
    return found


def _ports(pod: Object) -> set[object]:
    declared = [port for container in pod["spec"]["containers"] for port in container.get("ports", [])]
    return {port["name"] for port in declared} | {port["containerPort"] for port in declared}


def _references(pod: Object) -> list[tuple[str, str, str | None]]:
    found: list[tuple[str, str, str | None]] = []
    for container in containers(pod):
        for variable in container.get("env", []):
            source = variable.get("valueFrom", {})
            for kind, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
                if field in source:
                    found.append((kind, source[field]["name"], source[field]["key"]))
        for source in container.get("envFrom", []):
            found += [
                (kind, source[field]["name"], None)
                for kind, field in (("Secret", "secretRef"), ("ConfigMap", "configMapRef"))
                if field in source
            ]
    found += [
        ("ConfigMap", volume["configMap"]["name"], None) for volume in pod["spec"]["volumes"] if "configMap" in volume
    ]
    return found
