"""Redis is a doorbell: emptied, killed or away for a while, nothing is lost and browsers catch up by themselves."""

import time

import msgspec
import pytest
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
SHORT = Load(messages=300, chats=20, rate=30, faults=4)
FULL = Load(messages=2000, chats=50, rate=40, faults=10)


@short_and_full(SHORT, FULL)
def test_nothing_is_lost_without_redis(linked_stack: RecadoStack, load: Load) -> None:
    """Half of the faults empty it, half kill it; then it stays away while agents answer."""
    answers_load = Load(messages=60 if load is SHORT else 500, chats=10, rate=20, faults=1)
    down_seconds = 5 if load is SHORT else 20
    with Followers(linked_stack.api, linked_stack.ready["url"], BROWSERS) as browsers:
        verdict = disturb_inbound(linked_stack, f"redis{load.messages}", load, lambda n: disturb(linked_stack, n))

        def leave(_: int) -> None:
            take_away(linked_stack, down_seconds)
            heads = linked_stack.api.call("GET", "/bootstrap")["cursor"]
            wait_until("all browsers are complete", lambda: browsers.complete(heads), COMPLETE_SECONDS)

        answers = disturb_outbound(linked_stack, f"answer{load.messages}", answers_load, leave)
        duplicated = sum(browser.duplicated for browser in browsers.all)
    report("redis", verdict, answers=msgspec.to_builtins(answers), browsers=BROWSERS, doubled_in_browsers=duplicated)
    assert verdict.perfect, verdict
    assert answers.arrived_twice == answers.silently_never == answers.inversions == answers.unknown == 0, answers
    assert duplicated == 0


@pytest.mark.twin
def test_browsers_that_do_not_repair_stay_behind(linked_stack: RecadoStack) -> None:
    with Followers(linked_stack.api, linked_stack.ready["url"], 3, repairing=False) as browsers:
        old = linked_stack.kill("redis")
        disturb_inbound(linked_stack, "norepair", Load(messages=60, chats=5, rate=60, faults=0), lambda _: None)
        linked_stack.wait_for_new("redis", old)
        heads = linked_stack.api.call("GET", "/bootstrap")["cursor"]
        time.sleep(COMPLETE_SECONDS)
        assert not browsers.complete(heads)


def disturb(stack: RecadoStack, number: int) -> None:
    if number % 2:
        old = stack.kill("redis")
        stack.wait_for_new("redis", old)
    else:
        with redis.Redis.from_url(stack.redis_uri) as client:
            client.flushall()


def take_away(stack: RecadoStack, seconds: float) -> None:
    stack.hold("redis")
    old = stack.kill("redis")
    time.sleep(seconds)
    stack.release("redis")
    stack.wait_for_new("redis", old)
