"""What a client tells Prometheus, under the names that operators of clusters know."""

from prometheus_client import Counter

REQUESTS = Counter(
    "recado_api_requests", "Requests to the Kubernetes API; code `none` means no answer.", ["verb", "resource", "code"]
)
