"""What a worker tells Prometheus. No labels by company or connection: their number has no bound."""

from prometheus_client import Counter, Gauge, Histogram

from recado_core.engine.decode import KINDS

PROJECTED = Counter("recado_inbox_projected", "Rows of the inbox applied.", ["kind"])
QUARANTINED = Counter("recado_inbox_quarantined", "Rows of the inbox set aside with a reason.", ["kind"])
UNKNOWN_KIND = "unknown"
for _kind in (*KINDS, UNKNOWN_KIND):  # from 0: whoever asks for an increase does not see a first value
    QUARANTINED.labels(_kind)
LAG = Histogram(
    "recado_inbox_lag_seconds",
    "From a row's commit by the session to the commit of its projection.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300),
)
BATCH_SIZE = Histogram("recado_inbox_batch_rows", "Rows in one transaction.", buckets=(1, 2, 5, 10, 20, 50, 100, 200))
BATCH_SECONDS = Histogram(
    "recado_inbox_batch_seconds", "One transaction.", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
)
CAREFUL = Counter("recado_inbox_careful_batches", "Batches done again row by row, since one of their rows failed.")
ROUND_TRIPS = Histogram(
    "recado_inbox_batch_round_trips", "Statements of one batch.", buckets=(6, 8, 10, 12, 15, 20, 30, 50, 100, 500)
)
WAITING_CONNECTIONS = Gauge("recado_inbox_waiting_connections", "Connections with rows to apply, at the last look.")
OLDEST = Gauge(
    "recado_inbox_oldest_seconds", "Age of the oldest row that waits to be applied, at the last look; 0 without any."
)
OLDEST_JOB = Gauge(
    "recado_jobs_oldest_seconds", "Since when the oldest job of the ledger could run, at the last look; 0 without any."
)
JOBS = Counter("recado_jobs", "Jobs that ran here, each try.", ["function", "outcome"])
PUBLICATIONS_DROPPED = Counter("recado_publications_dropped", "Frames and doorbells that Redis did not take.")
SWEPT = Counter("recado_swept", "What sweepers repaired or removed.", ["what"])
