"""A new release of sessions reaches linked sessions on a real node: nobody scans again, and nobody is thrown out."""

import json
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.cluster.platform.fleet import BROKEN, GOOD, OPERATOR_SECONDS, OWN, Fleet
from tests.cluster.platform.product import Product
from tests.cluster.waiting import wait_for

pytestmark = [pytest.mark.node, pytest.mark.timeout(1800)]


@pytest.fixture(params=[pytest.param(30, marks=pytest.mark.full)])
def fleet(acme: Product, request: pytest.FixtureRequest) -> Iterator[Fleet]:
    fleet = Fleet(acme, request.param)
    fleet.link()
    fleet.prepare(acme.nodes)
    yield fleet
    fleet.remove()


def test_a_broken_release_goes_back_and_a_good_one_reaches_all_without_a_scan(fleet: Fleet) -> None:
    count, pods, devices = len(fleet.phones), fleet.uids(), fleet.devices()
    before = len(fleet.heard("linked", "unlinked", "replaced"))
    assert (fleet.reasons(), len(devices)) == (Counter({"Connected": count}), count)

    fleet.release(BROKEN)
    told = fleet.wait_phase("RolledBack", BROKEN, OPERATOR_SECONDS + fleet.patience)
    wait_for("all are back", lambda: fleet.reasons() == {"Connected": count}, fleet.patience)
    assert fleet.images() == {OWN: count}
    moved = count - fleet.restarts()[0] + len(pods - fleet.uids())
    assert 0 < moved <= -(-count // 10), told
    assert fleet.heard("linked", "unlinked", "replaced")[before:] == []

    began, kept = time.monotonic(), fleet.uids()
    fleet.release(GOOD)
    fleet.wait_phase("Settled", GOOD, OPERATOR_SECONDS + fleet.patience)
    seconds = time.monotonic() - began
    wait_for("all are back", lambda: fleet.reasons() == {"Connected": count}, fleet.patience)
    assert (fleet.images(), fleet.uids()) == ({GOOD: count}, kept)
    assert fleet.devices() == devices
    assert fleet.heard("linked", "unlinked", "replaced")[before:] == []
    figures = {"sessions": count, "moved_by_the_broken": moved, "good_seconds": round(seconds, 1)}
    print(json.dumps({"rollout_on_a_node": figures}), flush=True)  # noqa: T201 - the figures are the result
