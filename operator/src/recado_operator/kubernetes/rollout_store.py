"""The ConfigMap `recado-rollout`: for people a few words, for the next leader the whole state.

`recado.dev/pause: "true"` on it stops everything where it is. Deleted, the roll-out to the present target begins anew.
"""

from typing import Any

import msgspec

from recado_core.log import logger
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import CONFIG_MAPS
from recado_kubernetes.objects import ObjectMeta, decode
from recado_operator.build.names import PART_OF, PAUSE, ROLLOUT
from recado_operator.plan.releases import WAVES, Phase, RolloutPolicy, RolloutState
from recado_operator.rollout import Stored

STATE = "state.json"

log = logger(__name__)


class _ConfigMap(msgspec.Struct):
    metadata: ObjectMeta
    data: dict[str, str] = {}


class ConfigMapStore:
    def __init__(self, client: KubernetesClient, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    async def read(self) -> Stored:
        found = await self._client.get(CONFIG_MAPS, self._namespace, ROLLOUT, _ConfigMap)
        return Stored() if found is None else _stored(found)

    async def write(self, state: RolloutState, version: str, policy: RolloutPolicy) -> Stored:
        metadata: dict[str, Any] = {"name": ROLLOUT, "labels": {PART_OF: "recado"}}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": _tell(state, policy)}
        if not version:
            answer = await self._client.create(CONFIG_MAPS, self._namespace, manifest)
        else:
            metadata["resourceVersion"] = version
            answer = await self._client.strategic(CONFIG_MAPS, self._namespace, ROLLOUT, manifest)
        return _stored(decode(answer, _ConfigMap))


def _stored(found: _ConfigMap) -> Stored:
    metadata = found.metadata
    try:
        state = msgspec.json.decode(found.data.get(STATE, ""), type=RolloutState)
    except msgspec.MsgspecError as error:
        log.warning("the stored roll-out cannot be read and begins anew", problem=str(error))
        state = None
    paused = metadata.annotations.get(PAUSE) == "true"
    return Stored(state=state, paused=paused, version=metadata.resource_version)


def _tell(state: RolloutState, policy: RolloutPolicy) -> dict[str, str]:
    wave = f"{state.wave + 1} of {len(policy.waves)}" if state.phase in WAVES else ""
    target, settled = state.target, state.settled
    return {
        "phase": state.phase.value,
        "from": f"Stable {settled.stable.version}, Canary {settled.canary.version}",
        "to": f"Stable {target.stable.version}, Canary {target.canary.version}",
        "wave": wave,
        "why": state.why,
        "next": _next(state),
        STATE: msgspec.json.encode(state).decode(),
    }


def _next(state: RolloutState) -> str:
    match state.phase:
        case Phase.SETTLED:
            return "Nothing to do."
        case Phase.ROLLING_BACK:
            return "Sessions go back to the release before. Wait, then see here again."
        case Phase.ROLLED_BACK:
            return (
                "Sessions run the release before. Find the cause in the log of a session that was moved, then choose "
                "another version (session.stable, session.canary), or delete this ConfigMap to try this one again."
            )
        case _:
            return f'Nothing to do. To stop it where it is, annotate this ConfigMap with {PAUSE}: "true".'
