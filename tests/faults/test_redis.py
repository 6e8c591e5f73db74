"""Redis is a doorbell: emptied, killed or away for a while, nothing is lost and browsers catch up by themselves."""

import time

import msgspec
import redis
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import disturb_outbound
from tests.support.followers import Followers
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack
from tests.support.verdict import report

BROWSERS = 20
COMPLETE_SECONDS = 10.0


LOADS = short_and_full(
    Load(messages=300, chats=20, rate=30, faults=4), Load(messages=2000, chats=50, rate=40, faults=10)
)


@LOADS
def test_nothing_is_lost_without_redis(linked_stack: RecadoStack, load: Load) -> None:
    """Half of the faults empty it, half kill it; then it stays away while agents answer."""
    full = load.messages > 1000
    with Followers(linked_stack.api, linked_stack.ready["url"], BROWSERS) as browsers:
        verdict = disturb_inbound(linked_stack, f"redis{load.messages}", load, lambda n: _disturb(linked_stack, n))
        answers = disturb_outbound(
            linked_stack,
            f"answer{load.messages}",
            Load(messages=500 if full else 60, chats=10, rate=20, faults=1),
            lambda _: _away(linked_stack, 20 if full else 5),
        )
        returned = time.monotonic()
        heads = linked_stack.api.call("GET", "/bootstrap")["cursor"]
        wait_until("all browsers are complete", lambda: browsers.complete(heads), COMPLETE_SECONDS)
        complete_after = time.monotonic() - returned
        duplicated = sum(browser.duplicated for browser in browsers.all)
    report("redis", verdict, answers=msgspec.to_builtins(answers), complete_after_seconds=round(complete_after, 2))
    assert verdict.perfect, verdict
    assert answers.arrived_twice == answers.silently_never == answers.inversions == answers.unknown == 0, answers
    assert duplicated == 0


def _disturb(stack: RecadoStack, number: int) -> None:
    if number % 2:
        old = stack.kill("redis")
        stack.wait_for_new("redis", old)
    else:
        with redis.Redis.from_url(stack.redis_uri) as client:
            client.flushall()


def _away(stack: RecadoStack, seconds: float) -> None:
    stack.hold("redis")
    old = stack.kill("redis")
    time.sleep(seconds)
    stack.release("redis")
    stack.wait_for_new("redis", old)
