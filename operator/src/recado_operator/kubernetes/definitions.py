"""Whether the API server keeps every field that we read and write.

One with older definitions drops what it does not know, without a word: declarations lose fields, and each new leader
would find requests unanswered whose answers were dropped from the status. So an operator that is newer than the
definitions does not begin; in an upgrade the one before leads on. A process that cannot compare does not say no.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from recado_core.errors import ConfigurationError
from recado_core.log import logger
from recado_core.resources.company import CompanySpec, CompanyStatus
from recado_core.resources.connection import WhatsAppConnectionSpec, WhatsAppConnectionStatus
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import KubernetesError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, RECADO

Schema = Mapping[str, Any]

MODELS = {
    COMPANIES: {"spec": CompanySpec, "status": CompanyStatus},
    CONNECTIONS: {"spec": WhatsAppConnectionSpec, "status": WhatsAppConnectionStatus},
}

log = logger(__name__)


async def refuse_older_definitions(client: KubernetesClient) -> None:
    """Raises ConfigurationError."""
    try:
        served = await client.schemas(RECADO)
    except KubernetesError as error:
        log.warning("served definitions not compared", problem=error.detail)
        return
    if unknown := sorted(unknown_fields(served)):
        raise ConfigurationError(
            f"The cluster's custom resource definitions are older than this operator: they lack {', '.join(unknown)}. "
            "Upgrade them first, with crds.install or kubectl apply --server-side -f crds/"
        )


def unknown_fields(served: Mapping[str, Schema]) -> Iterator[str]:
    """`served`: the schemas of our group. A kind that is not among them is not judged: it may come in a moment."""
    for kind, models in MODELS.items():
        for known in (schema["properties"] for name, schema in served.items() if name.endswith(f".{kind.kind}")):
            for part, model in models.items():
                ours = msgspec.json.schema(model)
                yield from _unknown(ours, known.get(part, {}), ours["$defs"], f"{kind.kind} {part}")


def _unknown(ours: Schema, served: Schema, definitions: Mapping[str, Schema], path: str) -> Iterator[str]:
    for choice in ours.get("anyOf", ()):
        yield from _unknown(choice, served, definitions, path)
    if "$ref" in ours:
        yield from _unknown(definitions[ours["$ref"].rpartition("/")[2]], served, definitions, path)
    if "items" in ours:
        yield from _unknown(ours["items"], served.get("items", {}), definitions, f"{path}[]")
    for name, inner in ours.get("properties", {}).items():
        if name not in served.get("properties", {}):
            yield f"{path}.{name}"
        else:
            yield from _unknown(inner, served["properties"][name], definitions, f"{path}.{name}")
