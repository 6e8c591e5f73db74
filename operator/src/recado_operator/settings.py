"""Settings of the operator in a cluster, read once from the environment at the start."""

import socket
from collections.abc import Mapping
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load
from recado_operator.build.draw import Fleet
from recado_operator.plan.releases import RolloutPolicy, Wave

DRAIN_TAINTS = (
    "ToBeDeletedByClusterAutoscaler,DeletionCandidateOfClusterAutoscaler,karpenter.sh/disrupted,karpenter.sh/disruption"
)
DEFAULT_WAVES = (
    '[{"percent": 0, "soakSeconds": 900}, {"percent": 1, "soakSeconds": 600}, {"percent": 10, "soakSeconds": 900}, '
    '{"percent": 50, "soakSeconds": 900}, {"percent": 100, "soakSeconds": 900}]'
)


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    watch_namespaces: Annotated[
        str, Setting("RECADO_WATCH_NAMESPACES", "Namespaces to serve, comma separated; empty means its own.")
    ] = ""
    namespace: Annotated[
        str, Setting("RECADO_NAMESPACE", "Namespace of the leader's lease; empty means that of the pod.")
    ] = ""
    identity: Annotated[
        str, Setting("RECADO_OPERATOR_IDENTITY", "Name of this process in the lease; empty means the host name.")
    ] = ""
    workers: Annotated[
        int, Meta(ge=1, le=200), Setting("RECADO_OPERATOR_WORKERS", "How many connections are worked on at a time.")
    ] = 20
    create_per_second: Annotated[
        float, Meta(gt=0), Setting("RECADO_CREATE_PER_SECOND", "How many session pods are created a second.")
    ] = 20.0
    create_burst: Annotated[
        int, Meta(ge=1), Setting("RECADO_CREATE_BURST", "How many may be created at once after a pause.")
    ] = 50
    catalogue: Annotated[str, Setting("RECADO_SESSION_CATALOGUE", "JSON object: version of the session → its image.")]
    stable: Annotated[str, Setting("RECADO_SESSION_STABLE", "Version that channel Stable runs.")]
    canary: Annotated[
        str, Setting("RECADO_SESSION_CANARY", "Version that channel Canary runs; empty means the stable one.")
    ] = ""
    settings_secret: Annotated[
        str,
        Setting("RECADO_SESSION_SETTINGS_SECRET", "Secret whose keys become the environment of every session."),
    ] = "recado-session"  # noqa: S105 - the name of a Secret
    pull_secrets: Annotated[
        str, Setting("RECADO_SESSION_IMAGE_PULL_SECRETS", "Pull secrets of session pods, comma separated.")
    ] = ""
    priority_class: Annotated[
        str, Setting("RECADO_SESSION_PRIORITY_CLASS", "Priority class of session pods that name none.")
    ] = ""
    monitoring_namespace: Annotated[
        str,
        Setting(
            "RECADO_MONITORING_NAMESPACE", "Namespace that may read the metrics of sessions; empty means every one."
        ),
    ] = ""
    retention_days: Annotated[
        int,
        Meta(ge=0, le=3650),
        Setting(
            "RECADO_SESSION_RETENTION_DAYS",
            "Days after which a retained connection that was not declared again loses its keys; 0 keeps them for ever.",
        ),
    ] = 30
    inbox_url: Annotated[
        str,
        Setting("FRONTEND_URL", "Where browsers find the inbox; a status names it while a code waits."),
    ] = ""
    make_first_admins: Annotated[
        bool,
        Setting(
            "RECADO_MAKE_FIRST_ADMINS",
            "Make the person that initialAdmin of a Company names; needs get on secrets, for the password.",
        ),
    ] = False
    drain: Annotated[
        bool, Setting("RECADO_DRAIN", "Look at nodes, and move sessions of eviction policy Paced off those that empty.")
    ] = False
    drain_taints: Annotated[
        str,
        Setting("RECADO_DRAIN_TAINTS", "Taints, beside a cordon, of nodes that are being emptied, comma separated."),
    ] = DRAIN_TAINTS
    rollout_waves: Annotated[
        str,
        Setting("RECADO_ROLLOUT_WAVES", "JSON list of waves: percent of all sessions reached, soakSeconds after it."),
    ] = DEFAULT_WAVES
    rollout_max_unavailable_percent: Annotated[
        float,
        Meta(gt=0, le=100),
        Setting("RECADO_ROLLOUT_MAX_UNAVAILABLE_PERCENT", "Of linked sessions, so many are changed at once; one may."),
    ] = 1.0
    rollout_max_per_company: Annotated[
        int, Meta(ge=1), Setting("RECADO_ROLLOUT_MAX_PER_COMPANY", "So many sessions of one company change at once.")
    ] = 1
    rollout_ready_seconds: Annotated[
        float,
        Meta(gt=0),
        Setting("RECADO_ROLLOUT_READY_SECONDS", "A changed session must be ready again in this time."),
    ] = 120.0
    rollout_ready_percent: Annotated[
        float,
        Meta(gt=0, le=100),
        Setting("RECADO_ROLLOUT_READY_PERCENT", "With fewer ready sessions a wave fails, and all go back."),
    ] = 98.0
    rollout_lost_percent: Annotated[
        float,
        Meta(ge=0, le=100),
        Setting(
            "RECADO_ROLLOUT_LOST_PERCENT",
            "Of the sessions that a wave moved, so many may be logged out or banned; with more all go back.",
        ),
    ] = 0.2

    def fleet(self) -> Fleet:
        """Raises ConfigurationError for a catalogue that cannot be read, or does not hold a channel's version."""
        try:
            catalogue = msgspec.json.decode(self.catalogue, type=dict[str, str])
        except msgspec.MsgspecError as error:
            raise ConfigurationError(
                f'RECADO_SESSION_CATALOGUE is not a JSON object of texts ({error}). Write {{"1.0.0": "image"}}'
            ) from error
        for variable, version in (("RECADO_SESSION_STABLE", self.stable), ("RECADO_SESSION_CANARY", self.canary)):
            if version and version not in catalogue:
                known = ", ".join(sorted(catalogue)) or "nothing"
                raise ConfigurationError(f"{variable} is {version}, RECADO_SESSION_CATALOGUE holds {known}. Choose one")
        return Fleet(
            catalogue=catalogue,
            stable=self.stable,
            canary=self.canary,
            settings_secret=self.settings_secret,
            pull_secrets=tuple(_listed(self.pull_secrets)),
            priority_class=self.priority_class,
            inbox_url=self.inbox_url,
            rollout=self._rollout(),
        )

    def _rollout(self) -> RolloutPolicy:
        try:
            waves = msgspec.json.decode(self.rollout_waves, type=tuple[Wave, ...])
        except msgspec.MsgspecError as error:
            raise ConfigurationError(f"RECADO_ROLLOUT_WAVES cannot be read ({error}). Write {DEFAULT_WAVES}") from error
        percents = [wave.percent for wave in waves]
        if percents != sorted(set(percents)) or percents[-1:] != [100]:
            raise ConfigurationError(f"RECADO_ROLLOUT_WAVES has the percents {percents}. Let them grow, up to 100")
        return RolloutPolicy(
            waves=waves,
            max_unavailable_percent=self.rollout_max_unavailable_percent,
            max_per_company=self.rollout_max_per_company,
            ready_seconds=self.rollout_ready_seconds,
            ready_percent=self.rollout_ready_percent,
            lost_percent=self.rollout_lost_percent,
        )

    def namespaces(self, own: str) -> list[str]:
        return sorted(set(_listed(self.watch_namespaces))) or [own]

    def taints(self) -> frozenset[str]:
        return frozenset(_listed(self.drain_taints))

    def name(self) -> str:
        """Under which this process leads; in a pod the host name is that of the pod."""
        return self.identity or socket.gethostname()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    operator: OperatorSettings
    database: DatabaseSettings
    redis: RedisSettings
    observability: ObservabilitySettings

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises ConfigurationError that names the variable to set."""
        return cls(
            operator=load(OperatorSettings, environ),
            database=load(DatabaseSettings, environ),
            redis=load(RedisSettings, environ),
            observability=load(ObservabilitySettings, environ),
        )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
