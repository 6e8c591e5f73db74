"""Codes: how long each may be used, and when nobody is shown any more."""

from datetime import timedelta

import pytest
from tests.unit.session_pod.conftest import World

from recado_session.ending import QrRoundEnded, SessionEnd
from recado_session.gateway import CodeShown, QrShown
from recado_session.pairing import ROUNDS, Pairing
from recado_session.session_api import Answer
from recado_session.states import on_code_refused, on_login

EXPIRED = on_login("timeout")
REFUSED = on_code_refused("info query returned status 429: rate-overlimit")


def pairing(world: World, round_number: int) -> Pairing:
    return Pairing(world.api, world.lease, world.clock, round_number)


async def test_a_code_is_published_with_its_end_and_its_round(world: World) -> None:
    await pairing(world, 2).show(QrShown("code", 1, 60.0))
    assert world.api.codes == [("code", world.clock.now() + timedelta(seconds=60), 2)]


async def test_a_code_to_type_is_published_in_the_same_way(world: World) -> None:
    await pairing(world, 2).show(CodeShown("ABCD-EFGH", 160.0))
    assert world.api.codes == []
    assert world.api.typed_codes == [("ABCD-EFGH", world.clock.now() + timedelta(seconds=160), 2)]


async def test_a_refused_code_is_not_asked_for_again_by_itself(world: World) -> None:
    end = await pairing(world, 1).ended(REFUSED)
    assert isinstance(end, SessionEnd)
    assert (end.state, end.reason, end.exit_code) == ("qr", "code_refused:429", 0)


async def test_a_code_that_cannot_be_stored_is_skipped(world: World) -> None:
    world.api.away = 1
    await pairing(world, 1).show(QrShown("code", 1, 60.0))
    assert world.api.codes == []


@pytest.mark.parametrize("round_number", range(1, ROUNDS))
async def test_the_first_rounds_are_followed_by_another(world: World, round_number: int) -> None:
    end = await pairing(world, round_number).ended(EXPIRED)
    assert isinstance(end, QrRoundEnded)
    assert end.next_round == round_number + 1


async def test_after_the_last_round_a_person_must_ask(world: World) -> None:
    end = await pairing(world, ROUNDS).ended(EXPIRED)
    assert isinstance(end, SessionEnd)
    assert (end.state, end.reason, end.exit_code) == ("qr", "codes_expired", 0)


async def test_a_person_who_asks_gets_all_rounds_again(world: World) -> None:
    world.api.answer = Answer(pairing_requested=True)
    end = await pairing(world, ROUNDS).ended(EXPIRED)
    assert isinstance(end, QrRoundEnded)
    assert end.next_round == 1
