"""What the operator tells Prometheus. Names of controller-runtime where it has one for the same thing."""

from prometheus_client import Counter, Gauge, Histogram

from recado_kubernetes import kinds

_FAST = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

QUEUE_DEPTH = Gauge("workqueue_depth", "Keys that are due and not yet worked on.")
QUEUE_ADDS = Counter("workqueue_adds", "Wishes for a look; several for one key count each.")
QUEUE_RETRIES = Counter("workqueue_retries", "Keys put back since their work failed.")
QUEUE_SECONDS = Histogram("workqueue_queue_duration_seconds", "From due to begun.", buckets=(*_FAST, 120, 300, 600))
WORK_SECONDS = Histogram("workqueue_work_duration_seconds", "From begun to done.", buckets=_FAST)
QUEUE_OLDEST = Gauge("workqueue_unfinished_work_seconds", "Age of the oldest key that is due or worked on.")

RECONCILES = Counter("recado_reconcile", "Keys reconciled, by how it ended.", ["kind", "result"])
for _kind in (kinds.COMPANIES, kinds.CONNECTIONS):  # from 0: whoever asks for an increase does not see a first value
    for _result in ("ok", "error"):
        RECONCILES.labels(_kind.plural, _result)
RECONCILE_SECONDS = Histogram("recado_reconcile_duration_seconds", "One key, once.", ["kind"], buckets=_FAST)
WATCH_EVENTS = Counter("recado_watch_events", "Events that watches brought.", ["resource", "type"])
WATCH_AGE = Gauge("recado_watch_last_event_age_seconds", "Since a watch was last heard of.", ["resource"])
CACHE_OBJECTS = Gauge("recado_cache_objects", "Objects known.", ["kind"])
MISSED = Counter("recado_watch_missed", "Objects gone without a watch telling it; a listing found out.", ["resource"])
CONNECTIONS = Gauge("recado_connections", "Connections by their Ready condition.", ["ready", "reason"])
TRANSITIONS = Counter("recado_connection_transitions", "Changes of the reason of Ready.", ["from", "to"])
RESTRICTIONS = Counter(
    "recado_connection_restrictions", "Numbers that WhatsApp began to limit, ban or log out.", ["reason"]
)
TIME_TO_POD = Histogram(
    "recado_time_to_pod_seconds",
    "From the creation of a resource to that of its first pod.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 900),
)
TIME_TO_READY = Histogram(
    "recado_time_to_ready_seconds",
    "From when only we were in the way (pod made, phone linked, readiness lost) to Ready; whole seconds.",
    buckets=(1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600),
)
QUOTA_USED = Gauge("recado_quota_used_ratio", "Connections of what is allowed, of the company nearest to its limit.")
EPOCH_BUMPS = Counter("recado_epoch_bumps", "Take-overs.", ["cause"])
STATUS_WRITES = Counter("recado_status_writes", "Writes of a status.", ["kind"])
EVENTS_DROPPED = Counter("recado_events_dropped", "Kubernetes events not written, since too many came at once.")
ROLLOUT_OUTDATED = Gauge("recado_rollout_outdated", "Sessions that run another release than their channel's.")
ROLLOUT_PAUSED = Gauge("recado_rollout_paused", "1 while the roll-out is paused by a person, or was rolled back.")
ROLLOUT_WAVE = Gauge("recado_rollout_wave", "The wave that moves or soaks, from 1; 0 when there is none.")
LEADER = Gauge("recado_leader", "1 while this process holds the lease.")
LOOP_LAG = Gauge("recado_loop_lag_seconds", "By how much the event loop was last late.")
