"""The kinds of objects that Recado reads and writes, and where each lies in the API."""

from urllib.parse import quote

from msgspec import Struct


class Kind(Struct, frozen=True):
    api_version: str
    kind: str
    plural: str

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        """Of the collection, of one object, or of its subresource. Without a namespace: in the cluster as a whole."""
        root = "/api/" if "/" not in self.api_version else "/apis/"
        place = ["namespaces", namespace] if namespace else []
        parts = [f"{root}{self.api_version}", *place, self.plural, name, subresource]
        return "/".join(quote(part, safe="/") for part in parts if part)


RECADO = "recado.dev/v1alpha1"

COMPANIES = Kind(RECADO, "Company", "companies")
CONNECTIONS = Kind(RECADO, "WhatsAppConnection", "whatsappconnections")
PODS = Kind("v1", "Pod", "pods")
SECRETS = Kind("v1", "Secret", "secrets")
CONFIG_MAPS = Kind("v1", "ConfigMap", "configmaps")
SERVICE_ACCOUNTS = Kind("v1", "ServiceAccount", "serviceaccounts")
RESOURCE_QUOTAS = Kind("v1", "ResourceQuota", "resourcequotas")
NETWORK_POLICIES = Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies")
POD_DISRUPTION_BUDGETS = Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
NODES = Kind("v1", "Node", "nodes")
LEASES = Kind("coordination.k8s.io/v1", "Lease", "leases")
EVENTS = Kind("events.k8s.io/v1", "Event", "events")
