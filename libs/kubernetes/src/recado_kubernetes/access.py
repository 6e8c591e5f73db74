"""Where the API server is, and as whom to talk to it: the pod's service account, else the kubeconfig file."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from kubernetes.aio.client import Configuration
from kubernetes.aio.config import ConfigException, load_incluster_config, load_kube_config

from recado_core.errors import ConfigurationError
from recado_kubernetes.client import KubernetesClient

IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


async def configuration(environ: Mapping[str, str] | None = None) -> Configuration:
    """Tokens of a service account are read anew each minute. Raises ConfigurationError."""
    source = os.environ if environ is None else environ
    made = Configuration()
    made.client_session_kwargs = {"trust_env": False}  # looking for a proxy costs a thread's work for each request
    try:
        if source.get("KUBECONFIG") or not source.get(IN_CLUSTER):
            await load_kube_config(config_file=source.get("KUBECONFIG"), client_configuration=made)  # type: ignore[no-untyped-call]
        else:
            load_incluster_config(client_configuration=made)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError) as error:
        raise ConfigurationError(
            f"There is no way to the Kubernetes API: {error}. Run in a pod with a service account, or set KUBECONFIG"
        ) from error
    return made


def reachable(environ: Mapping[str, str]) -> bool:
    """Whether this process was told of a cluster."""
    return bool(environ.get("KUBECONFIG") or environ.get(IN_CLUSTER))


async def connect(manager: str, environ: Mapping[str, str] | None = None) -> KubernetesClient:
    """Raises ConfigurationError."""
    return KubernetesClient(await configuration(environ), manager)


def own_namespace(environ: Mapping[str, str] | None = None) -> str:
    """The pod's namespace, or that of the kubeconfig's context, else `default`."""
    source = os.environ if environ is None else environ
    if kubeconfig := source.get("KUBECONFIG"):
        return _context(yaml.safe_load(Path(kubeconfig).read_text())).get("namespace") or "default"
    told = ACCOUNT / "namespace"
    return told.read_text().strip() if told.exists() else "default"


def _context(config: Any) -> dict[str, str]:
    current = config.get("current-context")
    found = [entry["context"] for entry in config.get("contexts", []) if entry["name"] == current]
    return found[0] if found else {}


def tls_context(of: Configuration) -> ssl.SSLContext:
    """How the API server is trusted, and what we show it, for connections that others make."""
    context = ssl.create_default_context(cafile=of.ssl_ca_cert, cadata=of.ca_cert_data)
    if of.cert_file:
        context.load_cert_chain(of.cert_file, keyfile=of.key_file)
    if not of.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
