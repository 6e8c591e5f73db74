"""Lists and pages of the API with 100,000 tickets and 1,000,000 messages; deep pages beside first ones."""

from tests.bench.figures import control, emit, percentiles, timed
from tests.bench.seed import seed
from tests.support.stack import RecadoStack

TIMES = 200
DEEP_PAGES = 250


def main() -> None:
    with RecadoStack() as stack:
        seed(stack)
        first = {"limit": "40"}
        deep = {"limit": "40", "after": _deep_cursor(stack)}
        ticket = stack.api.call("GET", "/tickets", params={"limit": "1"})["items"][0]["id"]
        requests = {
            "tickets_first_page": ("/tickets", first),
            "tickets_deep_page": ("/tickets", deep),
            "tickets_open_first_page": ("/tickets", {**first, "status": "open"}),
            "messages_last_page": (f"/tickets/{ticket}/messages", {"limit": "50"}),
            "messages_deep_page": (f"/tickets/{ticket}/messages", {"limit": "50", "around": "500"}),
            "health_control": ("/health/live", {}),
        }
        for name, (path, query) in requests.items():
            _measure(stack, name, path, query)


def _measure(stack: RecadoStack, name: str, path: str, query: dict[str, str]) -> None:
    def get() -> None:
        stack.api.call("GET", path, params=query)

    timed(get, 20)  # warm caches and prepared statements
    bar = {} if name == "health_control" else {"bar": {"p95": 30}}
    emit(f"api_{name}", requests=TIMES, milliseconds=percentiles(timed(get, TIMES)), **bar, control_ms=control())


def _deep_cursor(stack: RecadoStack) -> str:
    after = ""
    for _ in range(DEEP_PAGES):
        query = {"limit": "100"} | ({"after": after} if after else {})
        after = stack.api.call("GET", "/tickets", params=query)["next"]
    return after


if __name__ == "__main__":
    main()
